"""The whole morning by keyboard alone: no mouse, no finger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.model import EditionStatus
from tests.web.preview.conftest import Room, mail, notice

pytestmark = pytest.mark.slow

MOST = 250  # presses of Tab from one place of the page to any other
RING = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  return here.checkVisibility() && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


def here(page: Any) -> str:
    """Name the element that has the focus: a summary by the details that it opens."""
    name: str = page.evaluate("(({ id, tagName, parentElement }) => tagName === 'SUMMARY' ? parentElement.id : id)"
                              "(document.activeElement)")  # fmt: skip
    return name


def reach(page: Any, name: str) -> None:
    """Press Tab until the element of that id has the focus, and see that it shows so."""
    for _ in range(MOST):
        if here(page) == name:
            break
        page.keyboard.press("Tab")
    assert here(page) == name, f"Tab leads not to {name}"
    assert page.evaluate(RING), f"{name} does not show that it has the focus"


def press(page: Any, name: str, key: str = "Enter") -> None:
    reach(page, name)
    page.keyboard.press(key)


def test_an_editor_needs_no_mouse(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    press(page, "down-news1")
    notice(page, "Moved down.")
    assert room.headlines()[:2] == ["Council counts its trees", "Harbour opens to ferries"]
    assert here(page) == "down-news1"
    page.keyboard.press("Alt+ArrowUp")
    notice(page, "Moved up.")
    assert room.headlines()[0] == "Harbour opens to ferries"

    reach(page, "headline-news2")
    page.keyboard.press("Control+a")
    page.keyboard.type("Council counts 4,211 trees")
    page.keyboard.press("Enter")
    notice(page, "Saved.")
    mail(page).get_by_text("Council counts 4,211 trees").filter(visible=True).first.wait_for()
    page.keyboard.type("!")
    page.keyboard.press("Escape")
    assert page.locator("#headline-news2").input_value() == "Council counts 4,211 trees"

    press(page, "drop-news2")
    notice(page, "Dropped.")
    page.locator("#headline-news2").wait_for(state="detached")
    assert here(page) == "drop-news3"  # the next story, and not the top of the page
    page.keyboard.press("Control+z")
    notice(page, "Taken back: drop.")
    assert "Council counts 4,211 trees" in room.headlines()
    page.keyboard.press("Control+Shift+z")
    notice(page, "Done again: drop.")
    press(page, "spares-1")
    press(page, "add-news4")
    notice(page, "Added")
    assert "Bridge closed for painting" in room.headlines()

    press(page, "email")
    page.keyboard.type("robin@example.org")
    page.keyboard.press("Enter")
    notice(page, "A test to robin@example.org lies in the outbox")
    page.keyboard.press("Escape")
    press(page, "approve")
    notice(page, "Approved.")
    assert room.edition.status is EditionStatus.APPROVED
    press(page, "reopen", "Space")
    notice(page, "It is a draft again.")


def test_nothing_holds_the_keyboard_fast(room: Room, enter: Callable[..., Any]) -> None:
    """Go once around the page and come back to its beginning (WCAG 2.2, 2.1.2)."""
    page = enter()
    reach(page, "undo")
    seen = [here(page)]
    for _ in range(MOST):
        page.keyboard.press("Tab")
        seen.append(here(page))
        if seen[-1] == "undo":
            break
    assert seen[-1] == "undo"
    assert {"subject", "up-news2", "show-mode", "approve", "platform"} <= set(seen)
