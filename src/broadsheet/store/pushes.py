"""What is known of drafts at platforms: written before a draft is asked for, and after the answer."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredPush:
    """One edition at one platform. `attempted_at` stands while nobody knows whether a request made a draft.

    `send_asked_at` is when the platform was asked to send it; it stands for good unless the platform refused.
    """

    edition: str
    platform: str
    remote_id: str
    attempted_at: datetime | None
    pushed_at: datetime | None
    hash: str
    send_asked_at: datetime | None


class Pushes:
    """The shelf of drafts at platforms."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, edition: str, platform: str) -> StoredPush | None:
        """Find what is known of an edition at a platform."""
        row = self._connection.execute(
            "SELECT * FROM pushes WHERE edition = ? AND platform = ?", (edition, platform)
        ).fetchone()
        return _push(row) if row else None

    def list(self, edition: str) -> list[StoredPush]:
        """List what is known of an edition, by platform."""
        rows = self._connection.execute("SELECT * FROM pushes WHERE edition = ? ORDER BY platform", (edition,))
        return [_push(row) for row in rows]

    def claim_attempt(self, edition: str, platform: str, now: datetime, *, since: datetime, remote_id: str) -> bool:
        """Note that a draft is about to be asked for.

        False, and nothing is noted, when somebody asked for one after `since` and the answer is not known, or when the
        draft that is known is not `remote_id` any more ('' for none).
        """
        known = self.get(edition, platform)
        if known and (known.remote_id != remote_id or (known.attempted_at and known.attempted_at > since)):
            return False
        self._connection.execute(
            "INSERT INTO pushes (edition, platform, attempted_at) VALUES (?, ?, ?) "
            "ON CONFLICT (edition, platform) DO UPDATE SET attempted_at = excluded.attempted_at",
            (edition, platform, now.isoformat()),
        )
        return True

    def forget_attempt(self, edition: str, platform: str) -> None:
        """Note that the draft that was asked for was refused."""
        self._connection.execute(
            "UPDATE pushes SET attempted_at = NULL WHERE edition = ? AND platform = ?", (edition, platform)
        )

    def keep(self, edition: str, platform: str, remote_id: str) -> None:
        """Keep the id of the draft there."""
        self._connection.execute(
            "INSERT INTO pushes (edition, platform, remote_id) VALUES (?, ?, ?) "
            "ON CONFLICT (edition, platform) DO UPDATE SET remote_id = excluded.remote_id, attempted_at = NULL",
            (edition, platform, remote_id),
        )

    def claim_send(self, edition: str, platform: str, now: datetime) -> bool:
        """Note that the platform is about to be asked to send; False when that was noted before, by anybody."""
        changed = self._connection.execute(
            "UPDATE pushes SET send_asked_at = ? WHERE edition = ? AND platform = ? AND send_asked_at IS NULL",
            (now.isoformat(), edition, platform),
        )
        return changed.rowcount == 1

    def forget_send(self, edition: str, platform: str) -> None:
        """Note that the platform refused to send."""
        self._connection.execute(
            "UPDATE pushes SET send_asked_at = NULL WHERE edition = ? AND platform = ?", (edition, platform)
        )

    def note_pushed(self, edition: str, platform: str, rendering: str, now: datetime) -> None:
        """Note which rendering stands there now."""
        self._connection.execute(
            "UPDATE pushes SET hash = ?, pushed_at = ? WHERE edition = ? AND platform = ?",
            (rendering, now.isoformat(), edition, platform),
        )


def _push(row: sqlite3.Row) -> StoredPush:
    return StoredPush(
        edition=row["edition"],
        platform=row["platform"],
        remote_id=row["remote_id"],
        attempted_at=datetime.fromisoformat(row["attempted_at"]) if row["attempted_at"] else None,
        pushed_at=datetime.fromisoformat(row["pushed_at"]) if row["pushed_at"] else None,
        hash=row["hash"],
        send_asked_at=datetime.fromisoformat(row["send_asked_at"]) if row["send_asked_at"] else None,
    )
