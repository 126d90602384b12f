"""The editors' word: what they decided about an edition, read from its log, and how it changes what is printed.

A revision changes exactly what it says and nothing else. A new pick starts from the decisions: a story that an editor
pinned, moved or rewrote stays in, one that was dropped stays out, and the places and words they gave are given again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from broadsheet.config import Publication
from broadsheet.edit.candidates import category_key
from broadsheet.edit.summarise import dek_of, draft_preheader, draft_subject, headline_of
from broadsheet.edit.undo import holding
from broadsheet.errors import EditionError
from broadsheet.model import NOTHING, Edition, Pick, Revision, Section

STORY_TEXTS = ("headline", "dek", "kicker", "category", "alt")
EDITION_TEXTS = ("subject", "preheader", "intro")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an editor put a story: a section by its name, and the place in it, 1 for the first."""

    story: str
    section: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The sum of a log. `kept` maps each story that must stand to the section it stands in ('' for any fitting one)."""

    kept: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    boosts: Mapping[str, float] = field(default_factory=dict)
    edition: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""
    goes_out: bool = False


def decisions_of(revisions: Iterable[Revision]) -> Decisions:
    """Sum up a log, oldest line first: a later line about the same thing takes the place of an earlier one.

    Lines that were taken back count for nothing.
    """
    kept: dict[str, str] = {}
    dropped: dict[str, str] = {}
    places: list[Place] = []
    texts: dict[str, dict[str, str]] = {}
    boosts: dict[str, float] = {}
    edition: dict[str, str] = {}
    lead, goes_out = "", False
    for line in holding(revisions).values():
        story, value = line.story, line.value
        if line.verb == "drop":
            dropped[story] = line.by
            kept.pop(story, None)
            places = [place for place in places if place.story != story]
            lead = "" if lead == story else lead
        elif line.verb in ("pin", "move", "lead") or (line.verb == "set" and story and not value.keys() <= {"boost"}):
            dropped.pop(story, None)
            if value.get("section", "") != kept.get(story):
                places = [place for place in places if place.story != story]
            kept[story] = value.get("section", "")
        if line.verb == "move":
            places.append(Place(story=story, section=value["section"], position=int(value["position"])))
        elif line.verb == "lead":
            lead = story
        elif line.verb in ("set", "rewrite"):
            own = {name: text for name, text in value.items() if name in (*STORY_TEXTS, *EDITION_TEXTS)}
            (texts.setdefault(story, {}) if story else edition).update(own)
            if "boost" in value:
                boosts[story] = float(value["boost"] or 0)
        elif line.verb == "reset":
            for name in value:
                (texts.get(story, {}) if story else edition).pop(name, None)
        elif line.verb in ("reopen", "skip"):
            goes_out = line.verb == "reopen"
    return Decisions(
        kept=kept, dropped=dropped, places=tuple(places), texts={story: text for story, text in texts.items() if text},
        boosts=boosts, edition=edition, lead=lead, goes_out=goes_out,
    )  # fmt: skip


def revise(edition: Edition, revision: Revision, plan: Publication, newcomer: Pick | None = None) -> Edition:
    """Change an edition as one line of its log says. `newcomer` is what to pin where the story does not stand yet.

    Subject, preheader and lead are not drafted anew here: `finish` does, once all lines are in.
    Raises EditionError when the line speaks of a story or section that is not there.
    """
    sections = _Sections(edition, plan)
    value = revision.value
    if revision.verb == "drop":
        sections.take(revision.story)
    elif revision.verb == "move":
        pick = sections.take(revision.story)
        sections.put(replace(pick, is_pinned=True), value["section"], int(value["position"]))
    elif revision.verb in ("pin", "lead"):
        standing = sections.find(revision.story)
        wanted = value.get("section", "")
        if standing is None:
            if newcomer is None:
                raise _no_such_pick(edition, revision.story)
            sections.put(newcomer, wanted, sections.give_up(value.get("instead_of", ""), wanted))
        elif wanted and sections.name_of(revision.story) != wanted:
            sections.put(replace(sections.take(revision.story), is_pinned=True), wanted, None)
        else:
            sections.change(revision.story)
    elif revision.verb == "rewrite" and revision.story:
        sections.change(revision.story, {name: text for name, text in value.items() if name in STORY_TEXTS}, pin=False)
    elif revision.verb == "set" and revision.story:
        texts = {name: text for name, text in value.items() if name in STORY_TEXTS}
        if texts:
            sections.change(revision.story, texts)
            wanted = value.get("section", "")
            if wanted and sections.name_of(revision.story) != wanted:
                sections.put(sections.take(revision.story), wanted, None)
    elif revision.verb == "reset" and revision.story:
        known = sections.find(revision.story)
        if known is None:
            raise _no_such_pick(edition, revision.story)
        ours = {
            "headline": headline_of(known.story),
            "dek": dek_of(known.story, plan.edit.dek_length),
            "category": next(iter(known.story.categories), ""),
        }
        sections.change(revision.story, {name: ours.get(name, "") for name in value if name in STORY_TEXTS})
    elif revision.verb in ("set", "rewrite"):
        changes: dict[str, Any] = {name: text for name, text in value.items() if name in EDITION_TEXTS}
        edition = replace(edition, **changes)
    return replace(edition, sections=sections.done())


def finish(edition: Edition, decisions: Decisions, plan: Publication) -> Edition:
    """Draft what hangs on the whole: lead, subject and preheader, each only where no editor has decided it."""
    picks = edition.picks
    standing = {pick.story.id for pick in picks}
    lead: str | None = decisions.lead if decisions.lead in standing else None
    if lead is None and picks:
        lead = picks[0].story.id if plan.edit.lead == "first" else max(picks, key=_leading).story.id
    decided = decisions.edition
    subject = decided.get("subject") or draft_subject(plan.subject, plan.title, edition.date, picks, lead)
    preheader = decided["preheader"] if "preheader" in decided else draft_preheader(picks, lead)
    return replace(edition, lead=lead, subject=subject, preheader=preheader, intro=decisions.edition.get("intro", ""))


def replay(edition: Edition, decisions: Decisions, plan: Publication) -> Edition:
    """Give the editors' words and places to a fresh draft. Stories that could not stand in it are passed over."""
    sections = _Sections(edition, plan)
    for story, texts in decisions.texts.items():
        if sections.find(story):
            sections.change(story, texts, pin=story in decisions.kept)
    for story in decisions.kept:
        if sections.find(story):
            sections.change(story)
    for place in decisions.places:
        if sections.find(place.story) and sections.name_of(place.story) == place.section:
            sections.put(sections.take(place.story), place.section, place.position)
    return finish(replace(edition, sections=sections.done()), decisions, plan)


