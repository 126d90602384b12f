"""The editors' desk: draft the day's edition from the stories gathered, and turn its state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from broadsheet.config import Publication
from broadsheet.desk.assessing import GIVEN_UP, SETTLED, candidates_of, carried_by_others, carries, window_of
from broadsheet.desk.days import day_of
from broadsheet.desk.opening import Desk
from broadsheet.edit.compare import differences
from broadsheet.edit.pick import draft_edition
from broadsheet.edit.revise import decisions_of
from broadsheet.errors import ApprovalMissing, EditionError
from broadsheet.model import Edition, EditionStatus, Revision, Story


def pick_edition(desk: Desk, publication: Publication, day: date, *, budget: int = 0, by: str = "") -> Edition:
    """Draft the publication's edition of a day and keep it; what editors decided stands in the new draft too.

    What is approved, went out, or was skipped by an editor stays as it is. `budget` is the most stories it can hold;
    `by` is who drafts: the log tells of a draft that looks otherwise than the one before.
    """
    edition_id = id_of(publication, day)
    present = desk.store.editions.get(edition_id)
    log = desk.store.editions.revisions(edition_id)
    if present and _stays(present, log):
        return present
    decisions = decisions_of(log)
    window = window_of(desk, publication, day)
    carried = carried_by_others(desk, publication, edition_id, day)
    draft = draft_edition(
        publication, day, candidates_of(desk, publication, day, window, carried, decisions),
        window=window, carried=carried, decisions=decisions, budget=budget,
    )  # fmt: skip
    with desk.store.transaction():
        _refuse_a_race(desk, edition_id, present, log)
        is_other = present is None or present.status != draft.edition.status or differences(present, draft.edition)
        is_base = bool(is_other) or _tells(present) != _tells(draft.edition)
        is_base = is_base or desk.store.editions.drafted(edition_id) is None
        if by and present and is_other:
            _record(desk, edition_id, by, "pick")
        desk.store.editions.save(
            draft.edition,
            at=desk.now(),
            carried=carries(draft.edition),
            explanations=draft.explanations,
            is_draft=is_base,
        )
    return draft.edition


def stays(desk: Desk, edition: Edition) -> bool:
    """Tell whether a new pick leaves an edition as it is: it is approved, went out, or was skipped by an editor."""
    return _stays(edition, desk.store.editions.revisions(edition.id))


def edition_of(desk: Desk, publication: Publication, day: date) -> Edition:
    """Read the publication's edition of a day. Raises EditionError when there is none."""
    return edition_called(desk, id_of(publication, day))


def edition_called(desk: Desk, edition_id: str) -> Edition:
    """Read an edition by its id. Raises EditionError when there is none."""
    edition = desk.store.editions.get(edition_id)
    if edition is None:
        raise EditionError(f"there is no edition {edition_id}", advice="Type `broadsheet pick` to draft it.")
    return edition


def find_edition(
    desk: Desk,
    edition_id: str | None = None,
    publication: str | None = None,
    day: str | None = None,
    *,
    able: Collection[EditionStatus] = (),
) -> Edition:
    """Find an edition by its id, or by publication and date as typed; today's where neither is told.

    `able` are the states in which the caller can do its work: where nobody named an edition, today's is in none of
    them, and the draft of a later day waits, it is probably that draft that is meant. Raises EditionError then, and
    when there is none.
    """
    if edition_id is not None:
        return edition_called(desk, edition_id)
    plan = desk.config.publication(publication)
    today = day_of(desk, plan, day)
    present = desk.store.editions.get(id_of(plan, today))
    is_of_no_use = present is None or (able and present.status not in able)
    if day is None and is_of_no_use and (waiting := _waiting(desk, plan, today)):
        here = f"{id_of(plan, today)}, which is today's"
        raise EditionError(
            f"{here}, is {present.status} already" if present else f"there is no edition {here}",
            advice=f"{waiting} waits as a draft: name it, or give its day by --date {waiting[-10:]}.",
        )
    return present or edition_of(desk, plan, today)


def _waiting(desk: Desk, publication: Publication, today: date) -> str:
    """Name the next edition after today that waits as a draft, '' where none does."""
    drafts = [line for line in desk.store.editions.list(publication.name) if line.status is EditionStatus.DRAFT]
    return min((line.id for line in drafts if line.date > today), default="")


