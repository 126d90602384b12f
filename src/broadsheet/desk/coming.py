"""List the editions that come next, and those that a run would see to at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.desk.plan import Decision, PlannedEdition, decide, upcoming
from broadsheet.model import EditionStatus

ASKED = "it was asked for"


@dataclass(frozen=True)
class ComingEdition:
    """A slot of a publication with its local time; unless it lies ahead, whether a run would make it now, and why."""

    publication: str
    day: date
    due_at: datetime
    late_at: datetime
    local: datetime
    zone: str
    made: bool | None = None
    reason: str = ""


def settled_days(desk: Desk, publication: Publication) -> list[date]:
    """List the days whose edition needs nothing more: sent, skipped, or approved where approval is the end of it."""
    done = {EditionStatus.SENT, EditionStatus.SKIPPED}
    if publication.then == "nothing":
        done.add(EditionStatus.APPROVED)
    return [line.date for line in desk.store.editions.list(publication.name, limit=60) if line.status in done]


def due_now(desk: Desk, publication: Publication) -> list[Decision]:
    """Say what a run would do at once about each slot that is due or was missed, oldest first.

    Without a schedule today's edition is always asked for.
    """
    now = desk.now()
    if publication.schedule is None:
        return [Decision(PlannedEdition(now.astimezone(publication.zone).date(), now, now), make=True, reason=ASKED)]
    by_day = {line.date: line.status for line in desk.store.editions.list(publication.name, limit=60)}
    settled = settled_days(desk, publication)
    begun = [one for one, status in by_day.items() if status is EditionStatus.SENDING]
    since = max(settled, default=now.astimezone(publication.zone).date())
    return decide(publication.schedule, publication.zone, now, settled=settled, begun=begun, since=min([since, *begun]))


def coming_editions(desk: Desk, name: str | None, count: int) -> list[ComingEdition]:
    """List the slots of one publication, or of all: what is due or was missed, then the next `count`."""
    chosen = [desk.config.publication(name)] if name else list(desk.config.publications.values())
    scheduled = [(one, one.schedule) for one in chosen if one.schedule]
    open_now = [_coming(one, decision.slot, decision) for one, _ in scheduled for decision in due_now(desk, one)]
    ahead = [
        _coming(one, slot) for one, schedule in scheduled for slot in upcoming(schedule, one.zone, desk.now(), count)
    ]
    return _in_order(open_now) + _in_order(ahead)[:count]


def _coming(publication: Publication, slot: PlannedEdition, decision: Decision | None = None) -> ComingEdition:
    return ComingEdition(
        publication=publication.name,
        day=slot.day,
        due_at=slot.due_at,
        late_at=slot.late_at,
        local=slot.due_at.astimezone(publication.zone),
        zone=publication.timezone,
        made=decision.make if decision else None,
        reason=decision.reason if decision else "",
    )


def _in_order(coming: list[ComingEdition]) -> list[ComingEdition]:
    return sorted(coming, key=lambda one: (one.due_at, one.publication))
