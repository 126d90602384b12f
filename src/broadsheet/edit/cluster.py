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

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadsheet.edit.agglomerate import Group, agglomerate
from broadsheet.edit.background import background
from broadsheet.edit.evidence import Evidence
from broadsheet.edit.neighbours import Neighbours
from broadsheet.edit.similarity import Rarity, Vector, dot, shared_terms, weigh
from broadsheet.edit.text import Reading, language_of, read_story
from broadsheet.model import Story

SECONDS_A_DAY = 86400
ANOTHER_DAY = 0.75  # days between two instalments of a series, at least
ONE_SOURCE_LEAST = 0.3  # a source seldom tells an event twice; it often writes of one subject, in one manner
_NOUNS_LOOK_LIKE_NAMES = frozenset({"de", "lb"})


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
    """A story the index knows: its vector, which terms are names, which its title's; its source, day and cluster."""

    id: str
    vector: Vector
    names: frozenset[str]
    title: frozenset[str]
    source: str
    day: float
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
        self._language = language
        self._counts: Counter[str] = Counter()
        self._texts = 0
        self._placed: list[_Placed] = []
        self._neighbours = Neighbours()
        self._members: dict[str, list[int]] = {}

    def remember(self, stories: Sequence[Story], clusters: dict[str, str]) -> None:
        weighed, _ = self._vectors(stories)
        for story, vector, reading in weighed:
            self._keep(story, vector, reading, clusters[story.id])

    def place(self, stories: Sequence[Story]) -> dict[str, Membership]:
        first = len(self._placed)
        weighed, rarity = self._vectors(stories)
        evidence = Evidence(
            rarity, self._texts, self._counts, nouns_look_like_names=self._language in _NOUNS_LOOK_LIKE_NAMES
        )
        for story, vector, reading in weighed:
            self._keep(story, vector, reading, "")
        groups: dict[str, Group] = {}
        home: dict[int, str] = {}
        edges: dict[tuple[str, str], float | None] = {}
        alike: dict[int, list[tuple[float, int]]] = {}
        for number in range(first, len(self._placed)):
            home[number] = self._placed[number].id
            groups[home[number]] = self._group([number], fixed=False)
        tried: set[tuple[int, int]] = set()
        for number in range(first, len(self._placed)):
            here = self._placed[number]
            for other in self._neighbours.of(number, here.vector):
                pair = (min(number, other), max(number, other))
                if pair in tried:
                    continue
                tried.add(pair)
                there = self._placed[other]
                likeness = evidence.likeness(
                    here.vector, there.vector, here.names, there.names, _recurring(here, there)
                )
                if not likeness or (likeness < ONE_SOURCE_LEAST and here.source and here.source == there.source):
                    continue
                alike.setdefault(number, []).append((likeness, -other))
                alike.setdefault(other, []).append((likeness, -number))
                known = other < first
                name = there.cluster if known else home[other]
                if known and name not in groups:
                    groups[name] = self._group(self._members[name], fixed=True)
                edges[min(here.id, name), max(here.id, name)] = None if known else likeness
        answer: dict[str, Membership] = {}
        for name, group in agglomerate(groups, edges, self._strictness):
            members = sorted(group.members)
            cluster = name if group.fixed else self._placed[members[0]].id
            answer.update(self._settle(cluster, [n for n in members if n >= first], group, alike))
        return answer

    def _vectors(self, stories: Sequence[Story]) -> tuple[list[tuple[Story, Vector, Reading]], Rarity]:
        """Count the words of all first, so that the order within a batch makes no difference."""
        readings: list[Reading] = []
        for story in stories:
            reading = read_story(story, self._language)
            readings.append(reading)
            self._counts.update(reading.words.keys())
        self._texts += len(stories)
        rarity = Rarity(self._background, self._texts, self._counts)
        return [(s, weigh(reading, rarity), reading) for s, reading in zip(stories, readings, strict=True)], rarity

    def _keep(self, story: Story, vector: Vector, reading: Reading, cluster: str) -> None:
        number = len(self._placed)
        day = story.published_at.timestamp() / SECONDS_A_DAY
        source = story.publisher or story.source
        self._placed.append(_Placed(story.id, vector, reading.names, reading.title, source, day, cluster))
        self._neighbours.post(number, vector)
        if cluster:
            self._members.setdefault(cluster, []).append(number)

    def _group(self, members: list[int], *, fixed: bool) -> Group:
        days = [self._placed[number].day for number in members]
        sources = {self._placed[number].source for number in members}
        total: Vector = {}
        if len(members) == 1:
            vector = self._placed[members[0]].vector
            return Group(
                dict(vector), list(members), days[0], days[0], fixed, 1.0 if vector else 0.0, len(vector), sources
            )
        for number in members:
            for term, weight in self._placed[number].vector.items():
                total[term] = total.get(term, 0.0) + weight
        terms = sum(len(self._placed[number].vector) for number in members)
        return Group(total, list(members), min(days), max(days), fixed, dot(total, total), terms, sources)

    def _settle(
        self, cluster: str, fresh: list[int], group: Group, alike: dict[int, list[tuple[float, int]]]
    ) -> dict[str, Membership]:
        answer: dict[str, Membership] = {}
        together = frozenset(group.members)
        for number in fresh:
            placed = self._placed[number]
            placed.cluster = cluster
            self._members.setdefault(cluster, []).append(number)
            near = max((pair for pair in alike.get(number, ()) if -pair[1] in together), default=None)
            if near is None:
                answer[placed.id] = Membership(cluster=cluster)
                continue
            nearest = self._placed[-near[1]]
            score = (dot(placed.vector, group.total) - 1) / (len(group.members) - 1)
            answer[placed.id] = Membership(
                cluster=cluster,
                score=round(score, 4),
                nearest=nearest.id,
                evidence=shared_terms(placed.vector, nearest.vector),
            )
        return answer


def _recurring(one: _Placed, other: _Placed) -> frozenset[str]:
    """List what two titles share where they are titles of one series: of one source, on different days, much the same.

    "Morning briefing", or "The week in pictures (May 7-13)", come again without anything having happened again.
    """
    if one.source != other.source or not one.source or abs(one.day - other.day) < ANOTHER_DAY:
        return frozenset()
    shared = one.title & other.title
    return shared if 2 * len(shared) >= min(len(one.title), len(other.title)) else frozenset()


def _order(story: Story) -> tuple[datetime, str]:
    return story.published_at, story.id


def _by_language(stories: Iterable[Story]) -> dict[str, list[Story]]:
    groups: dict[str, list[Story]] = {}
    for story in stories:
        groups.setdefault(language_of(story), []).append(story)
    return dict(sorted(groups.items()))
