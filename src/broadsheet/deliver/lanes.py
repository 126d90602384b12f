"""What may be tried now, lane by lane: each mailbox provider has a queue of its own, so a slow one holds no other.

Only a window of each queue is in memory; the rest stays in the ledger. Deliveries to domains that no table names share
the lane ''. A domain of those that asks us to slow down is given a lane of its own, and its deliveries move there as
they come up.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from broadsheet.deliver.ledger import Ledger
from broadsheet.deliver.meter import Meter
from broadsheet.deliver.pace import Pace
from broadsheet.deliver.providers import domain_of
from broadsheet.model import Attempt

MOST_AHEAD, ALL_AHEAD = 500, 4000  # deliveries in memory: of a lane, and of all together
MOST_LANES = 300
LOOK_AGAIN = timedelta(seconds=0.5)  # a queue that was empty is looked at again: what was deferred falls due


class Lane:
    """One provider's queue: what was read ahead, and how fast it may go."""

    __slots__ = ("empty_until", "meter", "name", "pace", "ready")

    def __init__(self, name: str, pace: Pace) -> None:
        self.name, self.pace = name, pace
        self.ready: deque[Attempt] = deque()
        self.empty_until: datetime | None = None
        self.meter = Meter()

    @property
    def head(self) -> tuple[float, int, str]:
        """Give what orders it among the lanes: the turn of its first delivery."""
        return self.ready[0].due, self.ready[0].number, self.name


class Lanes:
    """The lanes of one sending. `pace_of` gives the limits of a lane by its name."""

    def __init__(self, ledger: Ledger, pace_of: Callable[[str], Pace]) -> None:
        self._ledger, self._pace_of = ledger, pace_of
        self._lanes: dict[str, Lane] = {}
        self._heads: list[tuple[float, int, str]] = []  # the first's turn, its number, and the open lane that holds it
        self._shut: set[str] = set()  # those that hold something, and may not go now
        self._looked_at: datetime | None = None
        self.moved: dict[int, str] = {}  # what is to be written down as having changed its lane

    def fill(self, now: datetime, wanted: int, *, anew: bool = False) -> None:
        """Read ahead where fewer than `wanted` are at hand. What was taken must have been written down before.

        A queue that was empty a moment ago is only asked again `anew`.
        """
        if anew or self._looked_at is None or not timedelta() <= now - self._looked_at < 10 * LOOK_AGAIN:
            self._looked_at = now
            for name in self._ledger.lanes():
                self.lane(name)
        ahead = max(min(MOST_AHEAD, ALL_AHEAD // max(len(self._lanes), 1)), 20)
        for lane in list(self._lanes.values()):
            if len(lane.ready) >= wanted or (lane.ready and lane.name in self._shut):
                continue
            if not anew and lane.empty_until is not None and timedelta() < lane.empty_until - now <= LOOK_AGAIN:
                continue
            self._read(lane, now, ahead)

    def _read(self, lane: Lane, now: datetime, ahead: int) -> None:
        held = {attempt.number for attempt in lane.ready}
        found = self._ledger.due(now, ahead, held | self.moved.keys(), lane=lane.name)
        lane.empty_until = now + LOOK_AGAIN if len(found) < ahead else None
        if not lane.name:
            for attempt in found:
                name = domain_of(attempt.recipient.email)
                if name and name in self._lanes:  # who was erased meanwhile has none
                    self.moved[attempt.number] = name
            found = [attempt for attempt in found if attempt.number not in self.moved]
        was_empty = not lane.ready
        lane.ready.extend(found)
        if was_empty and lane.ready:
            self._shut.add(lane.name)

    def lane(self, name: str) -> Lane:
        """Find a lane, made where there is none yet."""
        found = self._lanes.get(name)
        if found is None:
            found = self._lanes[name] = Lane(name, self._pace_of(name))
        return found

    def open(self, now: datetime) -> None:
        """Let lanes go again whose time has come."""
        for name in [name for name in self._shut if self._lanes[name].pace.room(now) != 0]:
            self._shut.discard(name)
            heapq.heappush(self._heads, self._lanes[name].head)

    def take(self, now: datetime) -> Attempt | None:
        """Take the first of what may be tried now, and count it."""
        while self._heads:
            name = heapq.heappop(self._heads)[2]
            lane = self._lanes[name]
            if not lane.pace.is_free and lane.pace.room(now) == 0:
                self._shut.add(name)
                continue
            attempt = lane.ready.popleft()
            lane.pace.take(now)
            lane.meter.note(now.timestamp())
            if lane.ready:
                heapq.heappush(self._heads, lane.head)
            return attempt
        return None

    def slow_down(self, attempt: Attempt, now: datetime) -> Lane | None:
        """Obey an answer that says "too fast" to one delivery. Gives the lane where that changed something."""
        name = attempt.lane or domain_of(attempt.recipient.email)
        if name not in self._lanes and len(self._lanes) >= MOST_LANES:
            return None  # each delivery is put off by itself all the same
        rest, lane = self._lanes.get(""), self.lane(name)
        if not attempt.lane and rest is not None:
            for one in rest.ready:
                if domain_of(one.recipient.email) == name:
                    self.moved[one.number] = name
            self._drop(rest, self.moved)
            if not lane.meter.rate(now.timestamp()):
                lane.meter = Meter()
                lane.meter.note(now.timestamp())
        return lane if lane.pace.slow_down(now, lane.meter.rate(now.timestamp())) else None

    def _drop(self, lane: Lane, gone: Collection[int]) -> None:
        kept = [attempt for attempt in lane.ready if attempt.number not in gone]
        if len(kept) == len(lane.ready):
            return
        lane.ready = deque(kept)
        self._heads = [head for head in self._heads if head[2] != lane.name]
        if kept and lane.name not in self._shut:
            self._heads.append(lane.head)
        elif not kept:
            self._shut.discard(lane.name)
        heapq.heapify(self._heads)

    @property
    def at_hand(self) -> bool:
        """Tell whether anything was read that waits for nothing but its lane's turn."""
        return bool(self._heads or self._shut)

    def count(self) -> int:
        """Count what is at hand."""
        return sum(len(lane.ready) for lane in self._lanes.values())

    def wait(self, now: datetime) -> timedelta | None:
        """Say how long until one of what is at hand may go; None where nothing is."""
        if self._heads:
            return timedelta()
        return min((self._lanes[name].pace.wait(now) for name in self._shut), default=None)
