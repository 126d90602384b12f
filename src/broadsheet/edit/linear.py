"""Learn weights from labelled examples: multinomial logistic regression by AdaGrad, sparse, in pure Python.

Each example starts from an offset (what was known before), so that the weights hold only what the labels add; a handful
of labels changes little elsewhere and is felt at once where it speaks. The order of learning comes from the examples
themselves, so the same labels give the same weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeAlias

Features: TypeAlias = list[tuple[str, float]]
Weights: TypeAlias = dict[str, dict[int, float]]

BIAS = ""  # the feature that every example has


@dataclass(frozen=True, slots=True)
class Example:
    """A text's features, the answers that are right (several where the label is wide), and what was known before.

    `rivals` are the scores of answers that nothing is learned about, but which the right ones have to beat.
    """

    key: str
    found: Features
    answers: tuple[int, ...]
    offset: Sequence[float]
    rivals: Sequence[float] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How to learn. `balance` lifts rare answers (0 not at all, 1 to the weight of common ones)."""

    rounds: int = 4
    step: float = 2.0
    shrink: float = 1e-3
    balance: float = 0.2
    ignore: float = 0.02  # errors smaller than this change nothing


PACE = Pace()


def learn(examples: Sequence[Example], pace: Pace = PACE, start: Weights | None = None) -> Weights:
    """Learn weights. `start` is not changed; where it is given, learning goes on from it."""
    weights: Weights = {feature: dict(row) for feature, row in start.items()} if start else {}
    heat: dict[str, float] = {}
    lift = _lift(examples, pace.balance)
    for round_number in range(pace.rounds):
        for example in sorted(examples, key=lambda one: _shuffle(one.key, round_number)):
            errors = _errors(example, score(weights, example.found, example.offset), lift, pace.ignore)
            if not errors:
                continue
            size = sum(error * error for _, error in errors)
            for feature, value in example.found:
                row = weights.setdefault(feature, {})
                warm = heat[feature] = heat.get(feature, 0.01) + size * value * value
                rate = pace.step / math.sqrt(warm)
                for place, error in errors:
                    weight = row.get(place, 0.0)
                    row[place] = weight - rate * (error * value + pace.shrink * weight)
    return weights


def score(weights: Weights, found: Features, offset: Sequence[float]) -> list[float]:
    """Add what the weights say about the features to an offset."""
    scores = list(offset)
    for feature, value in found:
        row = weights.get(feature)
        if row:
            for place, weight in row.items():
                scores[place] += weight * value
    return scores


def softmax(scores: Sequence[float], heat: float = 1.0) -> list[float]:
    """Turn scores into shares of one. More `heat` makes them more even."""
    top = max(scores)
    raw = [math.exp((value - top) / heat) for value in scores]
    total = math.fsum(raw)
    return [value / total for value in raw]


def _errors(
    example: Example, scores: Sequence[float], lift: dict[int, float], ignore: float
) -> list[tuple[int, float]]:
    shares = softmax([*scores, *example.rivals])[: len(scores)]
    right = sum(shares[answer] for answer in example.answers) or 1e-12
    weight = max(lift[answer] for answer in example.answers)
    errors = []
    for place, share in enumerate(shares):
        error = share - (share / right if place in example.answers else 0.0)
        if abs(error) > ignore:
            errors.append((place, error * weight))
    return errors


def _lift(examples: Sequence[Example], balance: float) -> dict[int, float]:
    counts: dict[int, int] = {}
    for example in examples:
        for answer in example.answers:
            counts[answer] = counts.get(answer, 0) + 1
    mean = sum(counts.values()) / (len(counts) or 1)
    return {answer: math.pow(mean / count, balance) for answer, count in counts.items()}


def _shuffle(key: str, round_number: int) -> bytes:
    return blake2b(f"{round_number} {key}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