def id_of(publication: Publication, day: date) -> str:
    """Name an edition as a person types it."""
    return f"{publication.name}-{day.isoformat()}"


def approve(desk: Desk, edition: Edition, rendered_hash: str, by: str, *, by_person: bool = True) -> Edition:
    """Bind an edition to the rendering that was looked at.

    Raises EditionError when it was changed since it was read, when it is not a draft, or when it is empty, and
    ApprovalMissing when it asks something that only a person can answer.
    """
    if edition.questions and not by_person:
        raise ApprovalMissing(
            f"{edition.id} asks: {' '.join(edition.questions)}",
            advice=f"Print it so by `broadsheet edition approve {edition.id}`, change it first, or leave it out"
            f" by `broadsheet edition skip {edition.id}`; then start the run again.",
        )
    if not edition.picks:
        raise EditionError(f"{edition.id} prints no story", advice="Gather some, then type `broadsheet pick`.")
    with desk.store.transaction():
        now = edition_called(desk, edition.id)
        if _content(now) != _content(edition):
            raise EditionError(
                f"{edition.id} was changed while it was looked at", advice="Look at it again, then approve it."
            )
        _refuse_what_went_out(desk, edition)
        approved = desk.store.editions.approve(edition.id, rendered_hash, at=desk.now())
        _record(desk, edition.id, by, "approve", hash=rendered_hash)
    return approved


def reopen(desk: Desk, edition_id: str, by: str) -> Edition:
    """Make an edition a draft again. Raises EditionError once sending has begun, here or at a platform."""
    with desk.store.transaction():
        _refuse_what_a_platform_sends(desk, edition_id)
        reopened = desk.store.editions.reopen(edition_id, at=desk.now())
        _record(desk, edition_id, by, "reopen")
    return reopened


def skip(desk: Desk, edition_id: str, by: str, reason: str, *, gives_up_stories: bool = False) -> Edition:
    """Say that an edition will not go out, and why; its stories stay candidates unless they are given up with it.

    Raises EditionError once sending has begun, here or elsewhere.
    """
    with desk.store.transaction():
        _refuse_what_a_platform_sends(desk, edition_id)
        skipped = desk.store.editions.skip(edition_id, at=desk.now())
        _record(desk, edition_id, by, "skip", reason=reason, **({"stories": GIVEN_UP} if gives_up_stories else {}))
    return skipped


def _refuse_a_race(desk: Desk, edition_id: str, present: Edition | None, log: tuple[Revision, ...]) -> None:
    """Keep what somebody did while we were drafting."""
    if desk.store.editions.get(edition_id) != present or desk.store.editions.revisions(edition_id) != log:
        raise EditionError(
            f"{edition_id} was changed while it was drafted", advice="Nothing was lost. Type `broadsheet pick` again."
        )


def _refuse_what_a_platform_sends(desk: Desk, edition_id: str) -> None:
    for push in desk.store.pushes.list(edition_id):
        if push.send_asked_at:
            raise EditionError(
                f"{push.platform} was asked to send {edition_id} at {push.send_asked_at:%Y-%m-%d %H:%M} UTC",
                advice="It may have reached readers; nothing about it can be changed.",
            )


def _refuse_what_went_out(desk: Desk, edition: Edition) -> None:
    for one in desk.store.editions.carried(edition.publication, apart_from=edition.id):
        if any(pick.story.id == one.story for pick in edition.picks):
            raise EditionError(
                f"{edition.id} prints {one.story}, which {one.edition} carries",
                advice=f"Type `broadsheet pick --date {edition.date}` to draft it anew.",
            )


def _stays(edition: Edition, log: tuple[Revision, ...]) -> bool:
    return edition.status in SETTLED or (edition.status is EditionStatus.SKIPPED and _is_skipped(log))


def _is_skipped(log: tuple[Revision, ...]) -> bool:
    return next((line.verb == "skip" for line in reversed(log) if line.verb in ("skip", "reopen")), False)


def _tells(edition: Edition | None) -> list[Story]:
    return [pick.story for pick in edition.picks] if edition else []


def _content(edition: Edition) -> Edition:
    return replace(edition, status=EditionStatus.DRAFT, hash="")


def _record(desk: Desk, edition_id: str, by: str, verb: str, story: str = "", **value: str) -> None:
    line = Revision(edition=edition_id, at=desk.now(), by=by, verb=verb, story=story, value=value)
    desk.store.editions.record([line])
