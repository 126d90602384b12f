"""A new account's first days: each allows more than the one before, until mailbox providers know it.

A day is a calendar day in UTC. The plan ends by itself: after its last day the limits alone count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Warmup:
    """How many may be attempted on the first day, the second, and so on."""

    starts_on: date
    allowances: Sequence[int]

    def allowed(self, now: datetime) -> int | None:
        """Say how many may go on the day of a moment: none before the first, any number after the last."""
        day = self.day(now)
        if day < 1:
            return 0
        return self.allowances[day - 1] if day <= len(self.allowances) else None

    def day(self, now: datetime) -> int:
        """Number the day of a moment: 1 is the first."""
        return (now.astimezone(UTC).date() - self.starts_on).days + 1

    def is_over(self, now: datetime) -> bool:
        """Tell whether the plan has ended."""
        return self.allowed(now) is None

    def day_ends(self, now: datetime) -> datetime:
        """Say when the day of a moment ends."""
        return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
