"""Bundles of an edition as the theme really renders it, through real engines, equal to our own rendering."""

from __future__ import annotations

import dataclasses
from html import escape
from pathlib import Path
from urllib.parse import unquote

import pytest

from broadsheet.export import Choices, Platform, exported, find_platform, platforms
from broadsheet.export.markup import links, without_link, without_preheader
from broadsheet.export.platform import Preheader, Takes
from broadsheet.model import Image, RenderedEdition
from broadsheet.render import find_theme, render_edition
from broadsheet.slots import Slot, fill, used
from tests.contracts.exporter import same, words_of
from tests.export.awkward import HOSTILE, PUBLICATION, awkward_edition
from tests.export.test_engines import PROOFS, READER


@pytest.fixture(scope="module")
def rendered() -> RenderedEdition:
    """Render an edition whose every word comes from a hostile source, each part of a story with another one."""
    edition = awkward_edition().edition
    section = edition.sections[0]
    picks = tuple(
        dataclasses.replace(
            pick,
            dek=HOSTILE[(number + 1) % 8],
            kicker=HOSTILE[(number + 2) % 8][:30],
            story=dataclasses.replace(
                pick.story,
                authors=(HOSTILE[(number + 3) % 8],),
                publisher=HOSTILE[(number + 4) % 8],
                image=Image(url=f"https://img.example/{number}.jpg?w={{{{7}}}}", alt=HOSTILE[(number + 5) % 8]),
            ),
        )
        for number, pick in enumerate(section.picks)
    )
    edition = dataclasses.replace(
        edition, subject=HOSTILE[1], preheader=HOSTILE[6], intro=HOSTILE[4],
        sections=(dataclasses.replace(section, title=HOSTILE[0][:40], picks=picks),),
    )  # fmt: skip
    return render_edition(edition, PUBLICATION, find_theme("daily", Path()))


def test_every_part_of_a_story_is_hostile(rendered: RenderedEdition) -> None:
    words = words_of(rendered.html)
    assert all(words.count(text[:20]) >= 3 for text in map(same, HOSTILE))


@pytest.mark.parametrize("platform", platforms(), ids=lambda platform: platform.name)
def test_the_theme_can_be_exported(platform: Platform, rendered: RenderedEdition) -> None:
    lacking = frozenset(slot for slot in Slot if slot not in platform.tags and slot not in platform.samples)
    result = exported(rendered, platform, Choices(drop=lacking))
    assert not used(result.html + result.text + result.subject)
    if platform.takes is Takes.MJML:
        import mjml

        assert "<mj-" not in mjml.mjml2html(result.html)
    if platform.preheader is Preheader.FIELD:
        assert "display:none;font-size:1px" not in result.html


@pytest.mark.parametrize("name", PROOFS)
def test_the_theme_reads_the_same_through_the_engine(name: str, rendered: RenderedEdition) -> None:
    platform = find_platform(name)
    lacking = frozenset(slot for slot in Slot if slot not in platform.tags)
    result = exported(rendered, platform, Choices(drop=lacking))
    ours = rendered.html
    for slot in lacking:
        ours = without_link(ours, slot)
    if platform.preheader is Preheader.FIELD:
        ours = without_preheader(ours, rendered.preheader)
    reader = dict(READER)
    if platform.tags.get(Slot.PREFERENCES_URL) == platform.tags[Slot.UNSUBSCRIBE_URL]:
        reader[Slot.PREFERENCES_URL] = reader[Slot.UNSUBSCRIBE_URL]
    ours = fill(ours, lambda slot: escape(reader[slot]))
    html = PROOFS[name].render(result.html, PROOFS[name].values)
    found = words_of(html)
    for added in PROOFS[name].added:
        found = same(found.replace(added, ""))
    assert found == words_of(ours)
    assert [unquote(link) for link in links(html)] == [unquote(link) for link in links(ours)]
    if not lacking:
        text = fill(rendered.text, lambda slot: reader[slot])
        assert unquote(same(PROOFS[name].render(result.text, PROOFS[name].values))) == unquote(same(text))


def test_an_edition_that_greets_by_name(rendered: RenderedEdition) -> None:
    greeting = dataclasses.replace(
        rendered,
        html=rendered.html.replace("</h1>", f"</h1><p>Good morning, {Slot.FIRST_NAME.token}</p>", 1),
        subject=f"{Slot.FIRST_NAME.token}, your news",
    )
    result = exported(
        greeting, find_platform("keila"), Choices(fallback="reader", drop=frozenset({Slot.PREFERENCES_URL}))
    )
    assert result.subject == '{{ contact.first_name | default: "reader" }}, your news'
    dropped = exported(
        greeting,
        find_platform("loops"),
        Choices(drop=frozenset({Slot.FIRST_NAME, Slot.VIEW_URL, Slot.PREFERENCES_URL})),
    )
    assert dropped.subject == "your news"
