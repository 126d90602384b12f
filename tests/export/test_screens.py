"""A bundle rendered through its engine looks like our own rendering, pixel for pixel, light and dark."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest

from broadsheet.export import Choices, exported, find_platform
from broadsheet.export.markup import without_link
from broadsheet.export.platform import Takes
from broadsheet.model import RenderedEdition
from broadsheet.render import find_theme, render_edition
from broadsheet.slots import Slot, fill
from tests.check.neighbours import page_of
from tests.export.awkward import PUBLICATION, awkward_edition
from tests.export.engines import through_go
from tests.export.test_engines import GO_VALUES, PROOFS, READER
from tests.export.test_real_theme import rendered

__all__ = ["rendered"]  # the fixture


@pytest.fixture(scope="module")
def calm() -> RenderedEdition:
    """Render the same edition in words without braces: where these are parted by joiners, lines may break elsewhere."""
    edition = awkward_edition().edition
    section = edition.sections[0]
    picks = tuple(
        replace(
            pick, headline=f"The council opens market {number} again", dek="Stalls are let from the first of March."
        )
        for number, pick in enumerate(section.picks)
    )
    edition = replace(edition, subject="Markets", sections=(replace(section, picks=picks),))
    return render_edition(edition, PUBLICATION, find_theme("daily", Path()))


def without_demands(html: str, name: str) -> str:
    """Take out the line that a platform demands at the end: there it is meant to look different."""
    for added in PROOFS[name].added if name in PROOFS else ():
        html, count = re.subn(f"<div[^>]*>{re.escape(added)}</div>", "", html)
        assert count == 1
    return html


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*PROOFS, "listmonk"])
def test_a_bundle_looks_like_our_own_rendering(
    browser: Any,
    rendered: RenderedEdition,
    calm: RenderedEdition,
    name: str,
    dark: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    platform = find_platform(name)
    source = calm if platform.decodes else rendered
    if dark and platform.takes is Takes.FRAGMENT:
        return  # the page around a fragment, and whether it is dark, is the platform's
    lacking = frozenset(slot for slot in Slot if slot not in platform.tags)
    template = exported(source, platform, Choices(drop=lacking)).html
    if name == "listmonk":
        job = {"engine": "html", "template": template, "values": GO_VALUES}
        html = through_go([job], str(tmp_path_factory.getbasetemp()))[0]
    else:
        html = without_demands(PROOFS[name].render(template, PROOFS[name].values), name)
    if platform.takes is Takes.FRAGMENT:
        html = f"<!doctype html><html><body>{html}</body></html>"  # as the platform's own template stands around it
    ours = source.html
    for slot in lacking:
        ours = without_link(ours, slot)
    with page_of(browser, dark=dark) as page:
        shots = []
        for content in (fill(ours, lambda slot: escape(READER[slot])), html):
            page.set_content(content, wait_until="load")
            shots.append(page.screenshot(full_page=True, animations="disabled"))
    assert shots[0] == shots[1]
