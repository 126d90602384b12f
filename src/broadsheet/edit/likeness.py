"""How alike stories are, as far as picking needs to know: two that tell one thing, and names that crowd a section."""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.edit.background import background
from broadsheet.edit.similarity import Rarity, Vector, dot, weigh
from broadsheet.edit.text import Reading, read_story
from broadsheet.model import Story

# Of pairs as like as this, about 97 in 100 tell one event (headlines and articles of several publishers); the others
# are so near to it that no reader wants both. Two headlines that have little more than one rare name in common can be
# as like: hence a least number of terms.
SAME_THING = 0.5
SHARED_TERMS = 3


class Likeness:
    """Compare stories, each read once. Rare words weigh more than common ones, names more than words."""

    def __init__(self) -> None:
        self._readings: dict[str, Reading] = {}
        self._vectors: dict[str, Vector] = {}

    def between(self, one: Story, other: Story) -> float:
        """Measure two stories: 0 nothing in common, 1 the same words. Rounded, so that every machine says the same."""
        return round(dot(self._vector(one), self._vector(other)), 3)

    def same_thing(self, one: Story, other: Story, least: float = SAME_THING) -> bool:
        """Tell whether two stories tell one thing, whatever their clusters say."""
        if self.between(one, other) < least:
            return False
        a, b = self._vector(one), self._vector(other)
        return len(a.keys() & b.keys()) >= min(SHARED_TERMS, len(a), len(b))

    def terms(self, story: Story) -> Iterable[str]:
        """List the terms by which a story is compared."""
        return self._vector(story)

    def names(self, story: Story) -> frozenset[str]:
        """Find the names in a story's title, as they are compared: lower case, no accents."""
        return self._reading(story).names

    def _reading(self, story: Story) -> Reading:
        if story.id not in self._readings:
            self._readings[story.id] = read_story(story)
        return self._readings[story.id]

    def _vector(self, story: Story) -> Vector:
        if story.id not in self._vectors:
            reading = self._reading(story)
            self._vectors[story.id] = weigh(reading, Rarity(background(reading.language), 0, {}))
        return self._vectors[story.id]
