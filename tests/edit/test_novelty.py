from __future__ import annotations

from broadsheet.edit.novelty import Novelty, novelty
from tests.edit.stories import FERRY, make_story


def test_a_repeat_brings_nothing() -> None:
    assert novelty(FERRY[0], [FERRY[0]]) == Novelty(share_new=0.0)


def test_a_first_telling_is_all_new() -> None:
    told = novelty(FERRY[0], [])
    assert told.share_new == 1.0
    assert "kalmar" in told.new_names
    assert told.new_numbers == ("214",)


def test_an_update_names_who_and_what_is_new() -> None:
    update = make_story(
        "ferry-4",
        "Aurora Queen grounding: owner Nordvik fined 3.2 million",
        "A court in Kalmar fined Nordvik Lines, owner of the ferry, 3.2 million kronor.",
        hours=200,
    )
    told = novelty(update, FERRY)
    assert 0.3 < told.share_new < 1
    assert "nordvik" in told.new_names
    assert told.new_numbers == ("3.2",)


def test_a_story_without_words_brings_nothing() -> None:
    assert novelty(make_story("empty", ""), []).share_new == 0.0
