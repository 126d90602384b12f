"""Make stories for the tests of the edit room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from broadsheet.model import Story

MORNING = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def make_story(id: str, title: str, dek: str = "", *, hours: float = 0.0, **more: Any) -> Story:
    """Make a story first seen so many hours after six in the morning."""
    at = MORNING + timedelta(hours=hours)
    values: dict[str, Any] = {
        "source": "wire",
        "published_at": at,
        "first_seen_at": at,
        "url": f"https://wire.example/{id}",
        "language": "en",
    }
    return Story(id=id, title=title, dek=dek, **(values | more))


FERRY = (
    make_story(
        "ferry-1",
        "Ferry runs aground off Kalmar, 214 passengers taken ashore",
        "The ferry Aurora Queen ran aground near Kalmar on Monday night; lifeboats took all 214 passengers ashore.",
    ),
    make_story(
        "ferry-2",
        "Passengers rescued after Aurora Queen hits rocks near Kalmar",
        "Swedish lifeboats brought ashore the 214 passengers of the ferry Aurora Queen, which ran onto rocks.",
        hours=1,
        source="gazette",
    ),
    make_story(
        "ferry-3",
        "Aurora Queen: captain questioned over grounding at Kalmar",
        "Police in Kalmar questioned the captain of the ferry Aurora Queen after it ran aground with 214 passengers.",
        hours=9,
        source="courier",
    ),
)
FIRE = (
    make_story(
        "fire-1",
        "Fire destroys the old market hall in Coimbra",
        "Firefighters fought all night to save the Mercado de Santa Clara in Coimbra; nobody was hurt.",
        hours=2,
    ),
    make_story(
        "fire-2",
        "Coimbra loses its market hall to a night of fire",
        "The Mercado de Santa Clara, a hall of 1907, burnt down in Coimbra. Firefighters say nobody was hurt.",
        hours=3,
        source="gazette",
    ),
)
OTHERS = (
    make_story("rates", "Central bank leaves interest rates where they are", "Inflation has slowed, it said.", hours=4),
    make_story("cup", "Rovers win the cup on penalties", "Goalkeeper Ines Okafor saved two of five.", hours=5),
)
