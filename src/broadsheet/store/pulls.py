"""Where the reading of who left at a platform goes on, when it was broken off."""

from __future__ import annotations

import sqlite3
from datetime import datetime


class Pulls:
    """The shelf of readings that were broken off."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def place(self, platform: str, account: str, since: datetime) -> str:
        """Find where the reading of an account goes on; '' where none was broken off after `since`."""
        row = self._connection.execute(
            "SELECT place FROM pulls WHERE platform = ? AND account = ? AND at > ?",
            (platform, account, since.isoformat()),
        ).fetchone()
        return str(row[0]) if row else ""

    def keep(self, platform: str, account: str, place: str, now: datetime) -> None:
        """Note where the reading goes on; '' when it came to its end."""
        if place:
            self._connection.execute(
                "INSERT OR REPLACE INTO pulls (platform, account, place, at) VALUES (?, ?, ?, ?)",
                (platform, account, place, now.isoformat()),
            )
        else:
            self._connection.execute("DELETE FROM pulls WHERE platform = ?", (platform,))
