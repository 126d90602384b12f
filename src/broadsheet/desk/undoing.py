"""Undo and redo: an edition as it would stand without an editor's last deed, and with everything that others did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from broadsheet.desk.assessing import carries
from broadsheet.desk.editing import pick_edition
from broadsheet.desk.opening import Desk
from broadsheet.desk.revising import Revised, changeable, newcomer_of
from broadsheet.edit.revise import decisions_of, finish, revise
from broadsheet.edit.undo import LINES, holding, to_redo, to_undo
from broadsheet.errors import EditionError
from broadsheet.model import NOTHING, Edition, EditionStatus, Revision


@dataclass(frozen=True, slots=True)
class Steps:
    """What an editor's next undo takes back and what their next redo gives again; None where there is nothing."""

    undo: Revision | None = None
    redo: Revision | None = None


def steps_of(desk: Desk, edition_id: str, by: str) -> Steps:
    """Say what undo and redo would be about."""
    if desk.store.editions.drafted(edition_id) is None:
        return Steps()
    log = desk.store.editions.revisions(edition_id)
    back, again = to_undo(log, by), to_redo(log, by)
    return Steps(log[back[0]] if back else None, log[again[0]] if again else None)


def undo(desk: Desk, edition_id: str, by: str) -> Revised:
    """Take back what an editor did last. Raises EditionError when there is nothing, or another built upon it."""
    return _turn(desk, edition_id, by, "undo")


def redo(desk: Desk, edition_id: str, by: str) -> Revised:
    """Give again what an editor took back last. Raises EditionError when there is nothing, or no place for it."""
    return _turn(desk, edition_id, by, "redo")


def _turn(desk: Desk, edition_id: str, by: str, verb: str) -> Revised:
    with desk.store.transaction():
        edition = changeable(desk, edition_id)
        log = desk.store.editions.revisions(edition_id)
        places = (to_undo if verb == "undo" else to_redo)(log, by)
        drafted = desk.store.editions.drafted(edition_id)
        if not places or drafted is None:
            what = "take back" if verb == "undo" else "give again"
            raise EditionError(f"there is nothing of {by}'s to {what}")
        line = Revision(
            edition=edition_id, at=desk.now(), by=by, verb=verb, value={LINES: " ".join(map(str, places))}
        )  # fmt: skip
        base, since = drafted
        if places[0] < since:
            revised = _drafted_anew(desk, edition, line)
        else:
            revised = _again(desk, base, (*log, line), since, by)
            desk.store.editions.record([line])
            desk.store.editions.save(revised, at=desk.now(), carried=carries(revised))
        return Revised(edition=revised, lines=(line,), cancelled=edition.status is EditionStatus.APPROVED)


def _drafted_anew(desk: Desk, edition: Edition, line: Revision) -> Edition:
    """Draft from the log with a line that takes back, or gives again, what a draft since then was made from."""
    desk.store.editions.record([line])
    if edition.status is EditionStatus.APPROVED:
        edition = desk.store.editions.reopen(edition.id, at=desk.now())
    return pick_edition(desk, desk.config.publication(edition.publication), edition.date)


def _again(desk: Desk, base: Edition, log: Sequence[Revision], since: int, by: str) -> Edition:
    """Go from a draft through the lines that hold, as if they were done now for the first time."""
    plan = desk.config.publication(base.publication)
    held = holding(log)
    revised = base
    for place, line in held.items():
        if place < since:
            continue
        try:
            pick = None
            if line.verb in ("pin", "lead") and all(one.story.id != line.story for one in revised.picks):
                story = desk.store.stories.get(line.story)
                if story is None:
                    raise EditionError(f"no story is called {line.story!r} any more")
                words = decisions_of(log[:place]).texts.get(line.story, NOTHING)
                pick = newcomer_of(desk, plan, revised, story, words, line.by)
            revised = revise(revised, line, plan, pick)
        except EditionError as error:
            who = "you" if line.by == by else line.by
            raise EditionError(
                f"{who} built upon that since ({line.verb} {line.story}): {error.message}",
                advice="Nothing was changed. Take the later change back first, or drop the story.",
            ) from None
    return replace(finish(revised, decisions_of(log), plan), status=EditionStatus.DRAFT, hash="")
