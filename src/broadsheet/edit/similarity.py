"""Weigh what two tellings share: rare words more than common ones, names more than words.

A story becomes a vector of its weightiest terms, of length one, so that the product of two vectors is their cosine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

from broadsheet.edit.background import Background
from broadsheet.edit.text import Reading

Vector: TypeAlias = dict[str, float]

NAME_BOOST = 1.75
NUMBER_WEIGHT = 3.0
TERMS_KEPT = 64


class Rarity(dict[str, float]):
    """How rare each word is, in the news at large and in an archive of so many texts; worked out when first asked."""

    def __init__(self, known: Background, texts: int, counts: Mapping[str, int]) -> None:
        super().__init__()
        self._known, self._total, self._counts = known, 1 + known.texts + texts, counts
        self._by_count: dict[int, float] = {}

    def __missing__(self, word: str) -> float:
        spread = self._known.spreads.get(word)
        count = self._counts.get(word, 0) + (spread.texts if spread else 0)
        rarity = self._by_count.get(count)
        if rarity is None:
            rarity = self._by_count[count] = max(0.0, math.log(self._total / (1 + count)))
        self[word] = rarity
        return rarity


def weigh(reading: Reading, rarity: Rarity) -> Vector:
    """Turn a reading into a vector, its weightiest terms first."""
    words = reading.words
    weights: Vector = dict(zip(words, map(rarity.__getitem__, words), strict=True))
    for word, times in words.items():
        if times > 1:
            weights[word] *= 1 + math.log(times)
    for word in reading.names:
        weights[word] *= NAME_BOOST
    for number in sorted(reading.numbers):
        if len(number) > 1:
            weights[number] = NUMBER_WEIGHT
    kept = sorted(weights, key=weights.__getitem__, reverse=True)[:TERMS_KEPT]  # a stable sort: the first told first
    length = math.sqrt(sum([weights[word] ** 2 for word in kept])) or 1.0
    return {word: weights[word] / length for word in kept if weights[word]}


def dot(one: Vector, other: Vector) -> float:
    """Multiply two vectors. The sum is exact (`fsum`), so the order of terms makes no difference."""
    if len(other) < len(one):
        one, other = other, one
    return math.fsum([weight * other[term] for term, weight in one.items() if term in other])


def shared_terms(one: Vector, other: Vector, most: int = 5) -> tuple[str, ...]:
    """Name the terms that bring two vectors together, the strongest first."""
    products = [(weight * other[term], term) for term, weight in one.items() if term in other]
    return tuple(term for _, term in sorted(products, key=lambda pair: (-pair[0], pair[1]))[:most])
