"""List the editions that come next, and those that a run would see to at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.desk.plan import BEGUN, Decision, PlannedEdition, decide, upcoming
from broadsheet.desk.turns import late_since
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

    Without a schedule today's edition is always asked for. What is being sent is gone on with, whatever its day.
    """
    now = desk.now()
    today = now.astimezone(publication.zone).date()
    begun = _begun_days(desk, publication)
    if publication.schedule is None:
        return [
            Decision(PlannedEdition(day, now, now), make=True, reason=BEGUN if day in begun else ASKED)
            for day in sorted(begun | {today})
        ]
    settled = settled_days(desk, publication)
    since = max((day for day in settled if day <= today), default=today)
    return decide(publication.schedule, publication.zone, now, settled=settled, begun=begun, since=min([since, *begun]))


def coming_editions(desk: Desk, name: str | None, count: int) -> list[ComingEdition]:
    """List the slots of one publication, or of all: what is due or was missed, then the next `count`.

    A day to come whose edition is out, skipped or on its way already is none of those.
    """
    chosen = [desk.config.publication(name)] if name else list(desk.config.publications.values())
    scheduled = [(one, one.schedule) for one in chosen if one.schedule]
    open_now = [
        _coming(one, decision.slot, _unless_late(desk, one, decision))
        for one, _ in scheduled
        for decision in due_now(desk, one)
    ]
    gone = {one.name: {*settled_days(desk, one), *_begun_days(desk, one)} for one, _ in scheduled}
    ahead = [
        _coming(one, slot)
        for one, schedule in scheduled
        for slot in upcoming(schedule, one.zone, desk.now(), count + len(gone[one.name]))
        if slot.day not in gone[one.name]
    ]
    return _in_order(open_now) + _in_order(ahead)[:count]


def _unless_late(desk: Desk, publication: Publication, decision: Decision) -> Decision:
    """Say of an edition that the late guard keeps back that it holds."""
    day, shelf = decision.slot.day, desk.store.deliveries
    edition = f"{publication.name}-{day}"
    if publication.then != "send" or not decision.make:
        return decision
    since = late_since(publication, day, shelf.sending(edition), shelf.balance(edition), desk.now())
    words = f"it would begin late, and holds until `broadsheet send -p {publication.name} --date {day}`"
    return decision if since is None else replace(decision, make=False, reason=words)


def _begun_days(desk: Desk, publication: Publication) -> set[date]:
    lines = desk.store.editions.list(publication.name, limit=60)
    return {line.date for line in lines if line.status is EditionStatus.SENDING}


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
