"""Stories dragged with a real mouse and a real finger, and what undo makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.desk.revising import Change, change
from tests.web.preview.conftest import Room, notice

pytestmark = pytest.mark.slow


def drag(page: Any, story: str, target: Any, *, below: bool = False) -> None:
    """Drag a story by its grip onto another element, in the steps in which a hand does it."""
    grip = page.locator(f"[data-story='{story}'] .grip").first
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 12, steps=3)
    page.locator("[data-story].flying").wait_for()
    end = target.bounding_box()
    goal = end["y"] + end["height"] * (0.8 if below else 0.2)
    page.mouse.move(end["x"] + 60, goal, steps=15)
    page.mouse.move(end["x"] + 64, goal + (3 if below else -3), steps=3)
    with page.expect_response("**/act"):
        page.mouse.up()


def test_a_pick_is_dragged_within_and_between_sections(room: Room, enter: Callable[..., Any]) -> None:
    page = enter(height=2400)
    drag(page, "news1", page.locator(".pick[data-story=news2]"), below=True)
    notice(page, "Moved.")
    assert room.headlines()[:2] == ["Council counts its trees", "Harbour opens to ferries"]
    drag(page, "news2", page.locator(".pick[data-story=sport1]"))
    assert room.headlines(1)[0] == "Council counts its trees"
    page.keyboard.press("Control+z")
    notice(page, "Taken back: move.")
    assert room.headlines()[0] == "Council counts its trees"
    page.keyboard.press("Control+Shift+z")
    notice(page, "Done again: move.")
    assert room.headlines(1)[0] == "Council counts its trees"


def test_a_runner_up_is_dragged_in_and_a_pick_out(room: Room, enter: Callable[..., Any]) -> None:
    page = enter(height=2400)
    page.locator(".spares summary").first.click()
    drag(page, "news4", page.locator(".pick[data-story=news1]"))
    notice(page, "Moved.")
    assert room.headlines()[0] == "Bridge closed for painting"
    assert room.edition.sections[0].picks[0].is_pinned
    page.get_by_role("button", name="Undo: what you did last").click()
    notice(page, "Taken back: bring in or pin.")
    assert room.headlines()[0] == "Harbour opens to ferries"
    page.locator(".spares [data-story=news4]").wait_for()
    drag(page, "news2", page.locator(".spares [data-story=news4]"))
    notice(page, "Dropped.")
    assert "Council counts its trees" not in room.headlines()


def test_a_story_is_dragged_into_an_empty_section(room: Room, enter: Callable[..., Any]) -> None:
    with room.desk() as desk:
        edition = room.edition
        change(desk, edition.id, [Change(verb="drop", story=p.story.id) for p in edition.sections[1].picks], "Ada")
    page = enter(height=2400)
    page.locator(".spares summary").last.wait_for()
    drag(page, "news1", page.locator("ol[data-section=Sport]"))
    notice(page, "Moved.")
    assert room.headlines(1) == ["Harbour opens to ferries"]


def test_a_finger_drags_too(room: Room, enter: Callable[..., Any]) -> None:
    page = enter(width=360, height=2400, touch=True)
    client = page.context.new_cdp_session(page)
    box = page.locator(".pick[data-story=news1] .grip").bounding_box()
    end = page.locator(".pick[data-story=news2]").bounding_box()
    at = {"x": box["x"] + 8, "y": box["y"] + 8}
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    page.locator("[data-story=news1].ghost, [data-story].flying, .sortable-chosen").first.wait_for()
    goal = end["y"] + end["height"] * 0.85
    for step in range(1, 13):
        point = {"x": at["x"] + 40, "y": at["y"] + (goal - at["y"]) * step / 12}
        client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    notice(page, "Moved.")
    assert room.headlines()[1] == "Harbour opens to ferries"


def test_live_changes_wait_while_a_story_is_in_the_hand(room: Room, enter: Callable[..., Any]) -> None:
    page = enter(height=2400)
    box = page.locator(".pick[data-story=news1] .grip").bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 30, steps=4)
    page.locator("[data-story].flying").wait_for()
    with room.desk() as desk:
        change(desk, room.edition.id, [Change(verb="set", story="sport1", value={"headline": "Ada's words"})], "Ada")
    page.evaluate("look()")  # what is asked several times a second, asked once more
    assert page.locator("#headline-sport1").input_value() == "Rowers win by a length"
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('#headline-sport1').value === \"Ada's words\"")
