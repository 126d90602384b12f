"""How fast it goes, by a clock that the test holds."""

from __future__ import annotations

import pytest

from broadsheet.deliver.meter import Speed

START = 1000.0


def started(known: float | None = None) -> Speed:
    """Give one whose first span has begun, as with the first message that is given out."""
    speed = Speed(known)
    assert speed.tick(START) is None
    return speed


def test_a_whole_span_tells_its_mean() -> None:
    speed = started(known=5.0)
    speed.note(300)
    assert speed.tick(START + 1.9) is None
    assert speed.tick(START + 2.0) == 150.0


def test_a_sending_that_is_over_before_a_span_has_passed_tells_its_speed() -> None:
    speed = started()
    speed.note(120)
    speed.hold(START + 1.2)
    assert speed.tick(START + 1.2) == pytest.approx(100.0)
    assert speed.tick(START + 1.3) is None


def test_what_comes_after_the_hold_is_left_out() -> None:
    speed = started()
    speed.note(100)
    speed.hold(START + 1.0)
    speed.note(5)
    speed.hold(START + 1.5)
    assert speed.tick(START + 1.5) == 100.0
    assert speed.tick(START + 9.0) is None
    assert speed.per_second == 100.0


@pytest.mark.parametrize(("count", "seconds"), [(9, 1.0), (50, 0.09), (0, 1.0)])
def test_too_little_tells_nothing(count: int, seconds: float) -> None:
    speed = started()
    speed.note(count)
    speed.hold(START + seconds)
    assert speed.tick(START + seconds) is None
    assert speed.per_second is None


def test_a_piece_moves_what_is_known_by_its_part_of_a_span() -> None:
    speed = started(known=2000.0)
    speed.note(50)
    speed.hold(START + 0.5)
    assert speed.tick(START + 0.5) == 2000.0 + (100.0 - 2000.0) / 4


def test_a_piece_says_nothing_where_whole_spans_spoke() -> None:
    speed = started()
    speed.note(2000)
    assert speed.tick(START + 2.0) == 1000.0
    speed.note(20)
    speed.hold(START + 3.0)
    assert speed.tick(START + 3.0) is None
    assert speed.per_second == 1000.0


def test_a_span_in_which_limits_held_tells_nothing_but_its_beginning() -> None:
    speed = started()
    speed.hold(START)
    speed.note(200)
    assert speed.tick(START + 2.0) is None
    speed.note(200)
    assert speed.tick(START + 4.0) == 100.0
