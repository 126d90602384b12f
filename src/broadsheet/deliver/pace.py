"""How fast an account may send: limits a second, minute, hour and day. Values in, values out; time is an argument.

What was attempted is counted in fixed windows of the clock. The counts begin from the ledger, which outlives a run, so
a restart grants nothing anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SECOND, MINUTE, HOUR, DAY = 1, 60, 3600, 86400


@dataclass
class Pace:
    """Limits by the length of their window in seconds, and what was attempted in the windows of now."""

    limits: Mapping[int, int]
    _windows: dict[int, tuple[int, int]] = field(default_factory=dict)

    def begin(self, now: datetime, attempted: Mapping[int, int]) -> None:
        """Take over what earlier runs attempted in the present windows."""
        self._windows = {length: (_window(now, length), attempted.get(length, 0)) for length in self.limits}

    def room(self, now: datetime) -> int | None:
        """Say how many may be attempted now; None where nothing limits them."""
        if not self.limits:
            return None
        return max(0, min(limit - self._count(now, length) for length, limit in self.limits.items()))

    def take(self, now: datetime, count: int) -> None:
        """Count attempts."""
        for length in self.limits:
            self._windows[length] = (_window(now, length), self._count(now, length) + count)

    def wait(self, now: datetime) -> timedelta:
        """Say how long until there is room again."""
        full = [length for length, limit in self.limits.items() if self._count(now, length) >= limit]
        seconds = max((length - now.timestamp() % length for length in full), default=0.0)
        return timedelta(seconds=seconds)

    def forecast(self, now: datetime, waiting: int) -> timedelta:
        """Say how long the limits alone make a sending to so many last."""
        longest = 0.0
        for length, limit in self.limits.items():
            beyond = waiting - max(limit - self._count(now, length), 0)
            if beyond > 0:
                longest = max(longest, length - now.timestamp() % length + (-(-beyond // limit) - 1) * length)
        return timedelta(seconds=longest)

    def _count(self, now: datetime, length: int) -> int:
        window, count = self._windows.get(length, (0, 0))
        return count if window == _window(now, length) else 0


def _window(now: datetime, length: int) -> int:
    return int(now.timestamp()) // length


def window_start(now: datetime, length: int) -> datetime:
    """Give when the window of now began."""
    return now - timedelta(seconds=now.timestamp() % length)
