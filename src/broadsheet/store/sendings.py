"""A sending: an edition on its way out, and the balance of its recipients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

IN_DOUBT = "stopped between the hand-over and the answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One edition on its way out, as it was frozen: candidates = frozen + excluded."""

    id: int
    edition: str
    publication: str
    rendering: str
    domain: str
    candidates: int
    frozen: int
    excluded: int
    audience_hash: str
    frozen_at: datetime
    halt: str
    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Where an edition's recipients are. It is closed when nobody waits and nothing is under way."""

    candidates: int
    frozen: int
    excluded: int
    queued: int = 0
    in_flight: int = 0
    deferred: int = 0
    sent: int = 0
    failed: int = 0
    in_doubt: int = 0
    skipped: int = 0

    @property
    def waiting(self) -> int:
        """Count those whose turn is still to come."""
        return self.queued + self.in_flight + self.deferred

    @property
    def holds(self) -> bool:
        """Tell whether the sums agree: every candidate is in exactly one place."""
        settled = self.sent + self.failed + self.in_doubt + self.skipped
        return self.candidates == self.frozen + self.excluded and self.frozen == settled + self.waiting

    @property
    def is_closed(self) -> bool:
        """Tell whether frozen = sent + failed + in_doubt + skipped."""
        return self.holds and not self.waiting
