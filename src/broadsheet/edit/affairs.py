"""Tell which events of a day are one affair, by what the day's other stories have in common with both.

A report and the analysis of it share few words, so that no likeness of the two finds them. But where a thing is told
much, both are like the same other stories, of several publishers: shared nearest neighbours (Jarvis and Patrick 1973).
On a quiet day, or in a newsroom with one publisher, nobody stands between two stories, and nothing is joined.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from broadsheet.edit.events import Event
from broadsheet.edit.likeness import SHARED_TERMS, Likeness
from broadsheet.model import Story

NEAR = 0.18  # likeness of a story to those it stands next to
DIRECT = 0.25  # the least likeness of the two events themselves
BETWEEN = 4  # stories that both events are, or are next to
PUBLISHERS = 3  # of these
OVERLAP = 0.4  # of the stories next to either, the share that is next to both
CORE = 3  # terms that half of those between hold, and both events too; one of them is no name
ONE_DAY = timedelta(hours=36)  # what comes later is news of its own
MOST_TELLINGS = 12  # compared of one event


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """What makes two events one affair: how alike they are, the stories between them, and their common terms."""

    alike: float
    between: int
    terms: tuple[str, ...]


class Affairs:
    """The events of a day, and who stands next to whom."""

    def __init__(self, events: Iterable[Event], likeness: Likeness) -> None:
        self._likeness = likeness
        self._stories = {one.story.id: one.story for event in events for one in event.tellings[:MOST_TELLINGS]}
        self._holding: dict[str, list[str]] = defaultdict(list)
        for story in self._stories.values():
            for term in likeness.terms(story):
                self._holding[term].append(story.id)
        self._near: dict[str, frozenset[str]] = {}

    def bond(self, one: Event, other: Event) -> Bond | None:
        """Tell what makes two events one affair; None where they are two."""
        here, there = self._next_to(one), self._next_to(other)
        both = here & there
        if len(both) < BETWEEN or len(both) < OVERLAP * len(here | there):
            return None
        if len({_publisher(self._stories[story]) for story in both}) < PUBLISHERS:
            return None
        pairs = [(a, b) for a in _tellings(one) for b in _tellings(other) if _close(a, b)]
        alike = max((self._likeness.between(a, b) for a, b in pairs), default=0.0)
        if alike < DIRECT:
            return None
        counts = Counter(term for story in both for term in self._likeness.terms(self._stories[story]))
        ours, theirs = self._terms(one), self._terms(other)
        core = [term for term, count in counts.items() if 2 * count >= len(both) and term in ours and term in theirs]
        names = {name for story in both for name in self._likeness.names(self._stories[story])}
        if len(core) < CORE or not set(core) - names:
            return None
        terms = sorted(core, key=lambda term: (-counts[term], term))
        return Bond(alike=alike, between=len(both), terms=tuple(terms[:CORE]))

    def _next_to(self, event: Event) -> frozenset[str]:
        """List the stories next to any of an event's tellings, and the tellings themselves."""
        if event.id not in self._near:
            near = {story.id for story in _tellings(event) if story.id in self._stories}
            for told in _tellings(event):
                shared = Counter(story for term in self._likeness.terms(told) for story in self._holding.get(term, ()))
                near.update(
                    story
                    for story, terms in shared.items()
                    if terms >= SHARED_TERMS
                    and _close(told, self._stories[story])
                    and self._likeness.between(told, self._stories[story]) >= NEAR
                )
            self._near[event.id] = frozenset(near)
        return self._near[event.id]

    def _terms(self, event: Event) -> set[str]:
        return {term for story in _tellings(event) for term in self._likeness.terms(story)}


def _tellings(event: Event) -> list[Story]:
    return [one.story for one in event.tellings[:MOST_TELLINGS]]


def _close(one: Story, other: Story) -> bool:
    """Tell whether two stories are of one day. What bears no date tells nothing of its day."""
    return one.dated and other.dated and abs(one.published_at - other.published_at) <= ONE_DAY


def _publisher(story: Story) -> str:
    return (story.publisher or story.source).casefold()
