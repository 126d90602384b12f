"""Story files that are saved while the page is open, without a command and without the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.preview.conftest import Room, mail, notice

pytestmark = pytest.mark.slow


def test_a_saved_story_file_shows_at_once_and_nothing_in_the_hand_is_lost(
    room: Room, enter: Callable[..., Any]
) -> None:
    page = enter()
    page.locator("#headline-news1").fill("My own words")
    page.get_by_role("button", name="Drop: Council counts its trees").click()
    notice(page, "Dropped.")
    file = room.folder / "stories" / "mill.txt"
    file.write_text("Mill turns again\n\nIts wheel was restored by a baker's granddaughter.\n", encoding="utf-8")
    mail(page).get_by_text("Mill turns again").filter(visible=True).first.wait_for()
    assert page.locator("#headline-news1").input_value() == "My own words"
    file.write_text("Mill turns again\n\nIts wheel stood still for forty years.\n", encoding="utf-8")
    mail(page).get_by_text("Its wheel stood still for forty years.").filter(visible=True).first.wait_for()
    page.locator("#headline-news1").press("Escape")
    page.locator("#undo").click()
    notice(page, "Taken back: drop.")
    assert {"Mill turns again", "Council counts its trees"} < set(room.headlines())
    (room.folder / "stories" / "feed.xml").write_text("<rss><channel>", encoding="utf-8")
    page.locator(".plain.warn", has_text="feed.xml").wait_for()
