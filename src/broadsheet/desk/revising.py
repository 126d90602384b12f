"""The editors' hands: every change to an edition is a line of its log, and cancels an approval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from broadsheet.config import Publication
from broadsheet.desk.assessing import WENT_OUT, carried_by_others, carries
from broadsheet.desk.editing import edition_called
from broadsheet.desk.gathering import find_story
from broadsheet.desk.opening import Desk
from broadsheet.edit.door import repetition
from broadsheet.edit.pick import newcomer
from broadsheet.edit.revise import (
    EDITION_TEXTS,
    STORY_TEXTS,
    Decisions,
    decisions_of,
    finish,
    revise,
    section_called,
    section_for,
)
from broadsheet.errors import EditionError
from broadsheet.model import NOTHING, Edition, EditionStatus, Explanation, Pick, Revision, Story

MOST_BOOST = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing an editor wants: a verb of the log, the story it is about ('' for the edition), and what is set.

    `line` is where a text asks for it, for error messages; 0 where none does.
    """

    verb: str
    story: str = ""
    value: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """An edition after its changes; whether an approval was cancelled by them."""

    edition: Edition
    lines: tuple[Revision, ...]
    cancelled: bool = False


def change(desk: Desk, edition_id: str, changes: Sequence[Change], by: str) -> Revised:
    """Change an edition: all of the changes, or, when one cannot be, none.

    Raises EditionError: the edition is on its way, went out or is skipped; a story or section is not there; a story may
    not be printed.
    """
    with desk.store.transaction():
        edition = changeable(desk, edition_id)
        now = desk.now()
        plan = desk.config.publication(edition.publication)
        revised = edition
        earlier = desk.store.editions.revisions(edition_id)
        lines: list[Revision] = []
        for one in changes:
            try:
                line, pick = _line(desk, plan, revised, decisions_of((*earlier, *lines)), one, by)
                if line.verb == "set" and not _says_anything(line, revised):
                    continue
                revised = revise(revised, line, plan, pick)
            except EditionError as error:
                if not one.line:
                    raise
                raise EditionError(f"line {one.line}: {error.message}", advice=error.advice) from error
            lines.append(replace(line, at=now))  # what is done at once is taken back at once
        log = (*earlier, *lines)
        revised = replace(finish(revised, decisions_of(log), plan), status=EditionStatus.DRAFT, hash="")
        if lines:
            desk.store.editions.record(lines)
            desk.store.editions.save(revised, at=desk.now(), carried=carries(revised))
        return Revised(
            edition=revised if lines else edition, lines=tuple(lines),
            cancelled=bool(lines) and edition.status is EditionStatus.APPROVED,
        )  # fmt: skip


def changeable(desk: Desk, edition_id: str) -> Edition:
    """Read an edition to be changed. Raises EditionError when it is on its way, went out or is skipped."""
    edition = edition_called(desk, edition_id)
    if edition.status in WENT_OUT:
        raise EditionError(f"{edition_id} is {edition.status}: nothing about it can be changed")
    if edition.status is EditionStatus.SKIPPED:
        raise EditionError(f"{edition_id} is skipped", advice=f"Type `broadsheet edition reopen {edition_id}` first.")
    return edition


def _line(
    desk: Desk, plan: Publication, edition: Edition, decisions: Decisions, wanted: Change, by: str
) -> tuple[Revision, Pick | None]:
    """Write the line of the log for a change, with the section it is about spelt out, and the pick it brings in."""
    value = {name: text.strip() for name, text in wanted.value.items()}
    if "section" in value:
        value["section"] = section_called(plan, value["section"])
    pick = None
    story_id = wanted.story
    if story_id:
        story = _standing(edition, story_id) or find_story(desk, story_id)
        story_id = story.id
        standing = next(
            (section.title for section in edition.sections for p in section.picks if p.story.id == story.id), ""
        )
        if value.get("category"):
            value.setdefault("section", section_for(plan, value["category"]) or standing)
        if not standing and wanted.verb in ("pin", "lead"):
            pick = newcomer_of(desk, plan, edition, story, decisions.texts.get(story.id, NOTHING), by)
            value.setdefault("section", section_for(plan, pick.category))
            if "instead_of" not in value and (other := _replaced(edition, story)):
                value["instead_of"] = other
            if not value["section"]:
                raise EditionError(f"no section takes {story.id} ({story.title})", advice="Name one with --section.")
        elif wanted.verb not in ("drop", "rewrite"):
            value.setdefault("section", standing)
        if value.keys() == {"boost", "section"}:
            del value["section"]  # a boost counts at the next pick, and keeps nothing in its place
    if wanted.verb == "set":
        _check(value)
    return Revision(edition=edition.id, at=desk.now(), by=by, verb=wanted.verb, story=story_id, value=value), pick


def _says_anything(line: Revision, edition: Edition) -> bool:
    """Tell whether a line sets something to what it is not already."""
    if not line.story:
        return any(getattr(edition, name) != text for name, text in line.value.items() if name in EDITION_TEXTS)
    section, pick = next(
        ((s.title, p) for s in edition.sections for p in s.picks if p.story.id == line.story), ("", None)
    )
    if pick is None or "boost" in line.value or line.value.get("section", section) != section:
        return True
    return any(getattr(pick, name) != text for name, text in line.value.items() if name in STORY_TEXTS)


def _standing(edition: Edition, story_id: str) -> Story | None:
    return next((pick.story for pick in edition.picks if pick.story.id == story_id), None)


def newcomer_of(
    desk: Desk, plan: Publication, edition: Edition, story: Story, words: Mapping[str, str], by: str
) -> Pick:
    """Make the pick that an editor brings in. Raises EditionError when the story may not be printed."""
    carried = carried_by_others(desk, plan, edition.id, edition.date)
    if reason := repetition(story, carried):
        raise EditionError(f"{story.id} cannot be printed: {reason}")
    now = desk.now()
    if story.embargo_at and story.embargo_at > now:
        raise EditionError(
            f"{story.id} cannot be printed: it is under embargo until {story.embargo_at:%Y-%m-%d %H:%M} UTC"
        )
    if story.expires_at and story.expires_at <= now:
        raise EditionError(f"{story.id} cannot be printed: it expired at {story.expires_at:%Y-%m-%d %H:%M} UTC")
    told = desk.store.editions.explanations(edition=edition.id, story=story.id)
    explanation: Explanation | None = next(iter(told), None)
    return newcomer(story, explanation, _others(edition, story), plan, by, words, carried)


def _replaced(edition: Edition, story: Story) -> str:
    """Name the pick that tells the same event, where no editor wanted just that one."""
    tells = (pick for pick in edition.picks if any(other.id == story.id for other in pick.also_reported_by))
    return next((pick.story.id for pick in tells if not pick.is_pinned), "")


def _others(edition: Edition, story: Story) -> Iterable[Story]:
    """List the other tellings of an event, where the edition prints one of them."""
    for pick in edition.picks:
        if any(other.id == story.id for other in pick.also_reported_by):
            return (pick.story, *(other for other in pick.also_reported_by if other.id != story.id))
    return ()


def _check(value: Mapping[str, str]) -> None:
    for name in ("headline", "subject"):
        if value.get(name) == "":
            raise EditionError(f"a {name} cannot be empty", advice=f"To have ours back, reset the {name}.")
    try:
        boost = float(value.get("boost") or 0)
    except ValueError:
        boost = MOST_BOOST + 1
    if not -MOST_BOOST <= boost <= MOST_BOOST:
        raise EditionError(
            f"a boost is a number of points from -{MOST_BOOST:g} to {MOST_BOOST:g}, not {value['boost']!r}"
        )
