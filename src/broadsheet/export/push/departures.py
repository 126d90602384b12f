"""Who left at a platform: unsubscribed there, bounced there, or complained there.

Everything is read each time; what is known already changes nothing. So nothing can be missed between two readings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from broadsheet.errors import ExportError, PlatformBusy
from broadsheet.export.push.api import NoAnswer, NotThere
from broadsheet.model import SuppressionReason

TELLING = ("mailchimp", "brevo", "listmonk", "buttondown", "keila")


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """An address that must not be written to any more, and why, as the platform says it."""

    email: str
    reason: SuppressionReason


class Teller(Protocol):
    """A platform's account, as far as departures go."""

    title: str

    def departures(self) -> Iterator[Departure]:
        """Tell everybody who left. Raises ExportError, PlatformBusy, NotThere and NoAnswer."""


def departures_from(teller: Teller) -> Iterator[Departure]:
    """Tell everybody who left a platform. Raises ExportError, and PlatformBusy to try later."""
    try:
        yield from teller.departures()
    except NotThere as absence:
        raise ExportError(
            f"{teller.title} knows nothing of what was named ({absence})",
            advice="Check url and list in the platform's table of broadsheet.toml.",
        ) from absence
    except NoAnswer as silence:
        raise PlatformBusy(
            f"{teller.title} gave no answer ({silence})", advice="Run the same command again later."
        ) from silence
