"""Pick the day's stories: which stand in the edition, in which section, in which order, and why.

The draft is a pure function of its arguments: the same candidates in any order, the same policies and the same
decisions give the same edition on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from broadsheet.config import Publication, SectionPlan
from broadsheet.edit.candidates import ANY, Candidate, Carried, Window, category_key, in_one_order, title_key
from broadsheet.edit.door import Admission, Refusal, admit, is_column, refusals_of
from broadsheet.edit.events import Event, printed_because
from broadsheet.edit.follow import Printed, judged
from broadsheet.edit.layout import Layout, lay_out
from broadsheet.edit.likeness import Likeness
from broadsheet.edit.placing import Contender
from broadsheet.edit.rank import score, signals_of
from broadsheet.edit.revise import Decisions, replay
from broadsheet.edit.summarise import dek_of, headline_of
from broadsheet.model import NOTHING, Edition, EditionStatus, Explanation, Fate, Pick, Section, Signal, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An edition, and for every story that was looked at why it does or does not stand in it."""

    edition: Edition
    explanations: tuple[Explanation, ...]


NO_DECISIONS = Decisions()
NOTHING_CARRIED = Carried()


def draft_edition(
    publication: Publication,
    day: date,
    candidates: Iterable[Candidate],
    *,
    window: Window,
    carried: Carried,
    decisions: Decisions = NO_DECISIONS,
    budget: int = 0,
) -> Draft:
    """Draft an edition from the candidates of a window. `budget` is the most stories it can hold, 0 for no limit."""
    likeness = Likeness()
    boosts = decisions.boosts
    ordered = [replace(one, boost=one.boost + boosts.get(one.story.id, 0.0)) for one in in_one_order(candidates)]
    admission = admit(ordered, publication, window, carried, decisions)
    signals = {event.id: signals_of(event, publication.edit, window.to_at) for event in admission.events}
    contenders = [Contender(event=event, score=score(signals[event.id])) for event in admission.events]
    printed = Printed(carried, likeness)
    while True:
        layout = lay_out(contenders, publication, decisions, likeness, budget=budget)
        repeated = _repetitions(layout, printed, publication, decisions)
        if not repeated:
            break
        for _, _, refused in repeated:
            admission.refusals.update(refused)
        judged_anew = {old.id: None if refused else new for old, new, refused in repeated}
        signals.update(
            (event.id, signals_of(event, publication.edit, window.to_at)) for event in judged_anew.values() if event
        )
        contenders = [
            replace(one, event=event, score=score(signals[event.id]))
            for one in contenders
            if (event := judged_anew.get(one.event.id, one.event)) is not None
        ]
    edition = Edition(
        id=f"{publication.name}-{day.isoformat()}", publication=publication.name, date=day,
        sections=_sections(layout, signals, publication),
        status=EditionStatus.SKIPPED if layout.skip else EditionStatus.DRAFT,
        window_from_at=window.from_at, window_to_at=window.to_at,
        notes=(*admission.notes, *layout.notes), questions=layout.questions,
    )  # fmt: skip
    fates = _fates(edition, contenders, layout, signals, admission)
    explanations = (_known(fates[one.story.id], one) for one in sorted(ordered, key=lambda one: one.story.id))
    return Draft(edition=replay(edition, decisions, publication), explanations=tuple(explanations))


Signals = Mapping[str, tuple[Signal, ...]]


def _sections(layout: Layout, signals: Signals, publication: Publication) -> tuple[Section, ...]:
    sections = []
    for plan, room in zip(publication.sections, layout.rooms, strict=True):
        picks = []
        for position, one in enumerate(room, 1):
            variety = (layout.variety[one.event.id],) if one.event.id in layout.variety else ()
            parts = signals[one.event.id] + variety
            picks.append(_pick(one, position, parts, _reason(one, position, layout, plan, parts), publication))
        if picks:
            sections.append(Section(title=plan.name, category=plan.category, picks=tuple(picks)))
    return tuple(sections)


def _fates(
    edition: Edition, contenders: Iterable[Contender], layout: Layout, signals: Signals, admission: Admission
) -> dict[str, Explanation]:
    """Say of every story what became of it and why."""
    fates: dict[str, Explanation] = {}
    blank = Explanation(edition=edition.id, story="", fate=Fate.SHUT_OUT, reason="")
    for section in edition.sections:
        for pick in section.picks:
            story = pick.story.id
            fates[story] = replace(
                blank, story=story, fate=Fate.PICKED, reason=pick.reason, section=section.title, signals=pick.signals
            )
    for event in (one.event for one in contenders):
        if event.id in fates:
            for other in event.others:
                fates[other.story.id] = replace(
                    blank, story=other.story.id, fate=Fate.ALSO_REPORTED, section=fates[event.id].section,
                    reason=f"tells the same event as {event.id}, which is printed: {printed_because(event, other)}",
                    beaten_by=(event.id,), advice="pin it to print this telling instead",
                )  # fmt: skip
            continue
        beaten = layout.refused[event.id]
        for telling in event.tellings:
            story = telling.story.id
            also = "" if story == event.id else f"tells the same event as {event.id}, which does not stand: "
            fates[story] = replace(
                blank, story=story, fate=beaten.fate, reason=also + beaten.reason, section=beaten.section,
                signals=(*signals[event.id], *beaten.costs) if story == event.id else (), beaten_by=beaten.by,
                advice=beaten.advice,
            )  # fmt: skip
    for story, refusal in admission.refusals.items():
        fates[story] = replace(
            blank, story=story, fate=refusal.fate, reason=refusal.reason, beaten_by=refusal.by, advice=refusal.advice
        )
    return fates


