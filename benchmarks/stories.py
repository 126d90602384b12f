"""A newspaper of any size, made of words written here: the same for the same number of stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet.config import Publication, parse_config
from broadsheet.model import Edition, Image, Pick, Section, Story

AT = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
SECTIONS = ("Politics", "Business", "World", "Science", "Culture")
WHO = ("Parliament", "The central bank", "A river town", "The port authority", "Three museums", "The rail company")
WHAT = ("backs", "delays", "reopens the debate on", "counts the cost of", "quietly drops", "asks readers about")
WHICH = ("the harbour bill", "a second bridge", "the night timetable", "its heating plan", "the flood wall")
WHY = (
    "The vote ended eleven hours of debate on the future of the port.",
    "Opponents say that the price, put at four billion, is a guess.",
    "Work is to begin in March, and nobody has said who pays for the roads around it.",
    "A report from the spring had warned of just this.",
)
CONFIG = """
[publications.daily]
title = "The Morning Sheet"
tagline = "What happened, and what it means"
sender = "The Morning Sheet <news@example.org>"
postal_address = "The Morning Sheet, 1 Press Lane, London EC4Y 1AA"
""" + "".join(f'[[publications.daily.sections]]\ncategory = "{section}"\nmax = 200\n' for section in SECTIONS)


def publication(**changes: Any) -> Publication:
    """Give the publication that the newspaper belongs to."""
    return parse_config(CONFIG, folder=Path()).publication().model_copy(update=changes)


def story(number: int, *, picture: bool = True, **changes: Any) -> Story:
    """Write one story. Titles are of 35 to 60 characters, deks of 120 to 150."""
    title = f"{WHO[number % 6]} {WHAT[number // 6 % 6]} {WHICH[number // 3 % 5]}"
    values: dict[str, Any] = {
        "id": f"s{number}",
        "title": title,
        "source": "desk",
        "published_at": AT - timedelta(minutes=number),
        "first_seen_at": AT,
        "url": f"https://news.example.org/2026/11/24/{title.lower().replace(' ', '-')}-{number}",
        "dek": f"{WHY[number % 4]} {WHY[(number + 1) % 4]}",
        "authors": ("Ana Ruiz",) if number % 3 else ("Ana Ruiz", "Tom Okafor"),
        "publisher": ("The Harbour Post", "Evening Star", "The Ledger")[number % 3],
        "image": Image(
            url=f"https://img.example.org/{number}.jpg",
            width=1200,
            height=800,
            alt=f"Photograph {number} of the harbour",
        )
        if picture
        else None,
    }
    return Story(**{**values, **changes})


def newspaper(stories: int, *, pictures: bool = True) -> Edition:
    """Print so many stories in five sections, about one in three without a picture."""
    picks = [
        Pick(story=one, position=number, headline=one.title, dek=one.dek)
        for number in range(stories)
        for one in [story(number, picture=pictures and number % 3 != 2)]
    ]
    share = max(1, -(-stories // len(SECTIONS)))
    sections = tuple(
        Section(title=title, category=title, picks=tuple(picks[at * share : (at + 1) * share]))
        for at, title in enumerate(SECTIONS)
    )
    return Edition(
        id="daily-2026-11-24", publication="daily", date=AT.date(), sections=sections,
        preheader="And: who pays for the wall; a second bridge",
    )  # fmt: skip
