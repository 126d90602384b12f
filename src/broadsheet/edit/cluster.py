"""Bring together the tellings of one event, across sources and across days.

How it decides. Every story is a vector of its weightiest words and names (`similarity`). Two groups belong together
when the mean likeness *between* them is high compared with the mean likeness *within* them: ten stories that all tell
of one climber do not take in a story about another climber on the same mountain, although each pair shares half its
words. The pair that fits best is joined first, until no pair fits well enough. Stories far apart in time fit less well.

What it promises. Stories that were placed before keep their cluster: adding the day's stories only extends clusters or
founds new ones, and looks only at the few neighbours that share rare words. The order of input makes no difference.
Languages are kept apart. A cluster's id is the id of its first story.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadsheet.edit.agglomerate import Group, agglomerate
from broadsheet.edit.background import background
from broadsheet.edit.neighbours import Neighbours
from broadsheet.edit.similarity import Vector, dot, shared_terms, weigh
from broadsheet.edit.text import Reading, language_of, read_story
from broadsheet.model import Story


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
    """A story the index knows: its vector, its time, its cluster."""

    id: str
    vector: Vector
    at: datetime
    cluster: str


def assign(new: Sequence[Story], known: Sequence[tuple[Story, str]] = ()) -> dict[str, Membership]:
    """Give each new story its cluster among the known ones (story, cluster id), or a new one."""
    return ClusterIndex(known).add(new)


class ClusterIndex:
    """The clusters so far. `add` places a day's stories and remembers them."""

    def __init__(self, known: Iterable[tuple[Story, str]] = ()) -> None:
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
        return self._tongues.setdefault(language, _Tongue(language))


class _Tongue:
    """The stories of one language."""

    def __init__(self, language: str) -> None:
        self._background = background(language)
        self._counts: dict[str, int] = {}
        self._texts = 0
        self._placed: list[_Placed] = []
        self._neighbours = Neighbours()
        self._members: dict[str, list[int]] = {}

    def remember(self, stories: Sequence[Story], clusters: dict[str, str]) -> None:
        for story, vector in self._vectors(stories):
            self._keep(story, vector, clusters[story.id])

    def place(self, stories: Sequence[Story]) -> dict[str, Membership]:
        first = len(self._placed)
        for story, vector in self._vectors(stories):
            self._keep(story, vector, "")
        groups: dict[str, Group] = {}
        home: dict[int, str] = {}
        edges: set[tuple[str, str]] = set()
        for number in range(first, len(self._placed)):
            home[number] = self._placed[number].id
            groups[home[number]] = self._group([number], fixed=False)
        for number in range(first, len(self._placed)):
            for other in self._neighbours.of(number, self._placed[number].vector):
                there = home[other] if other >= first else self._placed[other].cluster
                if other < first and there not in groups:
                    groups[there] = self._group(self._members[there], fixed=True)
                edges.add((min(home[number], there), max(home[number], there)))
        answer: dict[str, Membership] = {}
        for name, group in agglomerate(groups, edges):
            members = sorted(group.members)
            cluster = name if group.fixed else self._placed[members[0]].id
            answer.update(self._settle(cluster, [n for n in members if n >= first], group))
        return answer

    def _vectors(self, stories: Sequence[Story]) -> list[tuple[Story, Vector]]:
        """Count the words of all first, so that the order within a batch makes no difference."""
        readings: list[Reading] = []
        for story in stories:
            reading = read_story(story)
            readings.append(reading)
            for word in reading.words:
                self._counts[word] = self._counts.get(word, 0) + 1
        self._texts += len(stories)
        weighed = [weigh(reading, self._background, self._texts, self._counts) for reading in readings]
        return list(zip(stories, weighed, strict=True))

    def _keep(self, story: Story, vector: Vector, cluster: str) -> None:
        number = len(self._placed)
        self._placed.append(_Placed(story.id, vector, story.published_at, cluster))
        self._neighbours.post(number, vector)
        if cluster:
            self._members.setdefault(cluster, []).append(number)

    def _group(self, members: list[int], *, fixed: bool) -> Group:
        times = [self._placed[number].at for number in members]
        total: Vector = {}
        for number in members:
            for term, weight in self._placed[number].vector.items():
                total[term] = total.get(term, 0.0) + weight
        return Group(total, list(members), min(times), max(times), fixed)

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
