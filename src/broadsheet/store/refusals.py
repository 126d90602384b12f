"""The shelf of refusals: deliveries that were refused because there is no such mailbox."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from broadsheet.model import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A delivery that failed as no mailbox: whose subscription, by which lane, and what was answered."""

    recipient: int
    mailbox: str
    lane: str
    code: int
    text: str
    server: str
    at: datetime


class Refusals:
    """Read from the ledger; needs no lease."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, edition: str) -> list[Refused]:
        """List the deliveries of an edition that failed so: an index finds them."""
        rows = self._connection.execute(
            "SELECT recipient, mailbox, lane, code, text, server, at FROM deliveries"
            " WHERE no_mailbox = 1 AND state = ? AND sending = (SELECT id FROM sendings WHERE edition = ?)",
            (DeliveryState.FAILED, edition),
        )
        return [
            Refused(
                recipient=row[0],
                mailbox=row[1],
                lane=row[2],
                code=row[3],
                text=row[4],
                server=row[5],
                at=datetime.fromtimestamp(row[6] or 0, UTC),
            )
            for row in rows
        ]

    def tried_by_lane(self, edition: str) -> Counter[str]:
        """Count by lane how many deliveries of an edition were tried at least once."""
        rows = self._connection.execute(
            "SELECT lane, count(*) FROM deliveries WHERE attempts > 0"
            " AND sending = (SELECT id FROM sendings WHERE edition = ?) GROUP BY lane",
            (edition,),
        )
        return Counter(dict(map(tuple, rows)))

    def before(self, edition: str, mailbox: str, limit: int, since: datetime | None = None) -> list[bool]:
        """Tell of the editions before one whether the mailbox was refused as none, the newest first.

        Those that said nothing about it (left out, skipped, in doubt, or no longer kept) are passed over, and
        so is whatever happened before `since`.
        """
        rows = self._connection.execute(
            "SELECT d.no_mailbox AND d.state = 'failed' FROM sendings s"
            " JOIN deliveries d ON d.sending = s.id AND d.mailbox = ? AND d.state IN ('sent', 'failed')"
            " WHERE s.id < (SELECT id FROM sendings WHERE edition = ?) AND d.at > ? ORDER BY s.id DESC LIMIT ?",
            (mailbox, edition, since.timestamp() if since else -1, limit),
        )
        return [bool(row[0]) for row in rows]
