from __future__ import annotations

from broadsheet.edit.familiarity import Familiarity, is_pair

TEXTS = [{"harbour_board", "board_meets", f"meets_{day}"} for day in ("monday", "tuesday", "friday")]


def test_a_text_that_meets_the_houses_pairs_is_likelier_its_own() -> None:
    house = Familiarity().after(TEXTS, ())
    assert (house.pairs, house.met) == (9, 6)
    chances = [house.chance(6, met) for met in range(7)]
    assert chances == sorted(chances)
    assert chances[0] < 0.1
    assert chances[-1] > 0.9


def test_nothing_known_or_nothing_said_leaves_the_odds_even() -> None:
    assert Familiarity().chance(6, 3) == 0.5
    assert Familiarity().after([{"harbour_board"}], ()).chance(6, 0) == 0.5
    assert Familiarity().after(TEXTS, ()).chance(0, 0) == 0.5


def test_later_labels_meet_what_was_learned_before() -> None:
    first = Familiarity().after(TEXTS, ())
    later = first.after([{"harbour_board", "quiet_day"}], {pair for text in TEXTS for pair in text})
    assert (later.pairs, later.met) == (11, 7)


def test_a_very_long_text_is_no_trouble() -> None:
    house = Familiarity().after(TEXTS, ())
    assert house.chance(10_000, 0) < 1e-9
    assert house.chance(10_000, 10_000) > 1 - 1e-9


def test_a_pair_is_told_from_a_word() -> None:
    assert is_pair("harbour_board")
    assert not is_pair("harbour")
