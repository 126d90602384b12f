"""Who left at a platform, told page by page.

A page says where the next one begins, so a reading that was broken off goes on there. Everything is read each time;
what is known already changes nothing. So nothing can be missed between two readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from broadsheet.errors import ExportError, PlatformBusy
from broadsheet.export.push.api import NoAnswer, NotThere
from broadsheet.model import SuppressionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """An address that must not be written to any more, and why, as the platform says it."""

    email: str
    reason: SuppressionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of those who left, and where the next page begins: '' after the last one."""

    departures: tuple[Departure, ...]
    following: str


class Teller(Protocol):
    """A platform's account, as far as departures go."""

    title: str

    def departures(self, at: str) -> Page:
        """Tell the page that begins there ('' for the first). Raises ExportError, PlatformBusy, NotThere, NoAnswer."""


def page_from(teller: Teller, at: str) -> Page:
    """Ask for a page of those who left. Raises ExportError, and PlatformBusy to try later."""
    try:
        page = teller.departures(at)
    except NotThere as absence:
        raise ExportError(
            f"{teller.title} knows nothing of what was named ({absence})",
            advice="Check url and list in the platform's table of broadsheet.toml.",
        ) from absence
    except NoAnswer as silence:
        raise PlatformBusy(
            f"{teller.title} gave no answer ({silence})",
            advice="Run the same command again later: it goes on where this one stopped.",
        ) from silence
    if page.following and page.following == at:
        raise ExportError(
            f"{teller.title} gives the same page again and again", advice="What was read so far is kept. Try later."
        )
    return page


def kind_at(at: str, kinds: Sequence[str]) -> tuple[str, str]:
    """Say which of the kinds of leaving a page tells, and where in it the page begins ('' at its beginning)."""
    kind, _, place = at.partition(" ")
    return (kind, place) if kind in kinds else (kinds[0], "")


def following(kinds: Sequence[str], kind: str, place: str | int = "") -> str:
    """Say where the next page begins: at a place in the same kind, or, where none is left in it, at the next kind."""
    if place != "":
        return f"{kind} {place}"
    return "".join(f"{one} " for one in kinds[kinds.index(kind) + 1 :][:1])
