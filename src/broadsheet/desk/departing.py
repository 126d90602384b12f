"""Take over who left at a platform: they are not written to from here any more, whatever list they are on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from broadsheet.config import Account
from broadsheet.desk.opening import Desk
from broadsheet.desk.pushing import key_of
from broadsheet.desk.subscribing import read_address, suppress
from broadsheet.errors import AudienceError, ExportError, PlatformBusy

if TYPE_CHECKING:
    from broadsheet.export.pull import Departure, Page, Teller

# How long a reading that was broken off may rest before it begins anew: places at platforms do not keep for ever.
GOES_ON_WITHIN = timedelta(hours=6)


@dataclass(slots=True)
class DepartureReport:
    """Who was told of, by reason; how many of them were news; and what is no address.

    `resumed` says that the reading went on where an earlier one was broken off, so what came before is not counted.
    """

    platform: str
    told: dict[str, int] = field(default_factory=dict)
    new: int = 0
    unreadable: list[str] = field(default_factory=list)
    resumed: bool = False


def pull_departures(desk: Desk, platform: str, **options: Any) -> DepartureReport:
    """Suppress everybody who unsubscribed, bounced or complained at a platform; twice is once.

    What was read before an error stays, and the next reading goes on there. Nobody is ever taken off the list of
    suppressions. Raises ConfigError, ExportError, and PlatformBusy to try later.
    """
    from broadsheet.export import find_platform
    from broadsheet.export.pull import open_teller, refuse_untelling

    find_platform(platform)  # a name that is none at all is told as such
    refuse_untelling(platform)
    account = desk.config.platforms.get(platform, Account())
    teller = open_teller(platform, account, key_of(desk, platform, account), **options)
    report = DepartureReport(platform=platform)
    whose = f"{account.url} {account.user} {account.list}"
    place = desk.store.pulls.place(platform, whose, desk.now() - GOES_ON_WITHIN)
    page, report.resumed = _first_page(teller, place)
    while True:
        _take_over(desk, platform, page, report)
        with desk.store.transaction():
            desk.store.pulls.keep(platform, whose, page.following, desk.now())
        if not page.following:
            return report
        page = _page(teller, page.following)


def _first_page(teller: Teller, place: str) -> tuple[Page, bool]:
    """Go on at a place, or begin anew where the platform does not know that place any more."""
    if place:
        try:
            return _page(teller, place), True
        except PlatformBusy:
            raise
        except ExportError:
            pass
    return _page(teller, ""), False


def _page(teller: Teller, place: str) -> Page:
    from broadsheet.export.pull import page_from

    return page_from(teller, place)


def _take_over(desk: Desk, platform: str, page: Page, report: DepartureReport) -> None:
    with desk.store.transaction():
        for departure in page.departures:
            report.told[departure.reason] = report.told.get(departure.reason, 0) + 1
            try:
                if not _is_judged(desk, platform, departure):
                    report.new += suppress(desk, departure.email, departure.reason, source=platform)
            except AudienceError:
                report.unreadable.append(departure.email)


def _is_judged(desk: Desk, platform: str, departure: Departure) -> bool:
    """Tell whether a platform's word was lifted: it repeats itself at every reading, without a date."""
    return any(
        lifting.suppression.source == platform and lifting.suppression.reason is departure.reason
        for lifting in desk.store.suppressions.liftings(read_address(departure.email).key)
    )
