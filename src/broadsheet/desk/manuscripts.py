"""An edition as a text file: written out with each section's runners-up, and what comes back applied."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from broadsheet.desk.editing import edition_called
from broadsheet.desk.opening import Desk
from broadsheet.desk.revising import Change, Revised, change
from broadsheet.edit.manuscript import mark_of, read, write
from broadsheet.errors import EditionError
from broadsheet.model import Edition, EditionStatus, Fate, Story

RUNNERS_UP = 8


def manuscript_of(desk: Desk, edition_id: str) -> str:
    """Write an edition as text. Raises EditionError when there is none."""
    edition = edition_called(desk, edition_id)
    losers: dict[str, list[tuple[float, Story, str]]] = {}
    printed = {pick.story.id for pick in edition.picks}
    told = desk.store.editions.explanations(edition=edition_id)
    for one in (one for one in told if one.fate in (Fate.RUNNER_UP, Fate.HELD) and one.section):
        if one.signals and one.story not in printed and (story := desk.store.stories.get(one.story)):
            points = sum(signal.points for signal in one.signals)
            losers.setdefault(one.section, []).append((points, story, one.reason))
    best = {
        section: [
            (story, reason) for _, story, reason in sorted(some, key=lambda one: (-one[0], one[1].id))[:RUNNERS_UP]
        ]
        for section, some in losers.items()
    }
    return write(edition, _sections(desk, edition), best, _mark(edition))


def apply_manuscript(desk: Desk, edition_id: str, text: str, by: str) -> Revised:
    """Apply a changed text: all that it asks for, or, when something in it cannot be, nothing.

    Raises EditionError that names every line at fault, or says that the edition was changed meanwhile.
    """
    edition = edition_called(desk, edition_id)
    if not text.strip():
        raise EditionError("the text is empty", advice=f"Nothing was applied: {edition_id} stands as it did.")
    if not mark_of(text):
        raise EditionError(
            "the text has no line `# Draft: ...`, which says what it was written from",
            advice="Put it back as it was, or open the edition anew and carry your changes over; nothing was applied.",
        )
    if mark_of(text) != _mark(edition):
        raise EditionError(
            f"{edition_id} was changed since this text was written",
            advice="Open the edition anew and carry your changes over; nothing was applied.",
        )
    asked, faults = read(text, edition, _sections(desk, edition))
    if faults:
        lines = "\n".join(f"line {fault.line}: {fault.message}" for fault in faults)
        raise EditionError(f"the text of {edition_id} cannot be applied:\n{lines}", advice="Nothing was applied.")
    return change(
        desk, edition_id, [Change(verb=one.verb, story=one.story, value=one.value, line=one.line) for one in asked], by
    )


def _sections(desk: Desk, edition: Edition) -> tuple[str, ...]:
    return tuple(section.name for section in desk.config.publication(edition.publication).sections)


def _mark(edition: Edition) -> str:
    """Name an edition's contents, whatever its state: what a text was written from must be what it is applied to."""
    content = replace(edition, status=EditionStatus.DRAFT, hash="")
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]
