"""A desk with a clock that tests set, and short words for a day's work at it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from broadsheet.desk import Desk, editing
from broadsheet.model import Edition
from tests.edit.newsroom import story

CONFIG = """\
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
timezone = "Europe/Berlin"

[[publications.daily.sections]]
category = "News"
max = 3

[[publications.daily.sections]]
category = "Sport"
"""


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def to(self, day: int, hour: int = 6, month: int = 11) -> date:
        self.now = datetime(2026, month, day, hour, tzinfo=UTC)
        return self.now.date()


def gather(desk: Desk, *numbers: int, **changes: object) -> None:
    """Save stories as they would be after gathering at this moment."""
    now = desk.now()
    desk.store.stories.save(
        [story(n, **({"first_seen_at": now, "published_at": now - timedelta(minutes=n)} | changes)) for n in numbers],
    )


def send(desk: Desk, edition: Edition) -> None:
    """Let an edition go out."""
    editing.approve(desk, edition, "hash", "Robin")
    desk.store.editions.mark_sending(edition.id, at=desk.now())
    desk.store.editions.mark_sent(edition.id, at=desk.now())


def stories_of(edition: Edition) -> list[str]:
    return sorted(pick.story.id for pick in edition.picks)
