"""Chores that are done once a day, and when each was done last."""

from __future__ import annotations

import sqlite3
from datetime import date


class Chores:
    """The shelf of chores."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def is_due(self, chore: str, today: date) -> bool:
        """Tell whether a chore was not done yet on this day."""
        row = self._connection.execute("SELECT done_on FROM chores WHERE name = ?", (chore,)).fetchone()
        return row is None or row[0] != today.isoformat()

    def done(self, chore: str, today: date) -> None:
        """Note that a chore was done."""
        self._connection.execute(
            "INSERT OR REPLACE INTO chores (name, done_on) VALUES (?, ?)", (chore, today.isoformat())
        )
