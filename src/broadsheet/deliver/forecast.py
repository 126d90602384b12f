"""When a sending is done: from who waits, the limits, and the speed as measured. Values in, values out.

The work is taken for a fluid: whoever waits flows as fast as the speed and every limit allow, turn after turn. A lane
with limits of its own flows beside the others, so the last of all lanes ends the sending.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from broadsheet.deliver.pace import Pace

FARTHEST = timedelta(days=400)
_EXACT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait in a lane for the same turn."""

    lane: str
    due_at: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When those who wait are done; `done_at` is None where that cannot be foreseen, or lies beyond a year.

    `per_second` is the speed that was reckoned with, None where none was measured yet: then the limits alone speak.
    `limited_by` names what holds it back: 'speed', 'turns', 'account', a provider, or '' where nothing is known to.
    `over_today` counts those whom the limits leave for after `day_ends_at`. No mail goes before `begins_at`.
    """

    waiting: int
    done_at: datetime | None
    per_second: float | None
    limited_by: str
    over_today: int
    day_ends_at: datetime
    begins_at: datetime


def forecast(
    now: datetime,
    waiting: Sequence[Waiting],
    accounts: Sequence[Pace],
    lanes: Mapping[str, Pace],
    *,
    per_second: float | None,
    day_ends_at: datetime,
) -> Forecast:
    """Foresee the end. `lanes` holds the paces of lanes that have limits."""
    total = sum(one.count for one in waiting)
    by_lane = {name: [one for one in waiting if one.lane == name] for name in lanes}

    def account_capacity(until: datetime) -> int | None:
        found = [pace.capacity(now, until) for pace in accounts]
        known = [one for one in found if one is not None]
        return sum(known) if len(known) == len(found) else None

    ends = {"account": _end(now, waiting, account_capacity, per_second)}
    today = 0
    for name, pace in lanes.items():
        room = partial(pace.capacity, now)
        ends[name] = _end(now, by_lane[name], room, per_second)
        count = sum(one.count for one in by_lane[name])
        allowed = room(day_ends_at)
        today += count if allowed is None else min(count, allowed)
    today += sum(one.count for one in waiting if one.lane not in lanes)
    allowed = account_capacity(day_ends_at)
    today = today if allowed is None else min(today, allowed)
    never = [name for name, end in ends.items() if end is None]
    last = never[0] if never else max(ends, key=lambda name: ends[name] or now)
    done_at = None if never else ends[last]
    return Forecast(
        waiting=total,
        done_at=done_at if total else now,
        per_second=per_second,
        limited_by=_reason(now, waiting, last, done_at, account_capacity, per_second) if total else "",
        over_today=total - today,
        day_ends_at=day_ends_at,
        begins_at=now,
    )


def _end(
    now: datetime, waiting: Sequence[Waiting], capacity: Callable[[datetime], int | None], per_second: float | None
) -> datetime | None:
    """Let those who wait flow turn after turn; None where the limits never let the last of them through."""
    at, gone = now, 0
    for one in sorted(waiting, key=lambda one: one.due_at):
        at = max(at, one.due_at)
        gone += one.count
        if per_second:
            at += timedelta(seconds=one.count / per_second)
        allowed = capacity(at)
        if allowed is not None and allowed < gone:
            later = _when(now, at, gone, capacity)
            if later is None:
                return None
            at = later
    return at


def _when(
    now: datetime, since: datetime, count: int, capacity: Callable[[datetime], int | None]
) -> datetime | None:  # fmt: skip
    """Find the earliest moment by which the limits let so many through, to the second."""

    def enough(moment: datetime) -> bool:
        allowed = capacity(moment)
        return allowed is None or allowed >= count

    span = timedelta(minutes=1)
    while not enough(now + span):
        span *= 2
        if span > FARTHEST:
            return None
    low, high = since, max(now + span, since)
    while high - low > _EXACT:
        middle = low + (high - low) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _reason(
    now: datetime,
    waiting: Sequence[Waiting],
    last: str,
    done_at: datetime | None,
    capacity: Callable[[datetime], int | None],
    per_second: float | None,
) -> str:
    if last != "account" or done_at is None:
        return last
    unlimited = _end(now, waiting, lambda until: None, per_second)
    assert unlimited is not None
    if done_at - unlimited > _EXACT:
        return "account"
    if max(one.due_at for one in waiting) > now:
        return "turns"
    return "speed" if per_second else ""
