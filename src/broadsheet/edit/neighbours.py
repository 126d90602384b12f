"""Find the few stories worth comparing: those that share rare words, nearest in the order of telling.

An inverted index over each story's weightiest terms. However long the archive, a term's list is looked at only around
the story's own place, so a new story costs the same in a small archive as in a large one.
"""

from __future__ import annotations

from bisect import bisect_left

from broadsheet.edit.similarity import Vector

POSTED_TERMS = 16  # weightiest terms of a story under which it can be found
REACH = 30  # places to either side in a term's list
NEIGHBOURS = 8  # candidates kept


class Neighbours:
    """Stories by number, to be posted in rising order."""

    def __init__(self) -> None:
        self._lists: dict[str, list[int]] = {}

    def post(self, number: int, vector: Vector) -> None:
        """Make a story findable. `vector` is ordered by weight."""
        for place, term in enumerate(vector):
            if place == POSTED_TERMS:
                break
            self._lists.setdefault(term, []).append(number)

    def of(self, number: int, vector: Vector) -> list[int]:
        """List the stories most likely to be alike, the likeliest first."""
        found: dict[int, float] = {}
        for place, (term, weight) in enumerate(vector.items()):
            if place == POSTED_TERMS:
                break
            numbers = self._lists.get(term, [])
            if len(numbers) < 2:
                continue
            if len(numbers) > REACH:
                middle = bisect_left(numbers, number)
                numbers = numbers[max(0, middle - REACH) : middle + REACH + 1]
            gain = weight * weight
            for other in numbers:
                found[other] = found.get(other, 0.0) + gain
        found.pop(number, None)
        return sorted(sorted(found), key=found.__getitem__, reverse=True)[:NEIGHBOURS]