def _known(explanation: Explanation, candidate: Candidate) -> Explanation:
    return replace(
        explanation, category=candidate.category, category_reason=candidate.category_reason,
        confidence=candidate.confidence, cluster=candidate.cluster, cluster_reason=candidate.cluster_reason,
    )  # fmt: skip


def _repetitions(
    layout: Layout, printed: Printed, publication: Publication, decisions: Decisions
) -> list[tuple[Event, Event, dict[str, Refusal]]]:
    """Find placed events that an earlier edition told in much the same words.

    Gives each as it was and as it is now, an update; or with why it may not stand.
    """
    found: list[tuple[Event, Event, dict[str, Refusal]]] = []
    if publication.edit.follow_ups == "repeat":
        return found
    for one in (one for room in layout.rooms for one in room):
        if one.event.update_of or one.event.id in decisions.kept:
            continue
        if is_column(one.story, title_key(one.story.title), printed.carried):
            continue
        edition, tellings = printed.like(one.event)
        if edition:
            event, verdicts = judged(one.event, edition, tellings, publication.edit, by_likeness=True)
            found.append((one.event, event, refusals_of(verdicts, tellings)))
    return found


def newcomer(
    story: Story,
    explanation: Explanation | None,
    others: Iterable[Story],
    publication: Publication,
    by: str,
    texts: Mapping[str, str] = NOTHING,
    carried: Carried = NOTHING_CARRIED,
) -> Pick:
    """Make the pick of a story that an editor brings in.

    It has what the draft found out about the story, and the words that an editor gave it before it was dropped. News of
    an event that another edition printed is an update, unless the policy is to repeat such.
    """
    edition = carried.clusters.get(explanation.cluster, "") if explanation else ""
    if publication.edit.follow_ups == "repeat" or is_column(story, title_key(story.title), carried):
        edition = ""
    category = explanation.category if explanation else ""
    pick = Pick(
        story=story, position=0, headline=headline_of(story), dek=dek_of(story, publication.edit.dek_length),
        reason=f"{by} brought it in{_follows(edition)}", is_update=bool(edition), is_pinned=True,
        signals=explanation.signals if explanation else (),
        also_reported_by=tuple(others), category=category or next(iter(story.categories), ""),
        cluster=explanation.cluster if explanation else "",
    )  # fmt: skip
    words: dict[str, Any] = dict(texts)
    return replace(pick, **words)


def _pick(one: Contender, position: int, signals: tuple[Signal, ...], reason: str, publication: Publication) -> Pick:
    telling = one.event.telling
    return Pick(
        story=telling.story, position=position, headline=headline_of(telling.story),
        dek=dek_of(telling.story, publication.edit.dek_length), reason=reason, signals=signals,
        also_reported_by=tuple(other.story for other in one.event.others),
        category=one.event.categories[0] if one.event.categories else "", cluster=telling.cluster,
        is_update=bool(one.event.update_of),
    )  # fmt: skip


def _follows(edition: str) -> str:
    """Say which edition printed an event before, as the end of a reason; '' where none did."""
    return f"; {edition} printed this event" if edition else ""


def _filler(event: Event, plan: SectionPlan) -> str:
    """Name the neighbouring category that an event fills a section up with, '' where it has the section's own."""
    own = {category_key(category) for category in event.categories}
    if category_key(plan.category) in own:
        return ""
    return next((neighbour for neighbour in plan.neighbours if category_key(neighbour) in own), "")


def _reason(one: Contender, position: int, layout: Layout, plan: SectionPlan, signals: tuple[Signal, ...]) -> str:
    """Say in a sentence why a story stands where it stands."""
    if one.event.id in layout.fixed:
        return f"an editor put it here{_follows(one.event.update_of)}"
    telling = one.event.telling
    asked = layout.asked.get(one.event.id, 1)
    order = {"newest": "by time", "feed": "by its place in the feed"}.get(
        plan.sort, f"with {score(signals):.2f} points"
    )
    why = telling.category_reason
    if plan.category == ANY:
        why = "the section takes any category"
    elif not telling.categories:
        why = f"other tellings of it are {one.event.categories[0]}"
    elif plan.category in telling.categories[1:]:
        why = f"{why}, and {plan.category} fits it too"
    elif filler := _filler(one.event, plan):
        why = f"{plan.name} is filled up with {filler}: {why}"
    parts = [why, f"number {position} of {max(asked, position)} {order}"]
    weighty = sorted((part for part in signals if part.points > 0), key=lambda part: -part.points)[:2]
    if plan.sort == "score":
        parts.append(", ".join(part.fact for part in weighty))
    if one.event.update_of:
        parts.append(one.event.news)
    return "; ".join(part for part in parts if part)
