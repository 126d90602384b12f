"""Place events in sections: each in one, where it helps most, and nobody in a place that a better one wanted.

Events ask for their sections in order of preference; a section keeps the best of those who ask, within its limits, and
turns the others away to ask elsewhere (deferred acceptance, Gale and Shapley 1962). The outcome does not depend on the
order of arrival, and whoever was turned away can be told by whom.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from broadsheet.edit.affairs import MOST_TELLINGS, Affairs
from broadsheet.edit.cluster import assign
from broadsheet.edit.events import Event
from broadsheet.edit.likeness import Likeness
from broadsheet.model import Signal, Story
from broadsheet.plural import number_of

Key = tuple[int, float, float, str]
SECOND_LOOK = 0.9  # of the clusters' own strictness
NOWHERE: Mapping[str, tuple[float, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """An event with its score, and the rooms it fits (by their numbers), the best fitting first.

    `fills` are the rooms that it would only fill up, and how far from their own it is: it stands there behind those
    who are nearer, and up to the room's least.
    """

    event: Event
    score: float
    rooms: tuple[int, ...] = ()
    fills: Mapping[int, int] = field(default_factory=dict)

    @property
    def story(self) -> Story:
        """Give the story that would be printed."""
        return self.event.telling.story


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What one section can hold. `most` counts the fixed contenders too, but never turns one of them away."""

    name: str
    most: int
    number: int = 0
    least: int = 0
    per_source: int = 0
    sort: str = "score"
    fixed: tuple[Contender, ...] = ()

    def key(self, one: Contender, cost: float = 0.0) -> Key:
        """Give a contender's place in the section's order as a key, best first."""
        time, score = -one.story.published_at.timestamp(), one.score - cost
        fills = one.fills.get(self.number, 0)
        if self.sort == "newest":
            return (fills, time, -score, one.story.id)
        if self.sort == "feed":
            return (fills, float(one.story.position), time, one.story.id)
        return (fills, -score, time, one.story.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why an event does not stand in a room, the stories that stand instead, and what would change it.

    `is_outranked` says that the room is full of better ones.
    """

    room: int
    reason: str
    by: tuple[str, ...] = ()
    advice: str = "pin it"
    is_outranked: bool = False


@dataclass(slots=True)
class Placement:
    """Who stands where, in the section's order; who was turned away; and what variety cost those placed."""

    rooms: list[list[Contender]]
    refused: dict[str, Refused] = field(default_factory=dict)
    variety: dict[str, Signal] = field(default_factory=dict)


def place(
    contenders: Iterable[Contender],
    rooms: Sequence[Room],
    likeness: Likeness,
    *,
    variety: float,
    per_source: int = 0,
    above: Mapping[str, tuple[float, str]] = NOWHERE,
    affairs: Affairs | None = None,
) -> Placement:
    """Place events. `variety` is what full likeness to a pick above costs; `per_source` caps the edition (0: no cap).

    `above` says what a contender is most like elsewhere in the edition, and how much.

    No two events of an edition tell one thing, whatever their clusters say, nor, where `affairs` are known, belong to
    one affair: the lower one is turned away.
    """
    every = sorted(contenders, key=lambda one: one.event.id)
    shut: dict[str, Refused] = {}
    while True:
        open_ = [one for one in every if one.event.id not in shut]
        placement = _matched(open_, rooms, likeness, variety, above)
        placement.refused.update(shut)
        ban = _twins(placement, rooms, likeness, affairs) or (
            _crowd(placement, rooms, every, per_source) if per_source else {}
        )
        if not ban:
            return placement
        shut.update(ban)


def _matched(
    contenders: Sequence[Contender],
    rooms: Sequence[Room],
    likeness: Likeness,
    variety: float,
    above: Mapping[str, tuple[float, str]],
) -> Placement:
    placement = Placement(rooms=[[] for _ in rooms])
    asking: dict[int, list[Contender]] = {}
    wishes: Counter[str] = Counter()
    for one in contenders:
        if one.rooms:
            asking.setdefault(one.rooms[0], []).append(one)
    while asking:
        number = min(asking)
        choice = _Choice(rooms[number], number, likeness, variety, above)
        placement.rooms[number] = choice.among([*placement.rooms[number], *asking.pop(number)])
        placement.variety.update(choice.costs)
        for one, answer in choice.refused:
            placement.refused.setdefault(one.event.id, answer)
            wishes[one.event.id] += 1
            if wishes[one.event.id] < len(one.rooms):
                asking.setdefault(one.rooms[wishes[one.event.id]], []).append(one)
    for number, room in enumerate(rooms):
        placed = [*room.fixed, *placement.rooms[number]]
        costs = {
            one.event.id: -placement.variety[one.event.id].points for one in placed if one.event.id in placement.variety
        }
        placement.rooms[number] = sorted(placed, key=lambda one: room.key(one, costs.get(one.event.id, 0.0)))
        for one in placed:
            placement.refused.pop(one.event.id, None)
    return placement


class _Choice:
    """One section's choice among those who ask for it.

    Where the section is ranked by score, likeness to those above costs points. No source and no name takes more than
    half of the places while others wait; a name that half of those who ask share is the section's
    subject, and no crowd.
    """

    def __init__(
        self, room: Room, number: int, likeness: Likeness, variety: float, above: Mapping[str, tuple[float, str]]
    ) -> None:
        self._room, self._number, self._likeness = room, number, likeness
        self._variety, self._above = variety, above
        self._standing: list[Contender] = []
        self._sources: Counter[str] = Counter()
        self._names: Counter[str] = Counter()
        self._subjects: set[str] = set()
        self.refused: list[tuple[Contender, Refused]] = []
        self.costs: dict[str, Signal] = {}

    def among(self, asking: Sequence[Contender]) -> list[Contender]:
        """Give those who are kept; `refused` then says why the others are not."""
        room, half = self._room, (self._room.most + 1) // 2
        for one in room.fixed:
            self._take(one)
        shared = Counter(name for one in asking for name in self._likeness.names(one.story))
        self._subjects = {name for name, count in shared.items() if 2 * count >= len(asking)}
        crowding: list[tuple[Contender, str]] = []
        queue = [(room.key(one, self._cost(one)), len(self._standing), one.event.id, one) for one in asking]
        heapq.heapify(queue)
        while queue and len(self._standing) < room.most:
            _, seen, _, one = heapq.heappop(queue)
            if self._is_refused(one):
                continue
            if one.fills.get(room.number):
                self._take_crowding(crowding)
                if len(self._standing) >= room.least:
                    self._refuse(one, f"{room.name} is filled up to its {number_of(room.least, 'story', 'stories')}")
                    continue
            if seen < len(self._standing) and room.sort == "score":  # somebody was taken since it was looked at
                key = room.key(one, self._cost(one))
                if queue and key > queue[0][0]:
                    heapq.heappush(queue, (key, len(self._standing), one.event.id, one))
                    continue
            crowd = self._crowd(one, half)
            if crowd:
                crowding.append((one, crowd))
            else:
                self._take(one)
        words = {"newest": "newer stories fill", "feed": "stories higher in their feeds fill"}
        full = f"{words.get(room.sort, 'stories that score higher fill')} its {number_of(room.most, 'place')}"
        self._take_crowding(crowding)
        for one, crowd in crowding:
            if len(self._standing) >= room.most:
                if any(room.key(one) < room.key(other) for other in self._standing):
                    has = f"{crowd} has {half} of the {number_of(room.most, 'place')} already, and others wait"
                    self._refuse(one, has, advice="pin it, or drop one of those")
                else:
                    self._outrank(one, full)
        for _, _, _, one in queue:
            self._outrank(one, full)
        kept = self._standing[len(room.fixed) :]
        self.costs = {one.event.id: self.costs[one.event.id] for one in kept if one.event.id in self.costs}
        return kept

    def _take_crowding(self, crowding: list[tuple[Contender, str]]) -> None:
        """Take those who crowd where nobody else of the section's own waits."""
        waiting, crowding[:] = list(crowding), []
        for one, crowd in waiting:
            if len(self._standing) >= self._room.most:
                crowding.append((one, crowd))
            elif not self._is_refused(one):
                self._take(one)

    def _take(self, one: Contender) -> None:
        self._standing.append(one)
        self._sources[one.story.source] += 1
        self._names.update(self._likeness.names(one.story))

    def _is_refused(self, one: Contender) -> bool:
        source = one.story.source
        if self._room.per_source and self._sources[source] >= self._room.per_source:
            by = tuple(other.event.id for other in self._standing if other.story.source == source)
            has = f"{source} has its {number_of(self._room.per_source, 'place')} already"
            self._refuse(one, has, by, f"pin it, or raise `per_source` of {self._room.name}")
            return True
        for other in self._standing:
            if alike := _one_event(one.event, other.event, self._likeness):
                self.refused.append((one, _same_thing(self._number, alike, other)))
                return True
        return False

    def _cost(self, one: Contender) -> float:
        if self._room.sort != "score":
            return 0.0
        alike, nearest = max(
            (
                self._above.get(one.event.id, (0.0, "")),
                *((self._likeness.between(one.story, other.story), other.event.id) for other in self._standing),
            )
        )
        cost = round(self._variety * alike, 3)
        if cost:
            self.costs[one.event.id] = Signal(name="variety", points=-cost, fact=f"{alike:.0%} like {nearest}")
        return cost

    def _crowd(self, one: Contender, half: int) -> str:
        if self._sources[one.story.source] >= half:
            return one.story.source
        names = self._likeness.names(one.story) - self._subjects
        return next((name.title() for name in sorted(names) if self._names[name] >= half), "")

    def _refuse(self, one: Contender, reason: str, by: tuple[str, ...] | None = None, advice: str = "pin it") -> None:
        answer = Refused(room=self._number, reason=reason, by=self._ids() if by is None else by, advice=advice)
        self.refused.append((one, answer))

    def _outrank(self, one: Contender, reason: str) -> None:
        answer = Refused(
            room=self._number, reason=reason, by=self._ids(), is_outranked=True,
            advice=f"pin it, boost it, or raise `max` of {self._room.name}",
        )  # fmt: skip
        self.refused.append((one, answer))

    def _ids(self) -> tuple[str, ...]:
        return tuple(one.event.id for one in self._standing)


def _twins(
    placement: Placement, rooms: Sequence[Room], likeness: Likeness, affairs: Affairs | None
) -> dict[str, Refused]:
    """Find the placed events that tell what a higher one tells, by their words or on a second, less strict look."""
    placed = list(_placed(placement, rooms))
    groups = _second_look([one.event for _, one, _ in placed])
    kept: list[Contender] = []
    twins: dict[str, Refused] = {}
    for number, one, fixed in placed:
        answers = (_told_by(number, one, other, groups, likeness, affairs) for other in kept)
        answer = None if fixed else next((answer for answer in answers if answer), None)
        if answer is None:
            kept.append(one)
        else:
            twins[one.event.id] = answer
    return twins


def _told_by(
    number: int,
    one: Contender,
    other: Contender,
    groups: Mapping[str, set[str]],
    likeness: Likeness,
    affairs: Affairs | None,
) -> Refused | None:
    """Say why an event has nothing to tell beside a higher one; None where it has."""
    alike = _one_event(one.event, other.event, likeness)
    if alike or groups[one.event.id] & groups[other.event.id]:
        return _same_thing(number, alike or likeness.between(one.story, other.story), other)
    bond = affairs.bond(one.event, other.event) if affairs else None
    if bond is None:
        return None
    reason = f"is one affair with {other.event.id}: {bond.between} stories have {', '.join(bond.terms)} in common"
    return Refused(room=number, reason=reason, by=(other.event.id,))


def _second_look(events: Sequence[Event]) -> dict[str, set[str]]:
    """Group the tellings of the events that would be printed once more, less strictly.

    An event that is reported much may fall into two clusters. Saying "also reported by" wants certainty; keeping both
    out of one edition wants less.
    """
    stories = {one.story.id: one.story for event in events for one in event.tellings[:MOST_TELLINGS]}
    groups = assign(list(stories.values()), strictness=SECOND_LOOK)
    return {event.id: {groups[one.story.id].cluster for one in event.tellings[:MOST_TELLINGS]} for event in events}


def _one_event(one: Event, other: Event, likeness: Likeness) -> float:
    """Say how alike two events' tellings are where any two of them tell one thing, else 0."""
    pairs = ((a.story, b.story) for a in one.tellings[:MOST_TELLINGS] for b in other.tellings[:MOST_TELLINGS])
    return max((likeness.between(a, b) for a, b in pairs if likeness.same_thing(a, b)), default=0.0)


def _crowd(
    placement: Placement, rooms: Sequence[Room], every: Sequence[Contender], per_source: int
) -> dict[str, Refused]:
    """Turn away all but the best of a source that has more than its share of the edition."""
    shares: dict[str, list[str]] = {}
    over: set[str] = set()
    for _, one, fixed in _placed(placement, rooms):
        share = shares.setdefault(one.story.source, [])
        if len(share) < per_source or fixed:
            share.append(one.event.id)
        else:
            over.add(one.story.source)
    return {
        one.event.id: Refused(
            room=one.rooms[0],
            reason=f"{one.story.source} has its {number_of(per_source, 'place')} in the edition",
            by=tuple(shares[one.story.source]),
            advice="pin it, or raise `per_source` of the edition",
        )
        for one in every
        if one.story.source in over and one.rooms and one.event.id not in shares[one.story.source]
    }


def _placed(placement: Placement, rooms: Sequence[Room]) -> list[tuple[int, Contender, bool]]:
    """List the placed events, the fixed ones first, then by score."""
    every = [(number, one, one in rooms[number].fixed) for number, room in enumerate(placement.rooms) for one in room]
    return sorted(every, key=lambda one: (not one[2], -one[1].score, one[1].event.id))


def _same_thing(number: int, alike: float, other: Contender) -> Refused:
    reason = f"tells the same as {other.event.id} ({alike:.0%} alike)"
    return Refused(room=number, reason=reason, by=(other.event.id,))