def section_called(plan: Publication, name: str) -> str:
    """Find a section's name as the configuration spells it, by title or category. Raises EditionError."""
    for spelling in ("name", "category"):
        for section in plan.sections:
            if category_key(getattr(section, spelling)) == category_key(name):
                return section.name
    known = ", ".join(section.name for section in plan.sections)
    raise EditionError(f"{plan.name} has no section {name!r}", advice=f"Its sections are: {known}.")


def section_for(plan: Publication, category: str) -> str:
    """Name the section that a category goes to: its own, else one that takes any; '' when there is neither."""
    own = (section.name for section in plan.sections if category_key(section.category) == category_key(category))
    return next(own, next((section.name for section in plan.sections if section.category == "*"), ""))


class _Sections:
    """An edition's sections, open for changes: all that the plan names, in its order, empty ones too."""

    def __init__(self, edition: Edition, plan: Publication) -> None:
        self._edition = edition
        present = {section.title: section for section in edition.sections}
        planned = [Section(title=one.name, category=one.category) for one in plan.sections]
        strangers = [section for section in edition.sections if section.title not in {one.title for one in planned}]
        self._heads: Sequence[Section] = [*(present.get(one.title, one) for one in planned), *strangers]
        self._picks: dict[str, list[Pick]] = {section.title: list(section.picks) for section in self._heads}

    def find(self, story: str) -> Pick | None:
        """Find the pick of a story."""
        return next((pick for picks in self._picks.values() for pick in picks if pick.story.id == story), None)

    def name_of(self, story: str) -> str:
        """Name the section a story stands in, '' for none."""
        return next((name for name, picks in self._picks.items() if any(p.story.id == story for p in picks)), "")

    def take(self, story: str) -> Pick:
        """Take a pick out."""
        pick = self.find(story)
        if pick is None:
            raise _no_such_pick(self._edition, story)
        for picks in self._picks.values():
            if pick in picks:
                picks.remove(pick)
        return pick

    def give_up(self, story: str, section: str) -> int | None:
        """Take out the telling that another replaces. Gives its place where that is in the section, else None."""
        pick = self.find(story)
        if pick is None:
            return None
        place = pick.position if self.name_of(story) == section else None
        self.take(story)
        return place

    def put(self, pick: Pick, section: str, position: int | None) -> None:
        """Put a pick into a section: at a place counted from 1, or at the end."""
        if section not in self._picks:
            known = ", ".join(self._picks)
            raise EditionError(f"{self._edition.id} has no section {section!r}", advice=f"Its sections are: {known}.")
        picks = self._picks[section]
        picks.insert(len(picks) if position is None else max(0, min(position - 1, len(picks))), pick)

    def change(self, story: str, texts: Mapping[str, str] = NOTHING, *, pin: bool = True) -> None:
        """Change a pick where it stands, and pin it there unless it is not an editor who did it."""
        pick = self.find(story)
        if pick is None:
            raise _no_such_pick(self._edition, story)
        changes: dict[str, Any] = dict(texts)
        changed = replace(pick, is_pinned=pin or pick.is_pinned, **changes)
        for picks in self._picks.values():
            picks[:] = [changed if one.story.id == story else one for one in picks]

    def done(self) -> tuple[Section, ...]:
        """Close them: empty ones are left out, places are counted anew."""
        return tuple(
            replace(
                head,
                picks=tuple(replace(pick, position=number) for number, pick in enumerate(self._picks[head.title], 1)),
            )
            for head in self._heads
            if self._picks[head.title]
        )


def _leading(pick: Pick) -> tuple[float, int]:
    return (pick.score, -pick.position)


def _no_such_pick(edition: Edition, story: str) -> EditionError:
    return EditionError(
        f"{edition.id} does not print {story}",
        advice=f"Type `broadsheet edition show {edition.id}` to see what it does.",
    )
