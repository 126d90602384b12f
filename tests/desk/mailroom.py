"""A project that sends, whose clock a test sets: readers, an approved edition a day, a relay where one is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet.config import Publication, parse_config
from broadsheet.desk import Desk, editing
from broadsheet.desk.production import render
from broadsheet.desk.sending import SendReport, send
from broadsheet.desk.subscribing import new_subscriber
from broadsheet.model import Consent, DeliveryState
from broadsheet.store import Store
from broadsheet.store.subscribers import ConsentStep
from tests.deliver.relay import Relay
from tests.edit.newsroom import story, words

CONFIG = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
timezone = "Europe/Berlin"
base_url = "https://news.example.org"
sections = [{{ category = "News" }}]
{publication}
{rest}
"""
SMTP = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
timeout = 5
{more}
"""


class Mailroom:
    """The desk of such a project. Close it."""

    def __init__(
        self, folder: Path, relay: Relay | None = None, *, publication: str = "", smtp: str = "", rest: str = ""
    ) -> None:
        self.now = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
        if relay is not None:
            rest = SMTP.format(port=relay.port, more=smtp) + rest
        text = CONFIG.format(publication=publication, rest=rest)
        self.desk = Desk(
            config=parse_config(text, folder=folder), store=Store(folder / "broadsheet.db"), clock=lambda: self.now
        )
        self.publication: Publication = self.desk.config.publication("daily")

    def reads(self, email: str, timezone: str = "") -> None:
        """Let somebody subscribe."""
        from dataclasses import replace

        from broadsheet.audience.addresses import parse_address

        person = replace(new_subscriber(parse_address(email), "", ""), timezone=timezone)
        with self.desk.store.transaction():
            self.desk.store.subscribers.add(
                person, "daily", ConsentStep(state=Consent.CONFIRMED, basis="asked", at=self.now), self.now
            )

    def edition(self, day: int) -> date:
        """Gather a story, draft the edition of a day in November, and approve it."""
        on = date(2026, 11, day)
        moment = self.now - timedelta(minutes=5)
        self.desk.store.stories.save(
            [
                story(
                    day,
                    body=(f"{words(100 + day)}, and {words(200 + day)}.",),
                    first_seen_at=moment,
                    published_at=moment,
                )
            ]
        )
        edition = editing.pick_edition(self.desk, self.publication, on)
        assert edition.picks
        editing.approve(self.desk, edition, render(self.desk, edition).hash, "Robin")
        return on

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """Set the clock (UTC)."""
        self.now = datetime(2026, 11, day, hour, minute, tzinfo=UTC)

    def send(self, on: date, **options: Any) -> SendReport:
        """Send what is due."""
        return send(self.desk, self.publication, on, patience=0.0, **options)

    def states(self, on: date) -> dict[str, DeliveryState]:
        """Say where each reader's mail of a day is."""
        return {row.email: row.state for row in self.desk.store.deliveries.listed(f"daily-{on}")}

    def close(self) -> None:
        """Close the database."""
        self.desk.store.close()
