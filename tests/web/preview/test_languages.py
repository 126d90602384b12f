"""The page in its ten languages, and what axe-core says of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broadsheet.render.language import BUILT_IN
from broadsheet.web.preview.wording import TAGS, language_called, language_for
from tests.check.conftest import cache  # noqa: F401 - the fixture
from tests.check.neighbours import AXE, fetched
from tests.web.preview.conftest import Room


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("tag", TAGS)
def test_each_language_says_all_that_english_says(tag: str) -> None:
    english, spoken = language_called("en").words, language_called(tag).words
    assert list(spoken) == list(english)
    for name, text in spoken.items():
        assert text.strip(), name
        assert places(text) == places(english[name]), name


def test_the_languages_are_those_of_the_digest() -> None:
    assert sorted(TAGS) == sorted(BUILT_IN)
    assert language_for(["nl", "de-AT", "fr"]).tag == "de"
    assert language_for(["nl"]).tag == "en"
    assert language_called("ar").direction == "rtl"


@pytest.mark.slow
@pytest.mark.parametrize("locale", TAGS)
def test_the_page_speaks_the_browsers_language(room: Room, enter: Callable[..., Any], locale: str) -> None:
    page = enter(width=360, locale=locale)
    words = language_called(locale).words
    assert page.locator("html").get_attribute("lang") == locale
    for pane in ("pane_mail", "pane_finish", "pane_edition"):
        page.get_by_role("button", name=words[pane], exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name=f"{words['drop']}: Council counts its trees").click()
    page.locator("#notice", has_text=words["done_drop"]).wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "locale"), [(1440, "en"), (360, "ar")])
def test_axe_finds_no_fault(
    enter: Callable[..., Any], cache: Path, dark: bool, width: int, locale: str  # noqa: F811 - the fixture
) -> None:  # fmt: skip
    axe = fetched(AXE, "axe.min.js", cache)
    page = enter(width=width, dark=dark, locale=locale, still=True)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(axe.read_text(encoding="utf-8"))
    panes = ("pane_edition", "pane_mail", "pane_finish") if width < 800 else ()
    for pane in panes or ("",):
        if pane:
            page.get_by_role("button", name=language_called(locale).words[pane], exact=True).click()
        found = page.evaluate("axe.run(document, {iframes: false, resultTypes: ['violations']})")["violations"]
        assert {one["id"]: one["nodes"][0]["html"][:200] for one in found} == {}
