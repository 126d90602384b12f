"""The door: which stories may stand in the edition at all, brought together into events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from broadsheet.config import Publication
from broadsheet.edit.candidates import Candidate, Carried, Window, moment, title_key, url_key
from broadsheet.edit.events import Event, events_among
from broadsheet.edit.language import primary
from broadsheet.edit.novelty import novelty
from broadsheet.edit.revise import Decisions
from broadsheet.edit.text import language_of
from broadsheet.model import Fate, Story

ENOUGH_NEW = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a story may not stand, whatever its merit. HELD ones come again with the next edition."""

    reason: str
    fate: Fate = Fate.SHUT_OUT
    by: tuple[str, ...] = ()


@dataclass(slots=True)
class Admission:
    """The events that may stand, the stories that may not, and what the editor must know of it."""

    events: list[Event] = field(default_factory=list)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def admit(
    candidates: Sequence[Candidate],
    publication: Publication,
    window: Window,
    carried: Carried,
    decisions: Decisions,
) -> Admission:
    """Let stories in, or say why not. An editor's word opens the door to anything but an embargo and a repetition."""
    admission = Admission()
    inside = []
    for candidate in candidates:
        story = candidate.story
        refusal = _law(story, window, carried)
        if refusal is None and story.id not in decisions.kept:
            refusal = _policy(story, publication, window)
        if refusal is None:
            inside.append(candidate)
            continue
        admission.refusals[story.id] = refusal
        if story.id in decisions.kept:
            admission.notes.append(f"{story.id} ({story.title}) was to stand, but cannot: {refusal.reason}.")
    for event in events_among(inside, preferred=decisions.kept):
        refused = None if event.id in decisions.kept else _event_refused(event, decisions)
        if refused is None:
            event, refused = _follow_up(event, publication, carried, decisions)
        if refused is None:
            admission.events.append(event)
        else:
            admission.refusals.update((telling.story.id, refused) for telling in event.tellings)
    return admission


def repetition(story: Story, carried: Carried) -> str:
    """Say which edition carries a story already, '' when none does."""
    if edition := carried.stories.get(story.id):
        return f"{edition} carries it already"
    if edition := carried.urls.get(url_key(story.url)):
        return f"{edition} carries a story of the same address"
    if edition := carried.titles.get(title_key(story.title)):
        return f"{edition} carries a story of the same title"
    return ""


def _law(story: Story, window: Window, carried: Carried) -> Refusal | None:
    """Apply what not even an editor can waive."""
    if reason := repetition(story, carried):
        return Refusal(reason=reason)
    if story.embargo_at and story.embargo_at >= window.to_at:
        return Refusal(reason=f"under embargo until {moment(story.embargo_at)}", fate=Fate.HELD)
    if story.expires_at and story.expires_at < window.to_at:
        return Refusal(reason=f"expired at {moment(story.expires_at)}")
    return None


def _policy(story: Story, publication: Publication, window: Window) -> Refusal | None:
    policy = publication.edit
    language = language_of(story) if policy.languages else ""
    if language and language not in {primary(one) for one in policy.languages}:
        declared = story.language or f"{language}, as its words tell"
        return Refusal(reason=f"its language is {declared}; the edition prints {', '.join(policy.languages)}")
    if policy.max_age_hours and story.published_at < window.to_at - timedelta(hours=policy.max_age_hours):
        when = moment(story.published_at)
        return Refusal(reason=f"published {when}, more than {policy.max_age_hours:g} hours before the edition")
    return None


def _event_refused(event: Event, decisions: Decisions) -> Refusal | None:
    for telling in event.tellings:
        if by := decisions.dropped.get(telling.story.id):
            return Refusal(reason=f"{by} dropped {'it' if telling is event.telling else 'a telling of this event'}")
    return None


def _follow_up(
    event: Event, publication: Publication, carried: Carried, decisions: Decisions
) -> tuple[Event, Refusal | None]:
    """Judge further news of an event that an earlier edition printed."""
    earlier = next((c for one in event.tellings if (c := one.cluster) and c in carried.clusters), "")
    if not earlier or publication.edit.follow_ups == "repeat":
        return event, None
    edition = carried.clusters[earlier]
    tellings = carried.tellings.get(earlier, ())
    by = tuple(story.id for story in tellings)
    new = novelty(event.telling.story, tellings)
    is_kept = event.id in decisions.kept
    if publication.edit.follow_ups == "skip" and not is_kept:
        return event, Refusal(reason=f"{edition} printed this event, and follow-ups are skipped", by=by)
    if new.share_new < ENOUGH_NEW and not is_kept:
        return event, Refusal(
            reason=f"{edition} printed this event, and only {new.share_new:.0%} of this telling is new", by=by
        )
    return replace(event, update_of=edition), None
