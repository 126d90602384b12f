"""The shelf of seeds: which editions the newsroom's own addresses have their copies of."""

from __future__ import annotations

import sqlite3
from datetime import datetime


class Seeds:
    """Outside of the ledger: seeds are in no balance."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def has_copies(self, sending: int) -> bool:
        """Tell whether the seeds of a sending got theirs."""
        found = self._connection.execute("SELECT 1 FROM seedings WHERE sending = ?", (sending,)).fetchone()
        return found is not None

    def note_copies(self, sending: int, now: datetime) -> None:
        """Remember that they did. Write inside a transaction."""
        self._connection.execute("INSERT OR IGNORE INTO seedings VALUES (?, ?)", (sending, now.timestamp()))
