"""The style guide: every theme with awkward content, as HTML and as Chromium shows it, light and dark.

    python -m benchmarks.gallery --out DIR [--theme NAME] [--case NAME] [--project DIR]

Writes THEME-CASE.html, a screenshot for each width and mode, and index.html to look at them. Pictures are those of the
demo; no request leaves the machine. Without Playwright or Chromium the HTML alone is written, and it is said. Whatever
is wider than its window is listed: a mail must never scroll sideways.

Two cases are shown as other clients have them, too (`benchmarks.mail_clients`): Outlook.com and Gmail for iOS in the
dark, Gmail without styles, pictures not loaded.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmarks.mail_clients import CLIENTS
from benchmarks.stories import AT, newspaper, publication, story
from broadsheet.config import Publication
from broadsheet.config.look import Sponsor
from broadsheet.model import Edition, Image, Pick, Section
from broadsheet.render import find_theme, list_themes, render_edition
from broadsheet.slots import SAMPLES, fill

INDEX = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Gallery</title>
<style>
body { font: 16px sans-serif; margin: 24px }
div { display: flex; gap: 16px; overflow: auto; align-items: start }
figure { margin: 0 }
img { border: 1px solid #999 }
</style>
<h1>Gallery</h1>ROWS</html>
"""
WIDTHS, MODES = (320, 600, 1200), ("light", "dark")
IN_CLIENTS, CLIENT_WIDTH = ("ordinary", "arabic"), 600
GERMAN = (
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente wird neu geregelt",
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz tritt außer Kraft",
    "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung",
)
ARABIC = (
    "البرلمان يقر قانون الميناء بعد ليلة من المحادثات",
    "وزراء يعدون بإحصاء كل جسر في البلاد",
    "بلدات النهر تسأل من يدفع ثمن السور الجديد",
    "البنك المركزي يبقي سعر الفائدة ويحذر من ربيع بطيء",
    "عرض سيمفونية مفقودة لأول مرة منذ قرن",
)
ARABIC_DEK = "أنهى التصويت إحدى عشرة ساعة من النقاش حول مستقبل الميناء. ومن المقرر أن يبدأ العمل في مارس."
SPONSOR = Sponsor(
    name="Estuary Ferries", text="Forty islands, one ticket. The winter timetable is out.", url="https://ferries.example/",
    starts=AT.date(), ends=AT.date(),
)  # fmt: skip


