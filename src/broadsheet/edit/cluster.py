"""Bring together the tellings of one event, across sources and across days.

How it decides. Every story is a vector of its weightiest words and names (`similarity`). Two groups belong together
when the mean likeness *between* them is high compared with the mean likeness *within* them: ten stories that all tell
of one climber do not take in a story about another climber on the same mountain, although each pair shares half its
words. The pair that fits best is joined first, until no pair fits well enough; stories far apart in time fit less.
Two stories are compared only where they share several telling words: most stories of a day tell of events of their own,
and a wrong join would hide one of them from the readers.

What it promises. Stories that were placed before keep their cluster: adding the day's stories only extends clusters or
founds new ones, and looks only at the few neighbours that share rare words. The order of input makes no difference.
Languages are kept apart. A cluster's id is the id of its first story.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadsheet.edit.agglomerate import Group, agglomerate
from broadsheet.edit.background import background
from broadsheet.edit.neighbours import Neighbours
from broadsheet.edit.similarity import Rarity, Vector, dot, shared_terms, weigh
from broadsheet.edit.text import Reading, language_of, read_story
from broadsheet.model import Story

LEAST_SHARED = 3  # terms that two stories must have in common (a very short one: all it has)
LEAST_EVIDENCE = 12.0  # what these must add up to besides the strongest; a word in one text of a thousand has 7
HEADLINE_SHARED = 2  # the same where one of them is little more than a headline
HEADLINE_EVIDENCE = 3.5
HEADLINE_TERMS = 12
LEAST_REST = 0.1  # the likeness that is left without the strongest term
LEAST_DEED = 4.0  # rarity of the shared words that are no names: people and places alone tell no event
ENOUGH_SHARED = 8  # so many terms in common need no such word
NUMBER_RARITY = 3.0
FEW_TEXTS = 31  # a smaller archive says little about which words are common in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Where a story belongs: its cluster, how alike it is to the rest (0 when alone), and what they share, in words.

    `nearest` is the id of the most alike telling, "" when the story stands alone.
    """

    cluster: str
    score: float = 0.0
    nearest: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(slots=True)
class _Placed:
    """A story the index knows: its vector, which of its terms are names, its time, its cluster."""

    id: str
    vector: Vector
    names: frozenset[str]
    at: datetime
    cluster: str


def assign(
    new: Sequence[Story], known: Sequence[tuple[Story, str]] = (), *, strictness: float = 1.0
) -> dict[str, Membership]:
    """Give each new story its cluster among the known ones (story, cluster id), or a new one."""
    return ClusterIndex(known, strictness=strictness).add(new)


class ClusterIndex:
    """The clusters so far. `add` places a day's stories and remembers them.

    `strictness` above 1 asks for more likeness within a cluster, below 1 for less.
    """

    def __init__(self, known: Iterable[tuple[Story, str]] = (), *, strictness: float = 1.0) -> None:
        self._strictness = strictness
        self._tongues: dict[str, _Tongue] = {}
        self._clusters: dict[str, str] = {}
        pairs = sorted(known, key=lambda pair: _order(pair[0]))
        self._clusters.update((story.id, cluster) for story, cluster in pairs)
        for language, stories in _by_language(story for story, _ in pairs).items():
            self._tongue(language).remember(stories, self._clusters)

    def add(self, stories: Iterable[Story]) -> dict[str, Membership]:
        """Place new stories, in whatever order they come. A story that was placed before keeps its cluster."""
        fresh: dict[str, Story] = {}
        old: dict[str, Membership] = {}
        for story in sorted(stories, key=_order):
            if story.id in self._clusters:
                old[story.id] = Membership(cluster=self._clusters[story.id])
            else:
                fresh.setdefault(story.id, story)
        placed: dict[str, Membership] = {}
        for language, group in _by_language(fresh.values()).items():
            placed.update(self._tongue(language).place(group))
        self._clusters.update((story, membership.cluster) for story, membership in placed.items())
        return old | {story: placed[story] for story in fresh}

    def cluster_of(self, story: str) -> str | None:
        """Give the cluster of a story by its id, or None when it was never placed."""
        return self._clusters.get(story)

    def _tongue(self, language: str) -> _Tongue:
        return self._tongues.setdefault(language, _Tongue(language, self._strictness))


