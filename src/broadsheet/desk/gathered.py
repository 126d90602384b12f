"""What a gathering brought: values for the command line, the daily run and the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from broadsheet.errors import SourceError

# read: something was new or changed. unchanged: nothing was. empty: it holds no stories. waiting: not asked, because it
# wished not to be. stale: it failed, and what it brought before stands. failed: it failed and never brought anything.
# gone: it said that it will never come back, and is not asked any more.
State = Literal["read", "unchanged", "empty", "waiting", "stale", "failed", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A source, file or item that gave no story, and why. `is_notice` ones are no failure."""

    place: str
    reason: str
    advice: str = ""
    is_notice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one source brought. `found` = new + changed + unchanged, each a number of stories.

    `undated` of the found ones have no date; `backlog` of the new ones were there before their source joined.
    `was_told` is set where its trouble was told today already.
    """

    source: str
    place: str
    state: State
    found: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    undated: int = 0
    backlog: int = 0
    refused: tuple[Refusal, ...] = ()
    is_required: bool = False
    was_told: bool = False

    @property
    def has_failed(self) -> bool:
        """Tell whether anything of it failed."""
        return self.state in ("failed", "stale") or any(not refusal.is_notice for refusal in self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherReport:
    """What a gathering brought, source by source; `enriched` of the stories were filled from their pages."""

    sources: tuple[SourceReport, ...] = ()
    enriched: int = 0

    @property
    def new(self) -> int:
        """Count the stories never seen before."""
        return sum(report.new for report in self.sources)

    @property
    def found(self) -> int:
        """Count the stories that the sources hold."""
        return sum(report.found for report in self.sources)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """List whatever gave no story."""
        return tuple(refusal for report in self.sources for refusal in report.refused)

    @property
    def missing_required(self) -> tuple[str, ...]:
        """Name the required sources that failed: they hold the edition."""
        return tuple(
            report.source
            for report in self.sources
            if report.is_required and report.state in ("failed", "stale", "gone")
        )

    @property
    def exit_code(self) -> int:
        """Give 0 if all went well, 1 if all failed, 4 if a part did."""
        if not any(report.has_failed for report in self.sources):
            return 0
        has_worked = any(report.found or report.state not in ("failed", "stale") for report in self.sources)
        return 4 if has_worked else 1


def refusal_of(error: SourceError, *, is_notice: bool = False) -> Refusal:
    """Carry an error of one place or item along as a value."""
    return Refusal(place=error.place or error.source, reason=error.reason, advice=error.advice, is_notice=is_notice)