def main() -> None:
    """Render every case and take its pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--theme", action="append")
    parser.add_argument("--case", action="append", choices=CASES)
    parser.add_argument("--project", type=Path)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    themes = chosen.theme or [entry.name for entry in list_themes(chosen.project)]
    pages: dict[str, str] = {}
    for name in themes:
        for case in chosen.case or CASES:
            edition, of = CASES[case]()
            rendered = render_edition(edition, of.model_copy(update={"theme": name}), find_theme(name, chosen.project))
            pages[f"{name}-{case}"] = fill(rendered.html, lambda slot: escape(SAMPLES[slot]))
            (chosen.out / f"{name}-{case}.html").write_text(pages[f"{name}-{case}"], encoding="utf-8")
            (chosen.out / f"{name}-{case}.txt").write_text(rendered.text, encoding="utf-8")
    shots, too_wide = _shoot(pages, chosen.out)
    _index(pages, chosen.out)
    for line in too_wide:
        print(f"wider than its window: {line}")
    print(f"{len(pages)} pages, {shots} screenshots in {chosen.out}")
    print(json.dumps({"benchmark": "gallery", "pages": len(pages), "screenshots": shots, "too_wide": too_wide}))


def ordinary() -> tuple[Edition, Publication]:
    """A day as it mostly is: 16 stories, most with a picture, a sponsor, an update, a numbered list."""
    edition = newspaper(16)
    picks = list(edition.picks)
    picks[2] = replace(picks[2], is_update=True)
    picks[5] = replace(picks[5], kicker="Analysis")
    picks[0] = replace(picks[0], kicker="", also_reported_by=(story(40), story(41)))
    most = [replace(pick, dek="", kicker="") for pick in newspaper(21).picks[16:]]
    sections = (*_in_sections(picks, ("Politics", "Business", "World", "Culture")), _section("Most read", most))
    return replace(edition, sections=sections, intro="Good morning, {first_name}. Here is the day."), _publication()


def bare() -> tuple[Edition, Publication]:
    """No picture at all, some stories without dek, author or address; a section with one word and one story."""
    picks = list(newspaper(9, pictures=False).picks)
    picks[3] = replace(picks[3], dek="", story=replace(picks[3].story, authors=(), publisher="", url=None))
    picks[8] = replace(picks[8], headline="Rain", dek="")
    sections = (*_in_sections(picks[:8], ("Politics", "Business")), _section("Sea", picks[8:]))
    return replace(newspaper(1), sections=sections, preheader=""), publication(tagline="")


def awkward() -> tuple[Edition, Publication]:
    """Long compounds, emoji, a story the other way round, a tall picture, a broken one, a headline without an end."""
    picks = list(newspaper(11).picks)
    titles = [
        *GERMAN, "🚢 👩\u200d🚀 Emoji in a headline ❤️\u200d🔥 and 🏳️\u200d🌈 flags", ARABIC[0],
        "A headline that goes on " * 12, "W" * 70, "<b>Not bold</b> & \"quoted\" 'twice' {{ never }} *|RUN|*",
    ]  # fmt: skip
    for place, title in enumerate(titles):
        dek = ARABIC_DEK if title == ARABIC[0] else picks[place].dek
        language = "ar" if title == ARABIC[0] else ""
        one = replace(picks[place].story, title=title, dek=dek, language=language)
        picks[place] = replace(picks[place], headline=title, dek=dek, story=one)
    tall = Image(url="https://img.example.org/tall.jpg", width=800, height=1200, alt="A lighthouse")
    broken = Image(url="https://img.example.org/broken.jpg", alt="A picture that cannot be had, told in words")
    unknown = Image(url="https://img.example.org/9.jpg", alt="")
    for place, image in ((0, broken), (1, tall), (6, broken), (8, unknown)):
        picks[place] = replace(picks[place], story=replace(picks[place].story, image=image))
    sections = _in_sections(picks, ("Straßenverkehrszulassungsordnung", "Ö", "World"))
    return replace(newspaper(1), sections=sections), _publication(language="de", title="Küstenrundfunkprogrammzeitung")


def arabic() -> tuple[Edition, Publication]:
    """A whole edition from right to left."""
    by: dict[str, Any] = {"publisher": "بريد الميناء", "authors": ("ليلى حداد",)}
    picks = [
        replace(pick, headline=title, dek=ARABIC_DEK, story=replace(pick.story, title=title, **by))
        for pick, title in zip(newspaper(10).picks, ARABIC * 2, strict=True)
    ]
    changes = {"language": "ar", "title": "صحيفة الصباح", "tagline": "ما حدث وما يعنيه"}
    return replace(newspaper(1), sections=_in_sections(picks, ("سياسة", "اقتصاد"))), _publication(**changes)


def crowd() -> tuple[Edition, Publication]:
    """Forty stories: what a big day looks like."""
    return newspaper(40), _publication()


def overfull() -> tuple[Edition, Publication]:
    """A hundred and sixty stories: most are shortened or moved to "more on the web"."""
    return newspaper(160), _publication()


CASES: dict[str, Callable[[], tuple[Edition, Publication]]] = {
    case.__name__: case for case in (ordinary, bare, awkward, arabic, crowd, overfull)
}


def _publication(**changes: Any) -> Publication:
    given = publication(sponsors=(SPONSOR,), **changes)
    plan = given.sections[0]
    return given.model_copy(
        update={"sections": (*given.sections, plan.model_copy(update={"category": "Most read", "numbered": True}))}
    )


def _section(title: str, picks: list[Pick]) -> Section:
    return Section(title=title, category=title, picks=tuple(picks))


def _in_sections(picks: list[Pick], titles: tuple[str, ...]) -> tuple[Section, ...]:
    share = -(-len(picks) // len(titles))
    return tuple(_section(title, picks[at * share : (at + 1) * share]) for at, title in enumerate(titles))


def _shoot(pages: dict[str, str], out: Path) -> tuple[int, list[str]]:
    shots, too_wide = 0, []
    with _browser() as browser:
        if browser is None:
            return 0, []
        for mode in MODES:
            for width in WIDTHS:
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode)
                page = context.new_page()
                page.route("**/*", _answer)
                for name, html in pages.items():
                    page.set_content(html, wait_until="load")
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    if wide > width:
                        too_wide.append(f"{name} at {width}: {wide}")
                    page.screenshot(path=out / f"{name}-{width}-{mode}.png", full_page=True)
                    shots += 1
                context.close()
        for client in CLIENTS:
            context = browser.new_context(viewport={"width": CLIENT_WIDTH, "height": 900}, color_scheme="light")
            page = context.new_page()
            page.route("**/*", _answer if client.loads_pictures else lambda route: route.abort())
            for name in (name for name in pages if name.endswith(IN_CLIENTS)):
                page.set_content(client.shown(pages[name]), wait_until="load")
                page.screenshot(path=out / f"{name}-{client.name}.png", full_page=True)
                shots += 1
            context.close()
    return shots, too_wide


@contextmanager
def _browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("no screenshots: Playwright is not here (the extra dev has it)", file=sys.stderr)
        yield None
        return
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        try:
            yield browser
        finally:
            browser.close()


def _answer(route: Any) -> None:
    """Give the demo's pictures for every picture that is asked for, and nothing for everything else."""
    url = route.request.url
    if route.request.resource_type != "image" or "broken" in url:
        route.abort()
        return
    number = sum(url.encode())
    photographs = sorted(
        (file for file in (files("broadsheet.examples") / "demo" / "pictures").iterdir() if file.name.endswith(".jpg")),
        key=lambda file: file.name,
    )
    route.fulfill(body=photographs[number % len(photographs)].read_bytes(), content_type="image/jpeg")


def _index(pages: dict[str, str], out: Path) -> None:
    rows = []
    for name in pages:
        ways = [(f"{width}-{mode}", width) for mode in MODES for width in WIDTHS]
        ways += [(client.name, CLIENT_WIDTH) for client in CLIENTS if name.endswith(IN_CLIENTS)]
        shots = "".join(
            f'<figure><img loading="lazy" src="{name}-{way}.png" width="{width // 2}" alt="">'
            f"<figcaption>{way}</figcaption></figure>"
            for way, width in ways
        )
        rows.append(f'<h2 id="{name}"><a href="{name}.html">{name}</a></h2><div>{shots}</div>')
    (out / "index.html").write_text(INDEX.replace("ROWS", "".join(rows)), encoding="utf-8")


if __name__ == "__main__":
    main()
