from __future__ import annotations

from datetime import UTC, datetime, timedelta

from broadsheet.deliver.forecast import Forecast, Waiting, forecast
from broadsheet.deliver.pace import DAY, HOUR, SECOND, Pace
from broadsheet.model import Throttle

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)


def foreseen(
    count: int, *accounts: Pace, per_second: float | None = None, lanes: dict[str, Pace] | None = None, gmail: int = 0
) -> Forecast:
    waiting = [Waiting("", NOW, count - gmail), Waiting("gmail", NOW, gmail)]
    return forecast(NOW, waiting, accounts or [Pace()], lanes or {}, per_second=per_second, day_ends_at=MIDNIGHT)


def test_the_speed_alone() -> None:
    found = foreseen(6000, per_second=100.0)
    assert (found.done_at, found.limited_by, found.over_today) == (NOW + timedelta(minutes=1), "speed", 0)


def test_nothing_known_promises_nothing_but_the_limits() -> None:
    assert foreseen(6000).done_at == NOW
    assert foreseen(6000).limited_by == ""


def test_over_todays_limit() -> None:
    found = foreseen(3300, Pace({DAY: 2000}), per_second=100.0)
    assert found.over_today == 1300
    assert found.limited_by == "account"
    assert found.done_at is not None
    assert abs(found.done_at - NOW - timedelta(days=1)) < timedelta(minutes=2)


def test_what_was_attempted_before_counts() -> None:
    spent = Pace({DAY: 2000}, past=[(NOW - timedelta(hours=20), 2000)])
    found = foreseen(1000, spent, per_second=100.0)
    assert found.done_at is not None
    assert abs(found.done_at - NOW - timedelta(hours=4)) < timedelta(minutes=3)
    assert found.over_today == 0


def test_limits_by_the_second_end_when_counted_out() -> None:
    found = foreseen(36_000, Pace({SECOND: 10}), per_second=2000.0)
    assert found.done_at is not None
    assert abs((found.done_at - NOW) / timedelta(hours=1) - 1.0) < 0.1


def test_several_accounts_add_up() -> None:
    found = foreseen(3000, Pace({HOUR: 1000}), Pace({HOUR: 2000}))
    assert found.done_at == NOW
    later = foreseen(3001, Pace({HOUR: 1000}), Pace({HOUR: 2000})).done_at
    assert later is not None
    assert later > NOW


def test_a_slow_provider_ends_last_and_is_named() -> None:
    lanes = {"gmail": Pace({HOUR: 100})}
    found = foreseen(10_000, lanes=lanes, gmail=1000, per_second=100.0)
    assert found.limited_by == "gmail"
    assert found.done_at is not None
    assert timedelta(hours=9) <= found.done_at - NOW <= timedelta(hours=9, minutes=15)


def test_a_throttle_is_reckoned_with_until_it_passes() -> None:
    slow = Pace(throttle=Throttle(rate=1.0, ceiling=50.0, at=NOW, rests_until=NOW))
    found = foreseen(5000, lanes={"gmail": slow}, gmail=5000, per_second=1000.0)
    assert found.done_at is not None
    assert timedelta(minutes=20) < found.done_at - NOW < timedelta(minutes=70)


def test_turns_are_waited_for() -> None:
    waiting = [Waiting("", NOW, 100), Waiting("", NOW + timedelta(hours=5), 600)]
    found = forecast(NOW, waiting, [Pace()], {}, per_second=10.0, day_ends_at=MIDNIGHT)
    assert (found.done_at, found.limited_by) == (NOW + timedelta(hours=5, minutes=1), "turns")


def test_a_limit_that_never_lets_all_through_has_no_end() -> None:
    assert foreseen(1_000_000, Pace({DAY: 1}), per_second=100.0).done_at is None
