"""Foresee when a sending is done: before its first mail, and while it runs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from broadsheet.config import Publication
from broadsheet.desk.coming import ComingEdition
from broadsheet.desk.opening import Desk
from broadsheet.desk.pacing import lane_pace, outlets, providers
from broadsheet.desk.plan import moment_of
from broadsheet.desk.subscribing import candidates
from broadsheet.desk.turns import Turns, first_mail_at
from broadsheet.model import DeliveryState, EditionStatus, Recipient

if TYPE_CHECKING:
    from broadsheet.deliver.forecast import Forecast, Waiting

COUNTED_AGAIN_SECONDS = 20.0
COUNTING_SHARE = 100.0  # counting who waits takes at most one part of so many
ON_THEIR_WAY = frozenset((DeliveryState.DEFERRED, DeliveryState.QUEUED))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: what it did, how many were frozen, and the end as foreseen now."""

    done: int
    total: int
    forecast: Forecast


def forecast_of(desk: Desk, publication: Publication, edition: str, *, begins_at: datetime | None = None) -> Forecast:
    """Foresee the end for those who wait for an edition that was frozen; by default after its configured hold."""
    from broadsheet.deliver.forecast import Waiting

    now, sending = desk.now(), desk.store.deliveries.sending(edition)
    if begins_at is None and sending is not None:
        begins_at = first_mail_at(publication, sending, now)
    begins_at = max(begins_at or now, now)
    waiting = [Waiting(*row) for row in desk.store.deliveries.waiting(edition, begins_at)]
    return foresee(desk, publication, waiting, begins_at)


def forecast_for(
    desk: Desk,
    publication: Publication,
    day: date,
    people: Iterable[Recipient] | None = None,
    *,
    begins_at: datetime | None = None,
) -> Forecast:
    """Foresee the end of an edition that is not frozen yet, for everybody it would go to if it began now, or later.

    Its hold is waited for.
    """
    begins_at = (begins_at or desk.now()) + publication.sending.hold
    if people is None:
        people = (person for person, reason in candidates(desk, publication, day) if not reason)
    queue = Queue(desk, publication, day, begins_at)
    for person in people:
        queue.add(person)
    return foresee(desk, publication, queue.waiting(), begins_at)


def forecast_of_day(desk: Desk, publication: Publication, day: date) -> Forecast | None:
    """Foresee the end of a day's edition: for those who wait, or, approved and not yet frozen, if it began now.

    None for an edition that nobody waits for, is no mail, or is still to be drafted or approved.
    """
    edition = desk.store.editions.get(f"{publication.name}-{day}")
    if edition is None or publication.then != "send":
        return None
    if desk.store.deliveries.sending(edition.id) is not None:
        found = forecast_of(desk, publication, edition.id)
        return found if found.waiting else None
    return forecast_for(desk, publication, day) if edition.status is EditionStatus.APPROVED else None


def forecasts_of_next(desk: Desk, coming: Iterable[ComingEdition]) -> dict[tuple[str, date], Forecast]:
    """Foresee what is being sent, and the first other edition to come of each publication: begun when due, or now."""
    found: dict[tuple[str, date], Forecast] = {}
    foreseen: set[str] = set()
    for one in coming:
        publication = desk.config.publication(one.publication)
        edition = f"{one.publication}-{one.day}"
        if desk.store.deliveries.sending(edition) is not None:
            if one.made:
                found[one.publication, one.day] = forecast_of(desk, publication, edition)
        elif publication.then == "send" and one.made is not False and one.publication not in foreseen:
            begins = max(one.due_at, desk.now())
            found[one.publication, one.day] = forecast_for(desk, publication, one.day, begins_at=begins)
            foreseen.add(one.publication)
    return found


class Queue:
    """Those an edition would go to if it began now, or later: counted by lane and turn, so that memory is flat."""

    def __init__(self, desk: Desk, publication: Publication, day: date, begins_at: datetime | None = None) -> None:
        self._now, self._lane_of = begins_at or desk.now(), providers(desk).lane_of
        self._turn = Turns(publication, day).turn
        self._counts: Counter[tuple[str, datetime]] = Counter()

    def add(self, person: Recipient) -> None:
        """Count somebody in."""
        turn = self._turn(person)
        self._counts[self._lane_of(person.email), max(turn, self._now) if turn else self._now] += 1

    def waiting(self) -> list[Waiting]:
        """Give them as the forecast wants them."""
        from broadsheet.deliver.forecast import Waiting

        return [Waiting(lane, due_at, count) for (lane, due_at), count in self._counts.items()]


def foresee(
    desk: Desk, publication: Publication, waiting: list[Waiting], begins_at: datetime | None = None
) -> Forecast:
    """Put together who waits, the limits, and the speed that was measured last."""
    from broadsheet.deliver.forecast import forecast

    now = begins_at or desk.now()
    ways = outlets(desk, with_secrets=False)
    speeds = [desk.store.paces.speed(way.scope) for way in ways]
    lanes = {one.lane: lane_pace(desk, one.lane) for one in waiting}
    tomorrow = now.astimezone(publication.zone).date() + timedelta(days=1)
    return forecast(
        now,
        waiting,
        [way.pace for way in ways],
        {name: pace for name, pace in lanes.items() if not pace.is_free},
        per_second=max((speed for speed in speeds if speed), default=None),
        day_ends_at=moment_of(tomorrow, datetime.min.time(), publication.zone),
    )


def watching(
    desk: Desk, publication: Publication, edition: str, total: int, tell: Callable[[Progress], None]
) -> Callable[[Counter[DeliveryState]], None]:
    """Give what hears of a run's tally and tells how far it is.

    Who waits is counted now and then; in between, what the run settled is taken off, and the speed is read anew.
    """
    from broadsheet.deliver.forecast import Waiting

    known: list[Waiting] = []
    settled_then = 0
    count_again_at = 0.0

    def watch(tally: Counter[DeliveryState]) -> None:
        nonlocal known, settled_then, count_again_at
        settled = sum(count for state, count in tally.items() if state not in ON_THEIR_WAY)
        began = time.monotonic()
        if began >= count_again_at:
            known = [Waiting(*row) for row in desk.store.deliveries.waiting(edition, desk.now())]
            settled_then = settled
            spent = time.monotonic() - began
            count_again_at = began + max(COUNTED_AGAIN_SECONDS, spent * COUNTING_SHARE)
        left = max(sum(one.count for one in known) - (settled - settled_then), 0)
        share = left / max(sum(one.count for one in known), 1)
        now = [replace(one, count=round(one.count * share)) for one in known]
        tell(Progress(sum(tally.values()), total, foresee(desk, publication, now)))

    return watch