class _Tongue:
    """The stories of one language."""

    def __init__(self, language: str, strictness: float) -> None:
        self._strictness = strictness
        self._background = background(language)
        self._nouns_look_like_names = language == "de"
        self._counts: dict[str, int] = {}
        self._texts = 0
        self._placed: list[_Placed] = []
        self._neighbours = Neighbours()
        self._members: dict[str, list[int]] = {}

    def remember(self, stories: Sequence[Story], clusters: dict[str, str]) -> None:
        weighed, _ = self._vectors(stories)
        for story, vector, names in weighed:
            self._keep(story, vector, names, clusters[story.id])

    def place(self, stories: Sequence[Story]) -> dict[str, Membership]:
        first = len(self._placed)
        weighed, rarity = self._vectors(stories)
        for story, vector, names in weighed:
            self._keep(story, vector, names, "")
        groups: dict[str, Group] = {}
        home: dict[int, str] = {}
        edges: set[tuple[str, str]] = set()
        for number in range(first, len(self._placed)):
            home[number] = self._placed[number].id
            groups[home[number]] = self._group([number], fixed=False)
        for number in range(first, len(self._placed)):
            for other in self._neighbours.of(number, self._placed[number].vector):
                if not self._tell_one_event(number, other, rarity):
                    continue
                there = home[other] if other >= first else self._placed[other].cluster
                if other < first and there not in groups:
                    groups[there] = self._group(self._members[there], fixed=True)
                edges.add((min(home[number], there), max(home[number], there)))
        answer: dict[str, Membership] = {}
        for name, group in agglomerate(groups, edges, self._strictness):
            members = sorted(group.members)
            cluster = name if group.fixed else self._placed[members[0]].id
            answer.update(self._settle(cluster, [n for n in members if n >= first], group))
        return answer

    def _vectors(self, stories: Sequence[Story]) -> tuple[list[tuple[Story, Vector, frozenset[str]]], Rarity]:
        """Count the words of all first, so that the order within a batch makes no difference."""
        readings: list[Reading] = []
        for story in stories:
            reading = read_story(story)
            readings.append(reading)
            for word in reading.words:
                self._counts[word] = self._counts.get(word, 0) + 1
        self._texts += len(stories)
        rarity = Rarity(self._background, self._texts, self._counts)
        weighed = [
            (story, weigh(reading, rarity), reading.names) for story, reading in zip(stories, readings, strict=True)
        ]
        return weighed, rarity

    def _tell_one_event(self, one: int, other: int, rarity: Rarity) -> bool:
        """Ask for enough in common in itself, however little else two stories say.

        One name or place proves nothing, however rare it is: what counts is what they share besides. Nor do names
        alone: two stories about one president have his names in common, and it takes a word of what happened.
        """
        here, there = self._placed[one].vector, self._placed[other].vector
        shared = here.keys() & there.keys()
        few = min(len(here), len(there))
        is_headline = few <= HEADLINE_TERMS
        if len(shared) < min(HEADLINE_SHARED if is_headline else LEAST_SHARED, few):
            return False
        products = [here[term] * there[term] for term in shared]
        if math.fsum(products) - max(products, default=0.0) < LEAST_REST and len(shared) < few:
            return False
        if not self._nouns_look_like_names and len(shared) < ENOUGH_SHARED and len(shared) < few:
            deeds = shared - self._placed[one].names - self._placed[other].names
            if math.fsum([NUMBER_RARITY if d[0].isdigit() else rarity[d] for d in deeds]) < LEAST_DEED:
                return False
        gains = [NUMBER_RARITY if term[0].isdigit() else rarity[term] * self._spread(term) for term in shared]
        evidence = math.fsum(gains) - max(gains, default=0.0)
        return evidence >= (HEADLINE_EVIDENCE if is_headline else LEAST_EVIDENCE) or len(shared) == few

    def _spread(self, term: str) -> float:
        """Tell how far a term sets stories of this archive apart: near 1 on two of many, near 0 on most of them.

        The name of the town is rare in the news at large, and on every second page of its own paper.
        """
        texts = self._texts + FEW_TEXTS
        return math.log(texts / (self._counts.get(term, 0) + 0.5)) / math.log(texts)

    def _keep(self, story: Story, vector: Vector, names: frozenset[str], cluster: str) -> None:
        number = len(self._placed)
        self._placed.append(_Placed(story.id, vector, names, story.published_at, cluster))
        self._neighbours.post(number, vector)
        if cluster:
            self._members.setdefault(cluster, []).append(number)

    def _group(self, members: list[int], *, fixed: bool) -> Group:
        times = [self._placed[number].at for number in members]
        total: Vector = {}
        for number in members:
            for term, weight in self._placed[number].vector.items():
                total[term] = total.get(term, 0.0) + weight
        terms = sum(len(self._placed[number].vector) for number in members)
        return Group(total, list(members), min(times), max(times), fixed, dot(total, total), terms)

    def _settle(self, cluster: str, fresh: list[int], group: Group) -> dict[str, Membership]:
        answer: dict[str, Membership] = {}
        for number in fresh:
            placed = self._placed[number]
            placed.cluster = cluster
            self._members.setdefault(cluster, []).append(number)
            others = [other for other in group.members if other != number][:50]
            if not others:
                answer[placed.id] = Membership(cluster=cluster)
                continue
            score = (dot(placed.vector, group.total) - 1) / (len(group.members) - 1)
            _, near = max((dot(placed.vector, self._placed[o].vector), -o) for o in others)
            nearest = self._placed[-near]
            answer[placed.id] = Membership(
                cluster=cluster,
                score=round(score, 4),
                nearest=nearest.id,
                evidence=shared_terms(placed.vector, nearest.vector),
            )
        return answer


def _order(story: Story) -> tuple[datetime, str]:
    return story.published_at, story.id


def _by_language(stories: Iterable[Story]) -> dict[str, list[Story]]:
    groups: dict[str, list[Story]] = {}
    for story in stories:
        groups.setdefault(language_of(story), []).append(story)
    return dict(sorted(groups.items()))
