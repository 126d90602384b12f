"""`[publications.NAME.schedule]`: on which days, when, and what happens when it is late or nobody approved."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Literal

from pydantic import Field, field_validator

from broadsheet.config.table import Table

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def duration(value: object) -> object:
    """Read a duration as people write it: '90m', '6h', '1h 30m'. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(?:(\d{1,3})h)?\s*(?:(\d{1,4})m)?", value.strip()) if isinstance(value, str) else None
    if found is None or not (found[1] or found[2]):
        raise ValueError("expected a duration such as '90m', '6h' or '1h 30m'")
    return timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))


class Schedule(Table):
    """When editions are due. Times are local to the publication's timezone.

    `late_after` is how long after `at` an edition may still begin. A slot that was not begun by then is missed:
    `missed` = "merge" leaves its stories to the next edition, "skip" gives them up with it, "catch_up" makes it late
    after all, until the next slot is due. An edition that is due and has not gone out by `expected_by` is an alarm.
    """

    days: tuple[Weekday, ...] = Field(default=WEEKDAYS, description="on which an edition is due")
    at: time = time(6, 0)
    late_after: timedelta = timedelta(hours=6)
    missed: Literal["merge", "skip", "catch_up"] = "merge"
    expected_by: time | None = None
    unapproved: Literal["hold", "send"] = Field(
        default="hold", description="what becomes of a draft that nobody approved"
    )
    approve_within: timedelta = Field(
        default=timedelta(hours=1),
        description='how long after `at` an unapproved draft waits, where `unapproved` is "send"',
    )
    holidays: tuple[date, ...] = Field(default=(), description="days without an edition")

    @field_validator("days")
    @classmethod
    def _some_day(cls, value: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if not value:
            raise ValueError("expected at least one of: " + ", ".join(WEEKDAYS))
        return value

    _durations = field_validator("late_after", "approve_within", mode="before")(duration)
