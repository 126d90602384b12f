"""A bundle rendered through its engine looks like our own rendering, pixel for pixel, light and dark."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest

from broadsheet.export import Choices, exported, find_platform
from broadsheet.export.markup import without_link
from broadsheet.export.platform import Takes
from broadsheet.model import RenderedEdition
from broadsheet.slots import Slot, fill
from tests.check.neighbours import page_of
from tests.export.test_engines import PROOFS, READER
from tests.export.test_real_theme import rendered

__all__ = ["rendered"]  # the fixture

# Those that put a line of their own at the end look different there, and are meant to.
ALIKE = [name for name in PROOFS if not PROOFS[name].added]


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_bundles_look_like_our_own_rendering(browser: Any, rendered: RenderedEdition, dark: bool) -> None:
    with page_of(browser, dark=dark) as page:
        for name in ALIKE:
            if dark and find_platform(name).takes is Takes.FRAGMENT:
                continue  # the page around a fragment, and whether it is dark, is the platform's
            lacking = frozenset(slot for slot in Slot if slot not in find_platform(name).tags)
            result = exported(rendered, find_platform(name), Choices(drop=lacking))
            ours = rendered.html
            for slot in lacking:
                ours = without_link(ours, slot)
            shots = []
            for html in (
                fill(ours, lambda slot: escape(READER[slot])),
                PROOFS[name].render(result.html, PROOFS[name].values),
            ):
                page.set_content(html, wait_until="load")
                shots.append(page.screenshot(full_page=True, animations="disabled"))
            assert shots[0] == shots[1], name
