"""How fast one way may be used, an account's or a provider's: values in, values out; time is an argument.

A limit of N a day means that no 24 hours see more than N attempts, whichever way the other side counts its days. What
was attempted is kept in small grains of time, and a grain counts until the last of it is as old as the limit is long.
The counts come from the database, which outlives a run, so a restart grants nothing anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from broadsheet.deliver import throttle as policy
from broadsheet.model import Throttle

SECOND, MINUTE, HOUR, DAY = 1, 60, 3600, 86400
_GRAIN = {SECOND: 0.05, MINUTE: 1.0, HOUR: 60.0, DAY: 60.0}
_KEPT = 60.0  # the database counts by the minute
_SHORTEST = 0.001


class Allowance(Protocol):
    """What a day allows beside the limits."""

    def allowed(self, now: datetime) -> int | None:
        """Say how many may go on the day of a moment; None for any number."""

    def day_ends(self, now: datetime) -> datetime:
        """Say when the day of a moment ends."""


class Window:
    """What was attempted within a rolling length of time (seconds), against its limit."""

    def __init__(self, length: int, limit: int) -> None:
        self.length, self.limit = length, limit
        self._grain = _GRAIN[length]
        self._spent: deque[list[float]] = deque()  # (the grain's begin, attempts)
        self._total = 0

    def take(self, now: float, count: int) -> None:
        """Count attempts."""
        begin = now - now % self._grain
        if self._spent and self._spent[-1][0] >= begin:
            self._spent[-1][1] += count
        else:
            self._spent.append([begin, count])
        self._total += count

    def remember(self, at: float, count: int) -> None:
        """Count attempts of the minute that began then: as late in it as can be."""
        self.take(at + _KEPT - self._grain, count)

    def room(self, now: float) -> int:
        """Say how many may be attempted now."""
        while self._spent and self._ends(self._spent[0][0]) <= now:
            self._total -= int(self._spent.popleft()[1])
        return max(0, self.limit - self._total)

    def wait(self, now: float) -> float:
        """Say how many seconds pass until there is room for one."""
        if self.room(now):
            return 0.0
        over = self._total - self.limit
        for begin, count in self._spent:
            over -= int(count)
            if over < 0:
                return self._ends(begin) - now
        return self._grain + self.length

    def capacity(self, now: float, until: float) -> int:
        """Say how many may be attempted between two moments, if each is attempted as soon as it may be."""
        room = self.room(now)
        if until <= now:
            return room
        cycle = self.length + self._grain
        total = room
        frees = [(self._ends(begin), int(count)) for begin, count in self._spent] + [(now + cycle, room)]
        for at, count in frees:
            if at <= until:
                total += count * (1 + int((until - at) // cycle))
        return total

    def _ends(self, begin: float) -> float:
        return begin + self._grain + self.length


class Pace:
    """The limits of one way by their length in seconds, what was attempted, and what answers taught us about its speed.

    `past` holds the attempts of earlier runs: the begin of a minute and how many. `allowance` is what a day allows on
    top of the limits.
    """

    def __init__(
        self,
        limits: Mapping[int, int] | None = None,
        *,
        past: Iterable[tuple[datetime, int]] = (),
        allowance: Allowance | None = None,
        throttle: Throttle | None = None,
    ) -> None:
        self.throttle = throttle
        self._windows = [Window(length, limit) for length, limit in sorted((limits or {}).items())]
        self._allowance = allowance
        self._today: tuple[datetime, int] | None = None
        self._past = [(at, count) for at, count in past] if allowance else []
        self._next = 0.0  # before then the throttle lets nothing pass
        for at, count in past:
            for window in self._windows:
                if window.length > SECOND:
                    window.remember(at.timestamp(), count)

    @property
    def counts(self) -> bool:
        """Tell whether it matters how many were attempted before."""
        return bool(self._windows or self._allowance)

    @property
    def is_free(self) -> bool:
        """Tell whether nothing holds us back."""
        return not (self._windows or self._allowance or self.throttle)

    def room(self, now: datetime) -> int | None:
        """Say how many may be attempted now; None where nothing limits them."""
        if self.is_free:
            return None
        at = now.timestamp()
        rooms = [window.room(at) for window in self._windows]
        if (left := self._left_today(now)) is not None:
            rooms.append(left)
        if self.throttle is not None and (rate := policy.rate_at(self.throttle, now)) is not None:
            rooms.append(0 if not rate or at < self._next else 1 + int(min((at - self._next) * rate, _burst(rate))))
        return max(0, min(rooms)) if rooms else None

    def take(self, now: datetime, count: int = 1) -> None:
        """Count attempts."""
        if self.is_free:
            return
        at = now.timestamp()
        for window in self._windows:
            window.take(at, count)
        if self._allowance:
            self._left_today(now)
            assert self._today is not None
            self._today = (self._today[0], self._today[1] + count)
        if self.throttle is not None:
            if rate := policy.rate_at(self.throttle, now):
                self._next = max(self._next, at - _burst(rate) / rate) + count / rate
            elif rate is None:
                self.throttle = None

    def slow_down(self, now: datetime, observed: float) -> bool:
        """Obey an answer that says "too fast"; tells whether that changed anything worth keeping."""
        before = self.throttle
        self.throttle = policy.cut(before, now, observed)
        return self.throttle is not before

    def wait(self, now: datetime) -> timedelta:
        """Say how long until there is room again."""
        if self.room(now) != 0:
            return timedelta()
        at = now.timestamp()
        waits = [window.wait(at) for window in self._windows]
        if self._allowance and self._left_today(now) == 0:
            waits.append((self._allowance.day_ends(now) - now).total_seconds())
        if self.throttle is not None and policy.rate_at(self.throttle, now) is not None:
            waits += [(self.throttle.rests_until - now).total_seconds(), self._next - at]
        return timedelta(seconds=max(max(waits, default=0.0), _SHORTEST))

    def capacity(self, now: datetime, until: datetime) -> int | None:
        """Say how many may be attempted between two moments; None where nothing limits them."""
        found = [window.capacity(now.timestamp(), until.timestamp()) for window in self._windows]
        if (allowed := self._allowed(now, until)) is not None:
            found.append(allowed)
        if self.throttle is not None and (slow := policy.capacity(self.throttle, now, until)) is not None:
            found.append(int(slow))
        return min(found) if found else None

    def _left_today(self, now: datetime) -> int | None:
        if self._allowance is None:
            return None
        ends = self._allowance.day_ends(now)
        if self._today is None:
            begins = ends - timedelta(days=1)
            self._today = (ends, sum(count for at, count in self._past if begins <= at < ends))
        elif self._today[0] != ends:
            self._today = (ends, 0)
        allowed = self._allowance.allowed(now)
        return None if allowed is None else max(0, allowed - self._today[1])

    def _allowed(self, now: datetime, until: datetime) -> int | None:
        """Add up what the days between two moments allow; None where one of them allows any number."""
        if self._allowance is None:
            return None
        total = self._left_today(now)
        at = self._allowance.day_ends(now)
        while total is not None and at <= until:
            allowed = self._allowance.allowed(at)
            if allowed is None:
                return None
            total += allowed
            at = self._allowance.day_ends(at)
        return total


def _burst(rate: float) -> float:
    """Say how many may follow the first at once: about a second's worth, and none where one takes longer."""
    return max(rate - 1.0, 0.0)
