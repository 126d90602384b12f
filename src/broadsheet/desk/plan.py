"""Decide which editions are due: pure functions of a schedule, a zone and the time.

A slot is a day's moment to begin. A moment that a clock change skips is moved to the first that exists; one that occurs
twice means the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from broadsheet.config.schedule import WEEKDAYS, Schedule

LOOK_BACK = timedelta(days=14)
BEGUN = "it was begun"


class Standing(StrEnum):
    """How a slot stands at a moment."""

    AHEAD = "ahead"
    DUE = "due"
    MISSED = "missed"


@dataclass(frozen=True)
class PlannedEdition:
    """A slot: its day, when it is due, and when it is too late to begin (both UTC)."""

    day: date
    due_at: datetime
    late_at: datetime


@dataclass(frozen=True)
class Decision:
    """What to do about a slot: make it, or give it up with a reason."""

    slot: PlannedEdition
    make: bool
    reason: str


def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Find the UTC moment at which a zone's clocks first show (or pass) a time of day."""
    wall = datetime.combine(day, at).replace(tzinfo=zone, fold=0)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    # The wall time does not exist: the clocks jumped over it. Both readings lie around the jump; find where it happens.
    low, high = sorted((moment, wall.replace(fold=1).astimezone(UTC)))
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def slot_of(day: date, schedule: Schedule, zone: ZoneInfo) -> PlannedEdition:
    """Give a day's slot, be it a day of the schedule or not."""
    due = moment_of(day, schedule.at, zone)
    return PlannedEdition(day, due, due + schedule.late_after)


def planned(schedule: Schedule, zone: ZoneInfo, first: date, last: date) -> Iterator[PlannedEdition]:
    """List the slots of the days from `first` to `last`, both included; days off and holidays have none."""
    day = first
    while day <= last:
        if WEEKDAYS[day.weekday()] in schedule.days and day not in schedule.holidays:
            yield slot_of(day, schedule, zone)
        day += timedelta(days=1)


def standing_of(slot: PlannedEdition, now: datetime) -> Standing:
    """Tell whether a slot lies ahead, is due, or was missed."""
    if now < slot.due_at:
        return Standing.AHEAD
    return Standing.DUE if now < slot.late_at else Standing.MISSED


def decide(
    schedule: Schedule,
    zone: ZoneInfo,
    now: datetime,
    *,
    settled: Collection[date],
    begun: Collection[date],
    since: date,
) -> list[Decision]:
    """Say what to do about every slot that is due or was missed and is not settled yet, oldest first.

    `settled` days are sent or skipped. `begun` days have an edition that is being sent: those are finished whatever the
    hour, also where a person began them before their slot, or on a day that has none. `since` is the first day that
    counts. At most one slot is begun anew: the newest.
    """
    today = now.astimezone(zone).date()
    first = max(since, today - LOOK_BACK)
    open_slots = [
        slot
        for slot in planned(schedule, zone, first, today)
        if slot.day not in settled and standing_of(slot, now) is not Standing.AHEAD
    ]
    decisions = [Decision(slot_of(day, schedule, zone), make=True, reason=BEGUN) for day in begun]
    for position, slot in enumerate(open_slots):
        newest = position == len(open_slots) - 1
        if slot.day in begun:
            continue
        if newest and standing_of(slot, now) is Standing.DUE:
            decisions.append(Decision(slot, make=True, reason="it is due"))
        elif newest and schedule.missed == "catch_up":
            decisions.append(Decision(slot, make=True, reason="it was missed, and is caught up on"))
        else:
            fate = "its stories are given up" if schedule.missed == "skip" else "its stories wait for the next edition"
            late = slot.late_at.astimezone(zone)
            reason = f"it had not gone out by {late:%H:%M} ({zone.key}); {fate}"
            decisions.append(Decision(slot, make=False, reason=reason))
    return sorted(decisions, key=lambda one: one.slot.day)


def overdue(
    schedule: Schedule, zone: ZoneInfo, now: datetime, *, settled: Collection[date]
) -> list[tuple[PlannedEdition, datetime]]:
    """List today's slots that nobody has settled by the hour at which their edition is expected, with that moment."""
    if schedule.expected_by is None:
        return []
    today = now.astimezone(zone).date()
    late = ((slot, moment_of(slot.day, schedule.expected_by, zone)) for slot in planned(schedule, zone, today, today))
    return [(slot, expected) for slot, expected in late if slot.day not in settled and now >= expected]


def upcoming(schedule: Schedule, zone: ZoneInfo, now: datetime, count: int) -> list[PlannedEdition]:
    """List the next slots that lie ahead."""
    slots: list[PlannedEdition] = []
    day = now.astimezone(zone).date()
    for _ in range(366):
        slots += [slot for slot in planned(schedule, zone, day, day) if standing_of(slot, now) is Standing.AHEAD]
        if len(slots) >= count:
            break
        day += timedelta(days=1)
    return slots[:count]
