"""Further news of an event that an earlier edition printed: an update, a repetition, or none of our business."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from broadsheet.config.policies import EditPolicy
from broadsheet.edit.candidates import Candidate, Carried
from broadsheet.edit.events import Event
from broadsheet.edit.likeness import SHARED_TERMS, Likeness
from broadsheet.edit.novelty import novelty
from broadsheet.model import Story

# A headline without much text seems new by its wording alone: more of it must be.
MORE_IN_SHORT_TEXTS = 0.15
SHORT_WORDS = 30
HALF = 0.5
MOST_TELLINGS = 20
# Less than what makes two stories of one day the same: a day later a story has moved on. Read on real days, nine in ten
# pairs as like as this belong to one running story.
FURTHER_NEWS = 0.4


def judged(
    event: Event, edition: str, tellings: tuple[Story, ...], policy: EditPolicy, *, by_likeness: bool = False
) -> tuple[Event, dict[str, str]]:
    """Judge an event that an edition printed by some tellings: as an update of it, or with what speaks against each.

    Where the telling that would be printed brings too little, the one that brings most is printed in its place. What
    was found by likeness alone has proved with that how much it shares: half of it must be new at most.
    """
    if policy.follow_ups == "repeat":
        return event, {}
    told = f"{edition} printed this event"
    since = f"of what it tells is new since {edition}{f' ({tellings[0].title})' if tellings else ''}"
    if policy.follow_ups == "skip":
        return event, {one.story.id: f"{told}, and follow-ups are skipped" for one in event.tellings}
    passing: list[tuple[float, Candidate]] = []
    verdicts: dict[str, str] = {one.story.id: f"{told} by many tellings" for one in event.tellings}
    for telling in event.tellings[:MOST_TELLINGS]:
        is_short = _is_short(telling.story)
        share = novelty(telling.story, tellings).share_new
        wanted = min(1.0, policy.enough_new + (MORE_IN_SHORT_TEXTS if is_short else 0))
        wanted = min(wanted, HALF) if by_likeness else wanted
        if share >= wanted:
            if telling is event.telling:
                return replace(event, update_of=edition, news=f"{share:.0%} {since}"), {}
            passing.append((share, telling))
        asked = f"{wanted:.0%} is asked{' of so short a text' if is_short else ''}"
        verdicts[telling.story.id] = f"{told}; {share:.0%} of what this tells is new since, and {asked}"
    if not passing:
        return event, verdicts
    share, best = max(passing, key=lambda one: (one[0], one[1].story.id))
    others = tuple(one for one in event.tellings if one is not best)
    categories = best.categories or event.categories
    return replace(
        event, telling=best, others=others, categories=categories, update_of=edition, news=f"{share:.0%} {since}"
    ), {}


def by_cluster(event: Event, carried: Carried) -> tuple[str, tuple[Story, ...]]:
    """Find the edition that printed an event's cluster, with its tellings there; '' where none did."""
    cluster = next((one.cluster for one in event.tellings if one.cluster and one.cluster in carried.clusters), "")
    return carried.clusters.get(cluster, ""), carried.tellings.get(cluster, ())


class Printed:
    """What other editions printed, found by likeness: for follow-ups that share no cluster with the first telling."""

    def __init__(self, carried: Carried, likeness: Likeness) -> None:
        self.carried, self._likeness = carried, likeness
        self._stories = [(cluster, told) for cluster, tellings in carried.tellings.items() for told in tellings]
        self._holding: dict[str, list[int]] = {}
        for number, (_, told) in enumerate(self._stories):
            for term in likeness.terms(told):
                self._holding.setdefault(term, []).append(number)

    def like(self, event: Event) -> tuple[str, tuple[Story, ...]]:
        """Find the edition that told much the same as one of an event's tellings; '' where none did."""
        for telling in event.tellings[:MOST_TELLINGS]:
            shared: Counter[int] = Counter()
            for term in self._likeness.terms(telling.story):
                shared.update(self._holding.get(term, ()))
            for number in sorted(number for number, terms in shared.items() if terms >= SHARED_TERMS):
                cluster, told = self._stories[number]
                if self._likeness.same_thing(telling.story, told, FURTHER_NEWS):
                    return self.carried.clusters[cluster], self.carried.tellings[cluster]
        return "", ()


def _is_short(story: Story) -> bool:
    return sum(len(text.split()) for text in (story.title, story.dek, *story.body)) < SHORT_WORDS
