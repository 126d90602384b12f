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


def weigh(reading: Reading, known: Background, texts: int, counts: Mapping[str, int]) -> Vector:
    """Turn a reading into a vector. `texts` and `counts` say in how many texts of the archive each word was seen."""
    total = 1 + known.texts + texts
    weights: Vector = {}
    for word, times in reading.words.items():
        weight = (1 + math.log(times)) * math.log(total / (1 + known.count(word) + counts.get(word, 0)))
        if weight > 0:
            weights[word] = weight * NAME_BOOST if word in reading.names else weight
    for number in reading.numbers:
        if len(number) > 1:
            weights[number] = NUMBER_WEIGHT
    kept = sorted(weights.items(), key=lambda term: (-term[1], term[0]))[:TERMS_KEPT]
    length = math.sqrt(sum(weight * weight for _, weight in kept)) or 1.0
    return {word: weight / length for word, weight in kept}


def dot(one: Vector, other: Vector) -> float:
    """Multiply two vectors. The sum runs over the shorter one, in its own order."""
    if len(one) > len(other):
        one, other = other, one
    get = other.get
    return math.fsum(weight * get(term, 0.0) for term, weight in one.items())


def shared_terms(one: Vector, other: Vector, most: int = 5) -> tuple[str, ...]:
    """Name the terms that bring two vectors together, the strongest first."""
    products = [(weight * other[term], term) for term, weight in one.items() if term in other]
    return tuple(term for _, term in sorted(products, key=lambda pair: (-pair[0], pair[1]))[:most])
