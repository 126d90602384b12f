"""Small material for the deliver room's tests: a rendering, a sender, a ledger with recipients."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from broadsheet.deliver.message import Composer, Sender, message_id
from broadsheet.deliver.run import Plan
from broadsheet.model import DeliveryState, Edition, Recipient, RenderedEdition
from broadsheet.slots import Slot
from broadsheet.store import Store
from broadsheet.store.ledger import SendingLedger
from broadsheet.store.sendings import Sending

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SENDER = Sender(
    name="The Morning Sheet", email="news@example.org", list_id="daily.example.org", list_title="The Morning Sheet"
)
DOMAIN = "example.org"
EDITION = "daily-2026-11-24"


def rendering(
    html: str = "", text: str = "", subject: str = "Storm over the harbour", size: int = 0
) -> RenderedEdition:
    filling = "<p>A paragraph of news, as they come.</p>\n" * (size // 40)
    html = html or (
        f"<!doctype html><html><body><p>Hello {Slot.FIRST_NAME.token}</p>\n"
        f'<a href="{Slot.UNSUBSCRIBE_URL.token}">Leave</a>\n{filling}'
        f'<a href="{Slot.VIEW_URL.token}">View</a></body></html>\n'
    )
    text = text or f"Hello {Slot.FIRST_NAME.token}\n\nLeave: {Slot.UNSUBSCRIBE_URL.token}\n"
    edition = Edition(id=EDITION, publication="daily", date=date(2026, 11, 24), subject=subject)
    digest = hashlib.sha256((subject + html + text).encode()).hexdigest()
    return RenderedEdition(
        edition=edition, subject=subject, preheader="", html=html, text=text, mjml="", language="en", hash=digest
    )


def link(slot: Slot, recipient: Recipient) -> str:
    return f"https://news.example.org/{slot.value[0]}/{recipient.id}.c2lnbmF0dXJl?a=1&b=2"


def composer(rendered: RenderedEdition | None = None, **options: Any) -> Composer:
    return Composer(rendered or rendering(), SENDER, date=NOW, link=link, **options)


def recipients(count: int) -> list[Recipient]:
    return [Recipient(id=n, email=f"reader{n}@example.com", first_name=f"Ann{n}") for n in range(1, count + 1)]


def freeze(
    store: Store, people: Sequence[Recipient], left_out: Mapping[int, str] | None = None, **options: Any
) -> Sending:
    candidates = ((person, (left_out or {}).get(person.id, "")) for person in people)
    return store.deliveries.freeze(EDITION, "daily", "hash", DOMAIN, candidates, NOW, **options)


def acquire(
    store: Store, sending: Sending, *, transport: str = "test", unwanted: Mapping[int, str] | None = None
) -> SendingLedger:
    return store.deliveries.acquire(
        sending, transport, datetime.now(UTC), took=lambda edition, recipient: None, unwanted=lambda ids: unwanted or {}
    )


def plan(**options: Any) -> Plan:
    options.setdefault("waiting_since", datetime.now(UTC))
    options.setdefault("patience", 0.0)
    return Plan(clock=lambda: datetime.now(UTC), chance=lambda: 0.5, stop=threading.Event(), **options)


def states(store: Store) -> dict[str, DeliveryState]:
    return {row.email: row.state for row in store.deliveries.listed(EDITION)}


def name_of(recipient: int) -> str:
    return message_id(EDITION, recipient, DOMAIN)


def new_store(folder: Path) -> Store:
    return Store(folder / "broadsheet.db")
