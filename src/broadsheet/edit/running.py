"""Who is in the running for a place, and what each is likest among those placed above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from broadsheet.edit.likeness import Likeness
from broadsheet.edit.placing import Contender, Placement, Room


def nearest_above(
    running: Sequence[Contender], placement: Placement, likeness: Likeness
) -> dict[str, tuple[float, str]]:
    """Find for each contender the placed one of a higher score that it is most like."""
    placed = sorted((one for room in placement.rooms for one in room), key=lambda one: (-one.score, one.event.id))
    nearest: dict[str, tuple[float, str]] = {}
    for one in running:
        higher = (other for other in placed if (-other.score, other.event.id) < (-one.score, one.event.id))
        alike = max(((likeness.between(one.story, other.story), other.event.id) for other in higher), default=(0.0, ""))
        if alike[0]:
            nearest[one.event.id] = alike
    return nearest


def in_the_running(contenders: Sequence[Contender], rooms: Sequence[Room]) -> list[Contender]:
    """Leave out those who cannot win: so far down every section's order that limits alone cannot bring them up.

    What is kept of each section's order is far more than it holds, and enough of every source: the outcome is that of
    the whole field, at a cost that does not grow with it.
    """
    kept: dict[str, Contender] = {}
    for number, room in enumerate(rooms):
        asking = sorted((one for one in contenders if number in one.rooms), key=room.key)
        sources: Counter[str] = Counter()
        share = 2 * (room.per_source or room.most) + 20
        taken = 0
        for one in asking:
            if taken == 8 * room.most + 100:
                break
            sources[one.story.source] += 1
            if sources[one.story.source] <= share:
                kept[one.event.id] = one
                taken += 1
    return list(kept.values())
