"""Lay out the day: fill the sections, and decide what happens where a section or the whole edition is thin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from broadsheet.config import Publication
from broadsheet.edit.affairs import Affairs
from broadsheet.edit.candidates import ANY, category_key, moment
from broadsheet.edit.likeness import Likeness
from broadsheet.edit.placing import Contender, Placement, Room, place
from broadsheet.edit.revise import Decisions
from broadsheet.edit.running import in_the_running, nearest_above
from broadsheet.model import Fate, Signal
from broadsheet.plural import number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Beaten:
    """Why an event does not stand: what became of it, the section it came nearest to, and who stands instead.

    `costs` is what variety would have cost it; `advice` is what would change it.
    """

    reason: str
    fate: Fate = Fate.RUNNER_UP
    section: str = ""
    by: tuple[str, ...] = ()
    costs: tuple[Signal, ...] = ()
    advice: str = "pin it"


@dataclass(slots=True)
class Layout:
    """The sections' contents, in the plan's order; `asked` counts how many an event had to compete with."""

    rooms: list[list[Contender]]
    refused: dict[str, Beaten] = field(default_factory=dict)
    variety: dict[str, Signal] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    skip: bool = False


def lay_out(
    contenders: Sequence[Contender],
    publication: Publication,
    decisions: Decisions,
    likeness: Likeness,
    *,
    budget: int = 0,
) -> Layout:
    """Fill an edition's sections from the day's events."""
    return _Makeup(contenders, publication, decisions, likeness).lay_out(budget)


class _Makeup:
    """The work of one layout: what is closed, filled from neighbours or helped out so far."""

    def __init__(
        self, contenders: Sequence[Contender], publication: Publication, decisions: Decisions, likeness: Likeness
    ) -> None:
        self._plans = publication.sections
        self._policy = publication.edit
        self._likeness = likeness
        self._goes_out = decisions.goes_out
        self._affairs: Affairs | None = None
        self._extra = 0
        self._closed: dict[int, str] = {}  # how few a section had
        self._filled: dict[int, str] = {}  # how few a section had of its own
        self._first: dict[str, int] = {}
        self._held: dict[str, Beaten] = {}
        self._notes: list[str] = []
        self._last: dict[int, float] = {}  # the points of each section's last
        self._wanting: list[str] = []  # notes of sections that had stories, but too few
        self._questions: list[str] = []
        # Who takes a category: the section, and how far down its list of categories and neighbours it stands.
        self._takers: dict[str, list[tuple[int, int]]] = {}
        for number, plan in enumerate(self._plans):
            for further, category in enumerate((plan.category, *plan.neighbours)):
                self._takers.setdefault(_key(category), []).append((number, further))
        self._takers_of_any = [number for number, plan in enumerate(self._plans) if plan.category == ANY]
        self._fixed: list[list[Contender]] = [[] for _ in self._plans]
        self._free: list[Contender] = []
        for one in contenders:
            if one.event.id in decisions.kept:
                self._fixed[self._section_of(one, decisions.kept[one.event.id])].append(one)
            else:
                self._free.append(one)

    def lay_out(self, budget: int) -> Layout:
        """Fill the sections, mend thin ones, cut to the budget, and judge the whole."""
        placement = self._place()
        placement = self._mend_thin_sections(placement)
        total = sum(map(len, placement.rooms))
        if total < self._policy.min_stories and self._policy.when_thin == "fill":
            placement = self._stretch(placement)
        most = min((limit for limit in (budget, self._policy.max_stories) if limit), default=0)
        cut = self._cut(placement, most) if most else {}
        layout = Layout(
            rooms=placement.rooms,
            variety=placement.variety,
            fixed=frozenset(o.event.id for f in self._fixed for o in f),
        )
        self._judge(layout)
        self._explain(layout, placement, cut)
        return layout

    # --- filling ---

    def _section_of(self, one: Contender, wanted: str) -> int:
        """Find the room an editor's story stands in: where it was put, else the first that fits, else the first."""
        for number, plan in enumerate(self._plans):
            if plan.name == wanted:
                return number
        return next(iter(self._fitting(one)), 0)

    def _fitting(self, one: Contender) -> list[int]:
        """List the rooms an event fits: its surest category first; those that take anything last."""
        ranks: dict[int, int] = {}
        for nth, category in enumerate(one.event.categories):
            for number, further in self._takers.get(_key(category), ()):
                if number not in self._closed and (not further or number in self._filled):
                    ranks.setdefault(number, nth + 100 * further)
        for number in self._takers_of_any:
            if number not in self._closed:
                ranks.setdefault(number, 100_000)
        wanted = self._first.get(one.event.id)
        return sorted(ranks, key=lambda number: (number != wanted, ranks[number], number))

    def _fills(self, one: Contender) -> dict[int, int]:
        """Tell which sections an event would only fill up, and how far down their list of neighbours it stands."""
        own = set(map(_key, one.event.categories))
        further: dict[int, int] = {}
        for number in self._filled:
            categories = (self._plans[number].category, *self._plans[number].neighbours)
            further[number] = next((place for place, name in enumerate(categories) if _key(name) in own), 0)
        return {number: place for number, place in further.items() if place}

    def _place(self) -> Placement:
        rooms = [
            Room(
                name=plan.name, number=number, least=plan.min, most=plan.max + self._extra,
                per_source=plan.per_source, sort=plan.sort, fixed=tuple(fixed),
            )
            for number, (plan, fixed) in enumerate(zip(self._plans, self._fixed, strict=True))
        ]  # fmt: skip
        fitting = [
            replace(one, rooms=tuple(self._fitting(one)), fills=self._fills(one))
            for one in self._free
            if one.event.id not in self._held
        ]
        running = in_the_running(fitting, rooms)
        variety, per_source = self._policy.weights.variety, self._policy.per_source
        if self._affairs is None:
            every = [*running, *(one for fixed in self._fixed for one in fixed)]
            self._affairs = Affairs((one.event for one in every), self._likeness)
        affairs = self._affairs
        first = place(running, rooms, self._likeness, variety=variety, per_source=per_source, affairs=affairs)
        # What a section prints is news elsewhere too: the second time round, all know what stands above them.
        above = nearest_above(running, first, self._likeness) if variety else {}
        return place(
            running, rooms, self._likeness, variety=variety, per_source=per_source, above=above, affairs=affairs
        )

    def _mend_thin_sections(self, placement: Placement) -> Placement:
        tried: set[int] = set()
        while True:
            thin = [
                number
                for number, plan in enumerate(self._plans)
                if len(placement.rooms[number]) < plan.min and number not in self._closed and number not in tried
            ]
            if not thin:
                self._notes += [
                    f"{few}; filled up." for n, few in self._filled.items() if n not in {*tried, *self._closed}
                ]
                return placement
            number = thin[0]
            plan = self._plans[number]
            count = len(placement.rooms[number])
            few = f"{plan.name} has {_stories(count)}{f', and wants {plan.min}' if plan.min > 1 else ' today'}"
            helped = self._help_out(placement, number)
            if helped:
                placement = helped
                continue
            if plan.when_thin == "fill" and number not in self._filled:
                self._filled[number] = few
                placement = self._place()
                continue
            tried.add(number)
            if self._fixed[number] or plan.when_thin == "short":
                self._notes.append(f"{few}; {'printed short' if count else 'left out'}.")
            elif plan.when_thin == "ask":
                self._questions.append(f"{few}. Print it so, or pin more?")
            else:
                rolls = plan.when_thin == "roll over" and count
                self._notes.append(f"{few}; {'rolled over to the next edition' if rolls else 'left out'}.")
                if count:
                    self._wanting.append(self._notes[-1])
                if rolls:
                    held = Beaten(
                        reason=f"{few}; it rolls over to the next edition", fate=Fate.HELD, section=plan.name,
                        advice="nothing is needed: it comes again with the next edition; or pin it",
                    )  # fmt: skip
                    self._held |= dict.fromkeys((one.event.id for one in placement.rooms[number]), held)
                self._closed[number] = few
                placement = self._place()

    def _help_out(self, placement: Placement, number: int) -> Placement | None:
        """Bring over to a thin section stories that fit it and that others can spare. None when that is not enough."""
        lack = self._plans[number].min - len(placement.rooms[number])
        movable = [
            one
            for there, room in enumerate(placement.rooms)
            for one in room
            if there != number and number in one.rooms and one not in self._fixed[there]
        ]
        before = dict(self._first)
        moved = sorted(movable, key=lambda one: (one.score, one.event.id))[:lack]
        if len(moved) < lack:
            return None
        self._first.update((one.event.id, number) for one in moved)
        after = self._place()
        worse = any(len(after.rooms[n]) < min(plan.min, len(placement.rooms[n])) for n, plan in enumerate(self._plans))
        if worse or len(after.rooms[number]) < self._plans[number].min:
            self._first = before
            return None
        return after

    def _stretch(self, placement: Placement) -> Placement:
        """Let every section take more than its `max`, one more at a time, until the edition is no longer thin."""
        total, usual = sum(map(len, placement.rooms)), self._extra
        while total < self._policy.min_stories:
            self._extra += 1
            longer = self._place()
            grown = sum(map(len, longer.rooms))
            if grown <= total:
                self._extra = usual
                break
            placement, total = longer, grown
            usual = self._extra
        if usual:
            self._notes.append(f"A thin day: sections hold up to {usual} more than their `max`.")
        self._notes[:] = dict.fromkeys(self._notes)
        return placement

    def _cut(self, placement: Placement, most: int) -> dict[str, Beaten]:
        """Take out the lowest until the edition fits: first what sections have beyond their minimum, then any."""
        cut: dict[str, Beaten] = {}
        while sum(map(len, placement.rooms)) > most:
            loose = [
                (len(room) <= plan.min, one.score, one.event.id, number, one)
                for number, (plan, room) in enumerate(zip(self._plans, placement.rooms, strict=True))
                for one in room
                if one not in self._fixed[number]
            ]
            if not loose:
                break
            *_, number, one = min(loose, key=lambda item: item[:3])
            placement.rooms[number].remove(one)
            cut[one.event.id] = Beaten(
                reason=f"the edition holds {_stories(most)}, and this, of {one.score:.2f} points, is spared first",
                section=self._plans[number].name,
                advice="pin it, or raise `max_stories`",
            )
        return cut

    # --- judging and explaining ---

    def _judge(self, layout: Layout) -> None:
        total = sum(map(len, layout.rooms))
        thin = f"A thin day: {_stories(total)} of the {self._policy.min_stories} it takes"
        if not total:
            why = "none of the stories fits a section" if self._free else "no story came in that may stand"
            why = "no section has enough" if self._wanting else why
            nothing = f"Nothing to print: {why}. `broadsheet gather` fetches, `pick --explain` says why not."
            self._notes[:] = [*self._wanting, nothing]
            layout.skip = True
        elif total < self._policy.min_stories and not self._goes_out:
            if self._policy.when_thin == "ask":
                self._questions.append(f"{thin}. Send it, or skip it?")
            elif self._policy.when_thin == "short":
                self._notes.append(f"{thin}; printed short.")
            else:
                self._notes.append(f"{thin}; skipped, and its stories stay candidates for the next edition.")
                layout.skip = True
        layout.notes, layout.questions = tuple(self._notes), tuple(self._questions)

    def _explain(self, layout: Layout, placement: Placement, cut: dict[str, Beaten]) -> None:
        standing = {one.event.id for room in layout.rooms for one in room}
        asked: Counter[int] = Counter()
        for one in self._free:
            rooms = self._fitting(one)
            asked.update(rooms)
            event = one.event.id
            if event in standing:
                continue
            if event in cut:
                layout.refused[event] = cut[event]
            elif event in self._held:
                layout.refused[event] = self._held[event]
            elif event in placement.refused:
                refused = placement.refused[event]
                by = tuple(story for story in refused.by if story in standing)
                costs = self._cost(one, refused.room, layout) if refused.is_outranked else ()
                beside = self._beside_the_last(one, refused.room, layout, costs) if refused.is_outranked else ""
                layout.refused[event] = Beaten(
                    reason=refused.reason + beside, section=self._plans[refused.room].name, by=by, costs=costs,
                    advice=refused.advice,
                )  # fmt: skip
            elif rooms:
                best, name = layout.rooms[rooms[0]], self._plans[rooms[0]].name
                layout.refused[event] = Beaten(
                    reason=f"{len(best)} that rank higher stand in it" + self._beside_the_last(one, rooms[0], layout),
                    section=name, by=tuple(other.event.id for other in best),
                    advice=f"pin it, boost it, or raise `max` of {name}",
                )  # fmt: skip
            else:
                layout.refused[event] = self._no_room(one)
        for number, room in enumerate(layout.rooms):
            layout.asked.update((one.event.id, asked[number]) for one in room)

    def _cost(self, one: Contender, room: int, layout: Layout) -> tuple[Signal, ...]:
        """Say what variety would have cost an event in a section, beside those who stand there or above it."""
        weight = self._policy.weights.variety
        if not weight or self._plans[room].sort != "score":
            return ()
        beside = [o for n, some in enumerate(layout.rooms) for o in some if n == room or o.score > one.score]
        alike = max(((self._likeness.between(one.story, o.story), o.event.id) for o in beside), default=(0.0, ""))
        cost = round(weight * alike[0], 3)
        return (Signal(name="variety", points=-cost, fact=f"{alike[0]:.0%} like {alike[1]}"),) if cost else ()

    def _beside_the_last(self, one: Contender, room: int, layout: Layout, costs: Sequence[Signal] = ()) -> str:
        """Say by how much an event misses a section: what the last one there has, and what it has itself."""
        sort = self._plans[room].sort
        if not layout.rooms[room]:
            return ""
        if sort == "newest":
            oldest = min(other.story.published_at for other in layout.rooms[room])
            return f": the oldest is of {moment(oldest)}, and it of {moment(one.story.published_at)}"
        if sort == "feed":
            lowest = max(other.story.position for other in layout.rooms[room])
            return f": the last is number {lowest + 1} of its source, and it number {one.story.position + 1}"
        if room not in self._last:
            every = layout.rooms[room]
            self._last[room] = min(other.score + _points(layout.variety.get(other.event.id)) for other in every)
        last = self._last[room]
        own = one.score + sum(map(_points, costs))
        digits = 2 if f"{last:.2f}" != f"{own:.2f}" else 3
        return f": the last has {last:.{digits}f} points, and it {own:.{digits}f}"

    def _no_room(self, one: Contender) -> Beaten:
        closed = [
            number
            for number in sorted(self._closed)
            if _key(self._plans[number].category) in map(_key, one.event.categories)
        ]
        if closed:
            name = self._plans[closed[0]].name
            return Beaten(
                reason=f"the section is left out: {self._closed[closed[0]]}", section=name,
                advice=f"pin it, lower `min` of {name}, or choose another `when_thin`",
            )  # fmt: skip
        if one.event.categories:
            return Beaten(
                reason=f"no section takes {', '.join(one.event.categories)}", fate=Fate.SHUT_OUT,
                advice="pin it to a section, or give it another category: `broadsheet categories label`",
            )  # fmt: skip
        told = [one.event.telling.category_reason or "nothing speaks for one"]
        if labels := one.story.categories:
            told.append(f"no section takes what its source calls it ({', '.join(labels)})")
        return Beaten(
            reason=f"its category is not sure enough for any section: {'; '.join(told)}",
            fate=Fate.SHUT_OUT,
            advice="pin it to a section, or say its category: `broadsheet categories label`",
        )  # fmt: skip


@lru_cache(maxsize=4096)
def _key(category: str) -> str:
    return category_key(category)


def _points(signal: Signal | None) -> float:
    return signal.points if signal else 0.0


def _stories(count: int) -> str:
    return number_of(count, "story", "stories") if count else "no stories"
