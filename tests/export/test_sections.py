"""Sections that readers choose, as platforms' conditionals: through the real engines, for readers who differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from broadsheet.errors import ExportError, RenderError
from broadsheet.export import Choices, Exported, export_edition, exported, find_platform, platforms
from broadsheet.export.markup import links, without_link, without_preheader
from broadsheet.export.platform import Preheader
from broadsheet.model import Edition, RenderedEdition, Section
from broadsheet.render import find_theme, render_edition
from broadsheet.slots import SECTION_MARK, Slot, fill
from tests.contracts.exporter import same, words_of
from tests.export.awkward import HOSTILE, PUBLICATION, awkward_edition
from tests.export.engines import through_go
from tests.export.test_engines import EMAIL, FIRST, LAST, PREFERENCES, PROOFS, READER, UNSUBSCRIBE, VIEW

CATEGORIES = ("world", "sport", "culture")
FIELDS = {category: f"WANTS_{category.upper()}"[:10] for category in CATEGORIES}
THEMES = ("daily", "magazine", "brief")


@cache
def edition() -> Edition:
    """Three sections of hostile stories; the lead is the first story of the first one."""
    whole = awkward_edition().edition
    picks = [
        replace(pick, story=replace(pick.story, url=f"https://news.example/{number}?q={{{{7}}}}"))
        for number, pick in enumerate(whole.picks)
    ]
    parts = (picks[:3], picks[3:5], picks[5:])
    sections = tuple(
        Section(
            title=category.title(),
            category=category,
            picks=tuple(replace(pick, position=place) for place, pick in enumerate(part)),
        )
        for category, part in zip(CATEGORIES, parts, strict=True)
    )
    return replace(whole, sections=sections)


@cache
def rendering(theme: str, chosen: tuple[str, ...] = CATEGORIES, marked: bool = False) -> RenderedEdition:
    kept = tuple(section for section in edition().sections if section.category in chosen)
    return render_edition(replace(edition(), sections=kept), PUBLICATION, find_theme(theme, Path()), marked=marked)


def conditional(name: str, theme: str, fields: Mapping[str, str] = FIELDS) -> Exported:
    platform = find_platform(name)
    lacking = frozenset(slot for slot in Slot if slot not in platform.tags)
    return exported(rendering(theme, marked=True), platform, Choices(drop=lacking, fields=fields))


def our_own(name: str, theme: str, chosen: tuple[str, ...]) -> tuple[str, str]:
    """Give our own HTML and text for a reader who chose these sections, without what the platform lacks."""
    platform, rendered = find_platform(name), rendering(theme, chosen)
    html = rendered.html
    for slot in Slot:
        if slot not in platform.tags:
            html = without_link(html, slot)
    if platform.preheader is Preheader.FIELD:
        html = without_preheader(html, rendered.preheader)
    reader = dict(READER)
    if platform.tags.get(Slot.PREFERENCES_URL) == platform.tags[Slot.UNSUBSCRIBE_URL]:
        reader[Slot.PREFERENCES_URL] = reader[Slot.UNSUBSCRIBE_URL]
    return fill(html, lambda slot: escape(reader[slot])), fill(rendered.text, reader.__getitem__)


def numberless(text: str) -> str:
    """Read a text without the numbers of its stories: where sections may be left out, each begins with its own 1."""
    return " ".join(word for word in text.split() if not re.fullmatch(r"\d+\.?|\*", word))


def stories(html: str) -> list[str]:
    return [unquote(link) for link in links(html) if "news.example" in link]


Knows = Callable[[Mapping[str, Any], dict[str, Any]], dict[str, Any]]


def under(*path: str) -> Knows:
    """Say where a platform keeps a reader's fields."""

    def known(values: Mapping[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
        copy = dict(values)
        place = copy
        for step in path:
            place[step] = dict(place.get(step, {}))
            place = place[step]
        place |= fields
        return copy

    return known


KNOWS = {
    "html": under(), "sendgrid": under(), "iterable": under(), "ses": under(), "postmark": under(),
    "brevo": under("contact"), "hubspot": under("contact"), "klaviyo": under("person"),
    "buttondown": under("subscriber", "metadata"), "kit": under("subscriber"), "customerio": under("customer"),
    "keila": under("contact", "data"),
}  # fmt: skip
WITH_LEAD = (CATEGORIES, ("world", "culture"))
WITHOUT_LEAD = (("sport", "culture"),)


def test_every_engine_with_conditionals_is_proved() -> None:
    conditional_ones = {platform.name for platform in platforms() if platform.conditions}
    assert conditional_ones & set(PROOFS) == set(KNOWS)


@pytest.mark.parametrize(("theme", "form"), [*((theme, "filled") for theme in THEMES), ("daily", "not")])
@pytest.mark.parametrize("name", KNOWS)
def test_each_reader_gets_what_we_would_send(name: str, theme: str, form: str) -> None:
    fields = FIELDS if form == "filled" else {category: f"not {field}" for category, field in FIELDS.items()}
    result = conditional(name, theme, fields)
    for chosen in (*WITH_LEAD, *WITHOUT_LEAD):
        wanted = {FIELDS[category]: "yes" for category in CATEGORIES if (category in chosen) is (form == "filled")}
        values = KNOWS[name](PROOFS[name].values, wanted)
        html, text = PROOFS[name].render(result.html, values), PROOFS[name].render(result.text, values)
        our_html, our_text = our_own(name, theme, chosen)
        assert Counter(stories(html)) == Counter(stories(our_html))
        assert [link for link in links(html) if "p.example" in link] == [
            link for link in links(our_html) if "p.example" in link
        ]
        if chosen in WITH_LEAD:
            found = words_of(html)
            for added in PROOFS[name].added:
                found = same(found.replace(added, ""))
            assert numberless(found) == numberless(words_of(our_html))
            assert stories(html) == stories(our_html)
            if not any(slot not in find_platform(name).tags for slot in Slot):
                assert unquote(numberless(same(text))) == unquote(numberless(same(our_text)))
        for section in edition().sections:
            for pick in section.picks:
                assert (same(pick.headline) in words_of(html)) is (section.category in chosen)
                assert (same(pick.headline) in same(text)) is (section.category in chosen)


@pytest.mark.slow  # compiles a program
def test_listmonk_through_go(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = str(tmp_path_factory.getbasetemp())
    for theme in THEMES:
        result = conditional("listmonk", theme)
        for chosen in WITH_LEAD:
            reader = {
                "FirstName": FIRST, "LastName": LAST, "Email": EMAIL,
                "Attribs": {FIELDS[category]: "yes" for category in chosen},
            }  # fmt: skip
            values = {"UnsubscribeURL": UNSUBSCRIBE, "MessageURL": VIEW, "ManageURL": PREFERENCES, "Subscriber": reader}
            html, text = through_go(
                [{"engine": "html", "template": one, "values": values} for one in (result.html, result.text)], folder
            )
            our_html, our_text = our_own("listmonk", theme, chosen)
            assert numberless(words_of(html)) == numberless(words_of(our_html))
            assert stories(html) == stories(our_html)
            assert unquote(numberless(same(text))) == unquote(numberless(same(our_text)))


@pytest.mark.parametrize("theme", THEMES)
def test_marks_are_all_that_marking_adds(theme: str) -> None:
    plain, marked = rendering(theme), rendering(theme, marked=True)
    assert marked.hash == plain.hash
    assert numberless(re.sub(f"{SECTION_MARK.pattern}\n", "", marked.text)) == numberless(plain.text)
    bare = re.sub(f"<!--{SECTION_MARK.pattern}-->", "", marked.html)
    assert numberless(words_of(bare)) == numberless(words_of(plain.html))
    assert links(bare) == links(plain.html)
    assert len(SECTION_MARK.findall(marked.html)) == len(SECTION_MARK.findall(marked.text)) == 8


@pytest.mark.parametrize("name", [platform.name for platform in platforms() if platform.conditions])
def test_the_code_stands_byte_for_byte_around_each_section(name: str) -> None:
    fields = {"sport": "SPORT", "culture": "CULTURE"}
    result = conditional(name, "daily", fields)
    for rule in result.rules:
        assert result.html.count(rule.begins) == result.text.count(rule.begins) == 1
        code = re.escape(rule.begins) + "(.*?)" + re.escape(rule.ends)
        for document in (result.html, result.text):
            inside = re.search(code, document, re.DOTALL)
            assert inside
            assert rule.category.upper() in inside[1].upper()
    assert not SECTION_MARK.search(result.html + result.text)


def test_a_marked_rendering_without_fields_is_the_plain_one() -> None:
    platform = find_platform("listmonk")
    marked, plain = (exported(rendering("daily", marked=marked), platform).html for marked in (True, False))
    assert "".join(marked.split()) == "".join(plain.split())


def numbers(text: str) -> list[list[int]]:
    """List the numbers of stories, or of listed addresses, section by section."""
    return [
        [int(number) for number in re.findall(r"^\[?(\d+)[.\]] ", section, re.MULTILINE)]
        for section in re.split("\n-+\n", text)
    ]


@pytest.mark.parametrize("chosen", [CATEGORIES, ("world", "culture"), ("sport", "culture"), ("sport",)])
def test_no_number_is_missed_by_a_reader(chosen: tuple[str, ...]) -> None:
    """The lead has none, and each section begins with 1, in the text and in the theme that prints numbers."""
    wanted = {FIELDS[category]: "yes" for category in chosen}
    values = KNOWS["html"](PROOFS["html"].values, wanted)
    text = PROOFS["html"].render(conditional("html", "daily").text, values)
    assert numbers(text)[0] == []
    assert all(found == list(range(1, len(found) + 1)) for found in numbers(text))
    assert sum(map(len, numbers(text))) == len(stories(text_links(text))) - ("world" in chosen)
    html = PROOFS["html"].render(conditional("html", "brief").html, values)
    figures = [int(figure) for figure in re.findall(r'width="34"[^>]*>(\d+)</td>', html)]
    assert figures
    assert [before for before, after in pairwise(figures) if after not in (before + 1, 1)] == []
    assert figures[0] == 1


def text_links(text: str) -> str:
    """Make what stands between a text's lines, and begins like an address, a link."""
    return "".join(f'<a href="{address}"></a>' for address in re.findall(r"https://\S+", text))


def test_listed_addresses_go_with_their_section() -> None:
    """What a reader did not choose must not come back as an address in a list at the end."""
    publication = PUBLICATION.model_copy(update={"text_links": "listed"})
    whole = render_edition(edition(), publication, find_theme("daily", Path()), marked=True)
    platform = find_platform("html")
    result = exported(whole, platform, Choices(fields=FIELDS))
    for chosen in (CATEGORIES, ("sport",), ("world", "culture")):
        wanted = {FIELDS[category]: "yes" for category in chosen}
        text = PROOFS["html"].render(result.text, KNOWS["html"](PROOFS["html"].values, wanted))
        expected = [
            pick.story.url for section in edition().sections if section.category in chosen for pick in section.picks
        ]
        assert stories(text_links(text)) == [unquote(url or "") for url in expected]
        for section in re.split("\n-+\n", text)[1:]:
            assert re.findall(r"\[(\d+)\]$", section, re.MULTILINE) == re.findall(
                r"^\[(\d+)\] https:", section, re.MULTILINE
            )


def test_mailchimp_knows_fields_and_groups() -> None:
    fields = {"world": "WORLD", "sport": "Topics:Sport & games", "culture": "not NOCULTURE"}
    rules = conditional("mailchimp", "daily", fields).rules
    assert [rule.begins for rule in rules] == [
        "*|IF:WORLD|*", "*|INTERESTED:Topics:Sport & games|*", "*|IFNOT:NOCULTURE|*"
    ]  # fmt: skip
    assert [rule.ends for rule in rules] == ["*|END:IF|*", "*|END:INTERESTED|*", "*|END:IF|*"]


@pytest.mark.parametrize(
    ("name", "field", "words"),
    [
        ("mautic", "sport", "Mautic has no conditionals"),
        ("sendy", "sport", "Sendy has no conditionals"),
        ("brevo", "SPORT %}{{ secret", "cannot stand in its code"),
        ("mailchimp", "sport|*", "cannot stand in its code"),
        ("activecampaign", "not sport", "cannot ask whether sport is absent"),
    ],
)
def test_what_cannot_be_said_is_an_error_with_a_way_out(name: str, field: str, words: str) -> None:
    with pytest.raises(ExportError, match=words) as error:
        conditional(name, "daily", {"sport": field})
    assert error.value.advice


def test_a_theme_without_marks_is_named(tmp_path: Path) -> None:
    theme = find_theme("daily", Path())
    folder = tmp_path / "templates" / "own"
    folder.mkdir(parents=True)
    (folder / "theme.toml").write_text('title = "Own"\nextends = "daily"\n')
    base = Path(__file__).parent.parent.parent / "templates" / "base" / "edition.mjml.j2"
    whole = re.sub(r"\{\{ (?:begins|ends)\([^}]*\) \}\}", "", base.read_text())
    (folder / "edition.mjml.j2").write_text(whole)
    own = find_theme("own", tmp_path)
    assert render_edition(edition(), PUBLICATION, own).html == render_edition(edition(), PUBLICATION, theme).html
    with pytest.raises(RenderError, match="does not mark where sections begin"):
        render_edition(edition(), PUBLICATION, own, marked=True)


def test_the_readme_says_who_reads_what() -> None:
    platform = find_platform("brevo")
    choices = Choices(drop=frozenset(slot for slot in Slot if slot not in platform.tags), fields=FIELDS)
    bundle = export_edition(rendering("daily", marked=True), PUBLICATION, platform, choices)
    readme = next(file.content.decode() for file in bundle.files if file.path == "README.txt")
    assert "- sport: readers with the contact attribute WANTS_SPOR" in readme
    assert "leave such readers out by a segment" in " ".join(readme.split())
    assert all(text in words_of(conditional("brevo", "daily").html) for text in map(same, HOSTILE[:1]))
