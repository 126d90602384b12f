"""Rank events by named signals. The score is their sum; each part is kept, with the fact behind it."""

from __future__ import annotations

import math
from datetime import datetime

from broadsheet.config.policies import EditPolicy
from broadsheet.edit.events import Event, completeness, independent_sources
from broadsheet.model import Signal


def signals_of(event: Event, policy: EditPolicy, now: datetime) -> tuple[Signal, ...]:
    """Score an event as of a moment. Signals that bring nothing are left out."""
    weights, story = policy.weights, event.telling.story
    hours = max(0.0, (now - story.published_at).total_seconds() / 3600)
    sources = independent_sources(event)
    place = min(one.story.position for one in event.tellings)
    whole = completeness(event.telling)
    boost = sum(one.boost for one in event.tellings)
    parts = (
        (
            "freshness",
            weights.freshness * 0.5 ** (hours / policy.half_life_hours),
            f"{_age(hours)} old" if story.dated else f"undated, seen {_age(hours)} ago",
        ),
        ("sources", weights.sources * min(1.0, math.log2(sources) / 3), f"{sources} sources report it"),
        ("source", weights.source * _source(event.telling.weight), f"its source weighs {event.telling.weight:g}"),
        ("position", weights.position / (1 + place / 3), f"number {place + 1} from its source"),
        ("completeness", weights.completeness * whole, f"{whole:.0%} complete"),
        ("picture", weights.picture * (story.image is not None), "has a picture"),
        ("boost", boost, "an editor's word"),
    )
    return tuple(Signal(name=name, points=round(points, 3), fact=fact) for name, points, fact in parts if points)


def score(signals: tuple[Signal, ...]) -> float:
    """Sum the signals' points, rounded so that every machine gets the same."""
    return round(sum(signal.points for signal in signals), 3)


def _source(weight: float) -> float:
    """Turn a source's weight into -2 to 2: doubling it is one step, 1 is none."""
    return max(-2.0, min(2.0, math.log2(weight))) if weight > 0 else -2.0


def _age(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
