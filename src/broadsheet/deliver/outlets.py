"""The accounts that an edition may leave by, in order: the first takes what its limits allow, then the next.

An account whose login is refused, whose relay stays away, or that is refused by all is put aside, and the others go on.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broadsheet.deliver.meter import Meter, Speed
from broadsheet.deliver.pace import Pace
from broadsheet.deliver.replies import Kind, Reply
from broadsheet.deliver.transport import Transport

IDLE_SECONDS = 5.0


@dataclass(eq=False)
class Outlet:
    """An account: its transport, its pace, and how many messages a session of it carries."""

    transport: Transport
    pace: Pace = field(default_factory=Pace)
    recycle: int = 100

    sessions: int = 0  # that were begun in this run
    trouble: tuple[Reply, Kind] | None = None  # why it was put aside for the rest of the run
    is_down: bool = False  # no session could be opened when last tried
    ever_open: bool = False
    failures: int = 0  # sessions that could not be opened, in a row
    out: int = 0  # attempts and answers that its workers hold
    well_at: float = field(default_factory=time.monotonic)
    asked_at: float = 0.0
    speed: Speed = field(default_factory=Speed)
    meter: Meter = field(default_factory=Meter)
    has_taken: bool = False  # a message, in this run
    refusals: list[int] = field(default_factory=list)  # in a row, of no fault of the reader's

    @property
    def scope(self) -> str:
        """Name it where attempts are counted."""
        return f"account:{self.transport.name}"

    def works(self) -> bool:
        """Tell whether it takes what it is given, as far as known."""
        return self.trouble is None and not self.is_down

    def opened(self) -> None:
        """Note that a session asks for work."""
        self.is_down, self.ever_open, self.failures = False, True, 0

    def gave(self, now: datetime, count: int) -> None:
        """Note that its sessions were given so many to open."""
        self.pace.take(now, count)
        self.meter.note(now.timestamp(), count)
        asked_at, self.asked_at = self.asked_at, time.monotonic()
        if self.asked_at - asked_at > IDLE_SECONDS:
            self.well_at = self.asked_at  # it was silent because nothing was asked of it

    def took(self) -> None:
        """Note that a message was taken."""
        self.speed.note()
        self.has_taken = True
        self.refusals.clear()
        self.well_at = time.monotonic()

    def silent_for(self) -> float:
        """Say for how many seconds nothing was taken."""
        return time.monotonic() - self.well_at


def wait(outlets: list[Outlet], now: datetime) -> timedelta:
    """Say how long until one of those that are not aside may take something."""
    return min((outlet.pace.wait(now) for outlet in outlets if outlet.trouble is None), default=timedelta.max)
