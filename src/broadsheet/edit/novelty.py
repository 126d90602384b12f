"""Tell what a telling adds to those that went before, so that a policy can choose between repeat, update and skip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.edit.background import background
from broadsheet.edit.similarity import Rarity, weigh
from broadsheet.edit.text import read_story
from broadsheet.model import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """What is new: the share of the story's weight (0 nothing, 1 all), and the names and numbers not told before."""

    share_new: float
    new_names: tuple[str, ...] = ()
    new_numbers: tuple[str, ...] = ()


def novelty(story: Story, earlier: Sequence[Story]) -> Novelty:
    """Compare a story with earlier tellings of its event. Without any, everything is new.

    Names are given lower-cased and without accents, the weightiest first; numbers as written.
    """
    reading = read_story(story)
    weights = weigh(reading, Rarity(background(reading.language), 0, {}))
    told: set[str] = set()
    for before in earlier:
        past = read_story(before)
        told.update(past.words, past.numbers)
    total = sum(weights.values())
    fresh = [term for term in weights if term not in told]
    return Novelty(
        share_new=round(sum(weights[term] for term in fresh) / total, 4) if total else 0.0,
        new_names=tuple(term for term in fresh if term in reading.names),
        new_numbers=tuple(sorted(reading.numbers - told)),
    )
