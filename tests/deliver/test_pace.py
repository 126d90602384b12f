from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.deliver.pace import DAY, HOUR, MINUTE, SECOND, Pace, Window
from broadsheet.deliver.throttle import DOUBLES_IN, FIRST_REST, LONGEST_REST, SLOWEST, capacity, cut, passes_at, rate_at
from broadsheet.model import Throttle

NOW = datetime(2026, 11, 24, 23, 59, 30, tzinfo=UTC)


def test_nothing_limits_where_no_limit_is_given() -> None:
    assert Pace().room(NOW) is None
    assert Pace().wait(NOW) == timedelta()
    assert Pace().capacity(NOW, NOW + timedelta(days=1)) is None


def test_the_tightest_window_counts_and_opens_again() -> None:
    pace = Pace({MINUTE: 3, HOUR: 10}, past=[(NOW - timedelta(minutes=30), 8)])
    assert pace.room(NOW) == 2
    pace.take(NOW, 2)
    assert pace.room(NOW) == 0
    assert timedelta(minutes=29) < pace.wait(NOW) < timedelta(minutes=33)
    assert pace.room(NOW + timedelta(minutes=32)) == 3


def test_a_days_limit_knows_nothing_of_midnight() -> None:
    pace = Pace({DAY: 1000})
    pace.take(NOW, 1000)
    assert pace.room(NOW + timedelta(hours=23)) == 0
    assert pace.room(NOW + timedelta(hours=24, minutes=2)) == 1000


def test_a_restart_grants_nothing_anew() -> None:
    first = Pace({DAY: 100, HOUR: 100})
    first.take(NOW, 70)
    again = Pace({DAY: 100, HOUR: 100}, past=[(NOW - timedelta(seconds=30), 70)])
    assert first.room(NOW) == again.room(NOW) == 30


@given(
    length=st.sampled_from([SECOND, MINUTE, HOUR, DAY]),
    limit=st.integers(1, 50),
    steps=st.lists(st.floats(0.0, 0.7), max_size=60),
)
def test_no_span_of_time_sees_more_than_its_limit(length: int, limit: int, steps: list[float]) -> None:
    window, at, taken = Window(length, limit), NOW.timestamp(), []
    for step in steps:
        at += step * length
        count = window.room(at)
        if count:
            window.take(at, count)
            taken.append((at, count))
    for moment, _ in taken:
        assert sum(count for when, count in taken if moment - length < when <= moment) <= limit


@given(limit=st.integers(1, 20), before=st.integers(0, 20), count=st.integers(1, 200))
def test_what_a_window_promises_it_keeps(limit: int, before: int, count: int) -> None:
    """Attempting each as soon as it may be takes as long as the capacity says."""
    window, at = Window(MINUTE, limit), NOW.timestamp()
    window.take(at - 30, min(before, limit))
    until = at + 300.0
    promised = window.capacity(at, until)
    done = 0
    while at <= until:
        if room := window.room(at):
            window.take(at, room)
            done += room
        at += max(window.wait(at), 0.5)
    assert promised * 0.9 - limit <= done <= promised + limit


# --- answers that say "too fast" -------------------------------------------------------------------------------------


def test_too_fast_halves_the_rate_lets_it_rest_and_recovers_slowly() -> None:
    once = cut(None, NOW, 20.0)
    assert rate_at(once, NOW) == 0.0
    assert rate_at(once, NOW + FIRST_REST) == 10.0
    assert rate_at(once, NOW + FIRST_REST + DOUBLES_IN) == 20.0
    assert rate_at(once, NOW + FIRST_REST + DOUBLES_IN * 2) is None
    assert passes_at(once) == NOW + FIRST_REST + DOUBLES_IN * 2


def test_what_was_under_way_at_a_cut_cuts_no_second_time() -> None:
    once = cut(None, NOW, 20.0)
    assert cut(once, NOW + timedelta(seconds=5), 20.0) is once


def test_too_fast_again_is_slower_still_and_rests_longer_but_never_for_ever() -> None:
    throttle, now = cut(None, NOW, 20.0), NOW
    for _ in range(40):
        now = throttle.rests_until
        throttle = cut(throttle, now, 20.0)
    assert throttle.rate == SLOWEST
    assert throttle.rests_until - now == LONGEST_REST
    assert rate_at(throttle, passes_at(throttle) + timedelta(seconds=1)) is None


def test_a_clock_that_was_set_back_ends_a_throttle() -> None:
    assert rate_at(cut(None, NOW, 1.0), NOW - timedelta(days=1)) is None


def test_the_capacity_of_a_throttle_is_the_sum_of_its_rates() -> None:
    throttle = Throttle(rate=2.0, ceiling=100.0, at=NOW, rests_until=NOW + FIRST_REST)
    summed = sum(rate_at(throttle, NOW + timedelta(seconds=second)) or 0.0 for second in range(1800))
    assert capacity(throttle, NOW, NOW + timedelta(seconds=1800)) == pytest.approx(summed, rel=0.01)


def test_a_throttled_pace_spaces_what_it_lets_through() -> None:
    pace = Pace(throttle=Throttle(rate=0.5, ceiling=100.0, at=NOW, rests_until=NOW))
    assert pace.room(NOW) == 1
    pace.take(NOW)
    assert pace.room(NOW) == 0
    assert 1.5 < pace.wait(NOW).total_seconds() <= 2.0
    assert pace.room(NOW + timedelta(seconds=2.1)) == 1


def test_a_throttle_that_passed_is_forgotten() -> None:
    pace = Pace()
    assert pace.slow_down(NOW, 10.0)
    assert pace.room(NOW) == 0
    pace.take(NOW + timedelta(hours=2))
    assert pace.is_free
