"""The door: which stories may stand in the edition at all, brought together into events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from broadsheet.config import Publication
from broadsheet.edit.candidates import Candidate, Carried, Window, moment, text_key, title_key, url_key
from broadsheet.edit.events import Event, events_among
from broadsheet.edit.follow import by_cluster, judged
from broadsheet.edit.language import primary
from broadsheet.edit.revise import Decisions
from broadsheet.edit.text import language_of
from broadsheet.model import Fate, Story

COLUMN_WORDS = 6
FOR_GOOD = "nothing: what an edition carries is not printed again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a story may not stand, whatever its merit. HELD ones come again with the next edition."""

    reason: str
    fate: Fate = Fate.SHUT_OUT
    by: tuple[str, ...] = ()
    advice: str = ""


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
    keys = {one.story.id: (url_key(one.story.url), title_key(one.story.title)) for one in candidates}
    policy = _Policy(publication, candidates, window)
    inside = []
    for candidate in candidates:
        story = candidate.story
        refusal = _law(story, keys[story.id], window, carried)
        if refusal is None and story.id not in decisions.kept:
            refusal = policy.refusal(story)
        if refusal is None:
            inside.append(candidate)
            continue
        admission.refusals[story.id] = refusal
        if story.id in decisions.kept:
            admission.notes.append(f"{story.id} ({story.title}) was to stand, but cannot: {refusal.reason}.")
    for event in events_among(inside, keys, preferred=decisions.kept):
        edition, tellings = by_cluster(event, carried)
        if is_column(event.telling.story, keys[event.id][1], carried):
            edition = ""  # its title is nothing new, and says nothing about its contents
        if event.id in decisions.kept:
            is_labelled = edition and publication.edit.follow_ups != "repeat"
            admission.events.append(replace(event, update_of=edition) if is_labelled else event)
            continue
        refused = _dropped(event, decisions)
        if edition and refused is None:
            event, verdicts = judged(event, edition, tellings, publication.edit)
            admission.refusals.update(refusals_of(verdicts, tellings))
            if verdicts:
                continue
        if refused is None:
            admission.events.append(event)
        else:
            admission.refusals.update((telling.story.id, refused) for telling in event.tellings)
    return admission


def refusals_of(verdicts: Mapping[str, str], tellings: Iterable[Story]) -> dict[str, Refusal]:
    """Turn what speaks against each telling of a follow-up into refusals; `tellings` told its event before."""
    by = tuple(told.id for told in tellings)
    advice = "pin it, or see `follow_ups` and `enough_new`"
    return {story: Refusal(reason=reason, by=by, advice=advice) for story, reason in verdicts.items()}


def repetition(story: Story, carried: Carried) -> str:
    """Say which edition carries a story already, '' when none does."""
    refusal = _repeated(story, (url_key(story.url), title_key(story.title)), carried)
    return refusal.reason if refusal else ""


def _repeated(story: Story, keys: tuple[str, str], carried: Carried) -> Refusal | None:
    url, title = keys
    if edition := carried.stories.get(story.id):
        return Refusal(reason=f"{edition} carries it already", advice=FOR_GOOD)
    if edition := carried.urls.get(url):
        return Refusal(reason=f"{edition} carries a story of the same address", advice=FOR_GOOD)
    if (edition := carried.titles.get(title)) and not is_column(story, title, carried):
        return Refusal(reason=f"{edition} carries a story of the same title", advice=FOR_GOOD)
    return None


def is_column(story: Story, title: str, carried: Carried) -> bool:
    """Tell whether a title is that of a column that comes again with other contents: "Cartoon of the day".

    It is short, and came before from this source alone, with another text under it.
    """
    before, text = carried.texts.get(title, frozenset()), text_key(story)
    if not before or not text or len(title.split()) > COLUMN_WORDS:
        return False
    return all(source == story.source and told not in ("", text) for source, told in before)


def _law(story: Story, keys: tuple[str, str], window: Window, carried: Carried) -> Refusal | None:
    """Apply what not even an editor can waive."""
    if refusal := _repeated(story, keys, carried):
        return refusal
    if story.embargo_at and story.embargo_at >= window.to_at:
        reason = f"under embargo until {moment(story.embargo_at)}, and this was drafted at {moment(window.to_at)}"
        return Refusal(reason=reason, fate=Fate.HELD, advice="pick again when the embargo is over")
    if story.expires_at and story.expires_at < window.to_at:
        reason = f"expired at {moment(story.expires_at)}, and this was drafted at {moment(window.to_at)}"
        return Refusal(reason=reason, advice="nothing, unless its source gives it a later end")
    return None


class _Policy:
    """What the publication says about age and language, judged against the day's stories as a whole."""

    def __init__(self, publication: Publication, candidates: Sequence[Candidate], window: Window) -> None:
        self._policy = publication.edit
        self._languages = {primary(one) for one in self._policy.languages}
        self._tongues = _tongues(one.story for one in candidates) if self._languages else {}
        newest = max((one.story.published_at for one in candidates if one.story.dated), default=window.to_at)
        # Age counts from the newest story at hand: an archive that is read later is judged as of its own day.
        self._newest = min(newest, window.to_at)

    def refusal(self, story: Story) -> Refusal | None:
        hours = self._policy.max_age_hours
        if hours and story.dated and story.published_at < self._newest - timedelta(hours=hours):
            age = f"more than {hours:g} hours before the newest story ({moment(self._newest)})"
            reason = f"published {moment(story.published_at)}, {age}"
            return Refusal(reason=reason, advice="pin it, or raise `max_age_hours`")
        if not self._languages:
            return None
        language = language_of(story) or self._tongues.get(story.source, "")
        if language and language not in self._languages:
            printed = ", ".join(self._policy.languages)
            declared = story.language or f"{language}, as its words or its source's tell"
            reason = f"its language is {declared}; the edition prints {printed}"
            return Refusal(reason=reason, advice=f'pin it, or add "{language}" to `languages`')
        return None


def _tongues(stories: Iterable[Story]) -> dict[str, str]:
    """Find the language that most of a source's stories are in, for those too short to tell."""
    counts: dict[str, Counter[str]] = {}
    for story in stories:
        if language := language_of(story):
            counts.setdefault(story.source, Counter())[language] += 1
    return {source: max(sorted(found), key=found.__getitem__) for source, found in counts.items()}


def _dropped(event: Event, decisions: Decisions) -> Refusal | None:
    for telling in event.tellings:
        if by := decisions.dropped.get(telling.story.id):
            what = "it" if telling is event.telling else f"{telling.story.id}, which tells this event, too"
            return Refusal(reason=f"{by} dropped {what}", advice="pin it to have it back")
    return None
