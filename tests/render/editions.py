"""Editions to render: small ones written here, with everything that a story may or may not have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from broadsheet.config import Publication, parse_config
from broadsheet.model import Edition, Image, Pick, Section, Story

AT = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
DEK = "The vote ended eleven hours of debate on the future of the port. Work is to begin in March."
HEADLINES = (
    "Parliament backs the harbour bill after a night of talks",
    "Ministers promise a count of every bridge in the country",
    "River towns ask who pays for the wall",
    "Central bank holds its rate and warns of a slow spring",
    "Chipmaker to build its first plant in a former coal town",
    "A lost symphony is played for the first time in a century",
    "The museum that lends its paintings to bus stops",
)
CATEGORIES = ("Politics", "Business", "Culture")

CONFIG = """
[publications.daily]
title = "The Morning Sheet"
tagline = "What happened, and what it means"
sender = "The Morning Sheet <news@example.org>"
postal_address = "The Morning Sheet, 1 Press Lane, London EC4Y 1AA"
theme = "daily"
[[publications.daily.sections]]
category = "Politics"
[[publications.daily.sections]]
category = "Business"
[[publications.daily.sections]]
category = "Culture"
"""


def publication(**changes: Any) -> Publication:
    return parse_config(CONFIG, folder=Path()).publication().model_copy(update=changes)


def story(number: int = 0, **changes: Any) -> Story:
    title = HEADLINES[number % len(HEADLINES)]
    values: dict[str, Any] = {
        "id": f"s{number}",
        "title": title,
        "source": "wire",
        "published_at": AT,
        "first_seen_at": AT,
        "url": f"https://news.example.org/2026/11/24/{title.lower().replace(' ', '-')}-{number}",
        "dek": DEK,
        "authors": ("Ana Ruiz",),
        "publisher": "The Harbour Post",
        "image": Image(url=f"https://img.example.org/{number}.jpg", width=1200, height=800, alt="A ship at dawn"),
    }
    return Story(**{**values, **changes})


def pick(number: int = 0, *, of: Story | None = None, **changes: Any) -> Pick:
    of = of or story(number)
    return Pick(**{"story": of, "position": number, "headline": of.title, "dek": of.dek, **changes})


def edition(picks: int | Sequence[Pick] = 7, *, categories: Sequence[str] = CATEGORIES, **changes: Any) -> Edition:
    listed = [pick(number) for number in range(picks)] if isinstance(picks, int) else list(picks)
    share = max(1, -(-len(listed) // len(categories)))
    sections = tuple(
        Section(title=category, category=category, picks=tuple(listed[at * share : (at + 1) * share]))
        for at, category in enumerate(categories)
    )
    values: dict[str, Any] = {
        "id": "daily-2026-11-24",
        "publication": "daily",
        "date": date(2026, 11, 24),
        "preheader": "And: who pays for the wall",
        "sections": sections,
    }
    return Edition(**{**values, **changes})
