"""The shape of refusals: which deliveries were refused because there is no such mailbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def note_refused_mailboxes(database: Database) -> None:
    """Note of a delivery that there is no such mailbox; the few of an edition are found without reading the others."""
    for statement in (
        "ALTER TABLE deliveries ADD COLUMN no_mailbox INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX deliveries_without_mailbox ON deliveries (sending) WHERE no_mailbox = 1",
    ):
        database.conn.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (note_refused_mailboxes,)
