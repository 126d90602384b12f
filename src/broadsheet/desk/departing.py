"""Take over who left at a platform: they are not written to from here any more, whatever list they are on."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from broadsheet.config import Account
from broadsheet.desk.opening import Desk
from broadsheet.desk.pushing import key_of
from broadsheet.desk.subscribing import suppress
from broadsheet.errors import AudienceError

_TOGETHER = 500


@dataclass(slots=True)
class DepartureReport:
    """Who was told of, by reason; how many of them were news; and what is no address."""

    platform: str
    told: dict[str, int] = field(default_factory=dict)
    new: int = 0
    unreadable: list[str] = field(default_factory=list)


def pull_departures(desk: Desk, platform: str, **options: Any) -> DepartureReport:
    """Suppress everybody who unsubscribed, bounced or complained at a platform; twice is once.

    What was read before an error stays. Raises ConfigError, ExportError, and PlatformBusy to try later.
    """
    from broadsheet.export.push import departures_from, open_teller, refuse_untelling

    refuse_untelling(platform)
    account = desk.config.platforms.get(platform, Account())
    teller = open_teller(platform, account, key_of(desk, platform, account), **options)
    report = DepartureReport(platform=platform)
    departures = departures_from(teller)
    while together := list(islice(departures, _TOGETHER)):
        with desk.store.transaction():
            for departure in together:
                report.told[departure.reason] = report.told.get(departure.reason, 0) + 1
                try:
                    report.new += suppress(desk, departure.email, departure.reason, source=platform)
                except AudienceError:
                    report.unreadable.append(departure.email)
    return report
