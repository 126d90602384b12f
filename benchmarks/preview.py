"""Time from a change to the new frame in Chromium: `python -m benchmarks.preview [STORIES ...]` (default: 25 100).

Four changes, twenty times each: the file of a new story is saved in a source's folder, and the file of one that stands
in the edition, both of which the page takes in by itself; another editor rewords a headline; a theme's colour changes.
The clock starts before the file or the change is written and stops when the page has put the frame that shows it in
place. Everything runs on this machine: the server in
this process, the browser beside it.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet.desk import Desk, editing, open_desk
from broadsheet.desk.revising import Change, change
from broadsheet.model import Story
from broadsheet.web.preview.desk_page import DeskPage
from broadsheet.web.preview.serving import listen, server_for

TIMES = 20
SECTIONS = ("News", "World", "Business", "Culture", "Sport")
SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu")
PROJECT = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
theme = "own"
[sources.desk]
path = "stories"
category = "News"
"""


def project(folder: Path, stories: int) -> None:
    """Make a project whose edition holds so many stories, with a theme of its own that changes can be made to."""
    each = stories // len(SECTIONS)
    plans = "".join(f'\n[[publications.daily.sections]]\ncategory = "{name}"\nmax = {each}\n' for name in SECTIONS)
    (folder / "stories").mkdir(parents=True)
    (folder / "broadsheet.toml").write_text(PROJECT + plans, encoding="utf-8")
    theme = folder / "templates" / "own"
    theme.mkdir(parents=True)
    write_theme(theme, 0)
    now = datetime.now(UTC)
    with open_desk(folder) as desk:
        desk.store.stories.save([story(number, now) for number in range(stories * 2)])
        editing.pick_edition(desk, desk.config.publication(), now.date())


def story(number: int, now: datetime) -> Story:
    """Make one of many stories that tell different things."""
    first, second, third, fourth = (word(number * 4 + place) for place in range(4))
    return Story(
        id=f"story{number}", title=f"{first.title()} {second} {third} after {number + 3} days",
        source=f"wire{number % 9}", publisher=f"Wire {number % 9}", url=f"https://example.org/{number}",
        dek=f"What {fourth} means for {first.title()}, in {number + 3} short paragraphs by those who were there.",
        published_at=now - timedelta(minutes=number + 1), first_seen_at=now - timedelta(minutes=1),
        categories=(SECTIONS[number % len(SECTIONS)],), position=number, language="en",
    )  # fmt: skip


def word(number: int) -> str:
    """Make a word that no other story has: stories that share their words are taken to tell one event."""
    return "".join(SYLLABLES[int(digit)] for digit in str(number * 7919 % 100_000).zfill(5))


def write_theme(theme: Path, number: int) -> None:
    """Write a theme that differs from the one before in a colour."""
    text = f'extends = "daily"\n[colours.light]\naccent = "#{0x8A1C1C + number:06x}"\n'
    (theme / "theme.toml").write_text(text, encoding="utf-8")


def write_story(desk: Desk, folder: Path, number: int) -> None:
    """Save the file of a story that is new: the page takes it in and drafts the edition anew."""
    save(folder, number, f"It took the {word(4000 + number)} {number + 2} hours.")


def correct_story(desk: Desk, folder: Path, number: int) -> None:
    """Save the file of the newest of those, which stands in the edition, with other words."""
    save(folder, TIMES, f"It took the {word(6000 + number)} {number + 2} days.")


def save(folder: Path, number: int, dek: str) -> None:
    """Write one of many stories into its file, dated now."""
    first, second, third = (word(5000 + number * 3 + place) for place in range(3))
    text = f"---\ntitle: {first.title()} {second} {third}\ndate: {datetime.now(UTC).isoformat()}\n---\n{dek}\n"
    (folder / "stories" / f"{number}.md").write_text(text, encoding="utf-8")


def reword(desk: Desk, folder: Path, number: int) -> None:
    """Give a pick another headline, as another editor would."""
    edition = editing.edition_called(desk, f"daily-{desk.now().date()}")
    pick = edition.picks[number % 5]
    change(desk, edition.id, [Change(verb="set", story=pick.story.id, value={"headline": f"Reworded {number}"})], "Ada")


def retheme(desk: Desk, folder: Path, number: int) -> None:
    """Change the theme."""
    write_theme(folder / "templates" / "own", number + 1)


NEXT_FRAME = """() => {
  window.framed = new Promise((done) => stage.addEventListener("framed", () => done(), { once: true }));
}"""
CHANGES: dict[str, Callable[[Desk, Path, int], None]] = {
    "new story file": write_story, "changed story file": correct_story, "edition change": reword,
    "theme change": retheme,
}  # fmt: skip


def measure(page: Any, folder: Path, stories: int) -> dict[str, list[float]]:
    """Time every change. Gives milliseconds by its name."""
    times: dict[str, list[float]] = {}
    with open_desk(folder) as desk:
        for name, make in CHANGES.items():
            for number in range(TIMES + 1):
                page.evaluate(NEXT_FRAME)
                began = time.perf_counter()
                make(desk, folder, number)
                page.evaluate("() => window.framed")
                times.setdefault(name, []).append((time.perf_counter() - began) * 1000)
                page.locator("body.live:not(.busy)").wait_for()
                page.wait_for_timeout(80)  # let the page settle, so that one change does not wait for another
    return {name: taken[1:] for name, taken in times.items()}  # the first warms the caches


def run(stories: int, browser: Any) -> dict[str, list[float]]:
    """Measure an edition of so many stories."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        project(folder, stories)
        with listen(0) as listener:
            server, link = server_for(DeskPage(folder, "daily", datetime.now(UTC).date()), listener, "Robin")
            thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
            thread.start()
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(link)
            page.locator("body.live").wait_for()
            taken = measure(page, folder, stories)
            page.close()
            server.should_exit = True
            thread.join(20)
    return taken


def main() -> None:
    """Print a table and, as the last line, one JSON object."""
    from playwright.sync_api import sync_playwright

    sizes = [int(size) for size in sys.argv[1:]] or [25, 100]
    figures = {}
    print(f"{'stories':>8} {'change':<20} {'median':>9} {'worst':>9}   milliseconds, {TIMES} times")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for size in sizes:
            for name, taken in run(size, browser).items():
                median, worst = statistics.median(taken), max(taken)
                print(f"{size:>8} {name:<20} {median:>9.0f} {worst:>9.0f}")
                figures[f"{name}, {size}"] = {"median_ms": round(median, 1), "worst_ms": round(worst, 1)}
        browser.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
