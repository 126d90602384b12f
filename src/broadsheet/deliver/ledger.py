"""What the run needs from whoever keeps the books, and nothing more. The store fits it; the desk joins them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from broadsheet.model import NOTHING, Attempt, Settlement, Throttle


class Ledger(Protocol):
    """One edition's rows, under a lease: every call may raise LeaseHeld once another sender has taken over."""

    @property
    def halt(self) -> str:
        """Give a person's word from another terminal as of the last commit: 'paused', 'cancelled', or ''."""

    def lanes(self) -> list[str]:
        """Name the lanes in which something waits."""

    def due(self, now: datetime, limit: int, besides: Collection[int] = (), *, lane: str = "") -> list[Attempt]:
        """Read a lane's deliveries that may be tried now, in order, besides those already in hand. Changes nothing."""

    def next_due_at(self, after: datetime | None = None) -> datetime | None:
        """Say when the earliest delivery that waits, or waits for later than a moment, may be tried."""

    def commit(
        self,
        now: datetime,
        *,
        settled: Sequence[Settlement] = (),
        handing: Sequence[int] = (),
        claimed: Sequence[int] = (),
        by: Mapping[int, str] = NOTHING,
        moved: Mapping[int, str] = NOTHING,
        attempted: Mapping[str, int] = NOTHING,
        throttled: Mapping[str, Throttle] = NOTHING,
        speeds: Mapping[str, float] = NOTHING,
    ) -> Mapping[int, str]:
        """Write all of it at one stroke, on the disk before this returns.

        `claimed` become in_flight: only then may their envelope be sent. `handing` are in_flight ones whose content
        may leave from now on: after a crash these are in doubt, while the others are known to be undelivered. Gives
        those of `claimed` who must not be written to any more, with the reason; they are skipped.

        `by` names the account that takes a claimed one, `moved` the new lane of one that waits. `attempted` counts
        attempts, `throttled` says what slowed us down, and `speeds` how many a second go when nothing does, each by its
        scope: for the limits and the forecast, which outlive a run.
        """
