"""Run reports, and the problems people were told about."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it was recorded. `ended_at` is None while it runs, and for ever if it died."""

    id: int
    publication: str
    edition: str
    started_at: datetime
    ended_at: datetime | None
    exit_code: int | None
    report: Mapping[str, Any]


class Runs:
    """The shelf of run reports."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self, publication: str, edition: str, now: datetime) -> int:
        """Note that a run began, and give its number."""
        cursor = self._connection.execute(
            "INSERT INTO runs (publication, edition, started_at, report) VALUES (?, ?, ?, '{}')",
            (publication, edition, now.isoformat()),
        )
        return int(cursor.lastrowid or 0)

    def end(self, run: int, now: datetime, exit_code: int, report: Mapping[str, Any]) -> None:
        """Note how a run ended."""
        self._connection.execute(
            "UPDATE runs SET ended_at = ?, exit_code = ?, report = ? WHERE id = ?",
            (now.isoformat(), exit_code, json.dumps(report, ensure_ascii=False), run),
        )

    def newest(self, publication: str | None = None, *, limit: int = 20) -> list[StoredRun]:
        """List runs, the newest first."""
        rows = self._connection.execute(
            "SELECT * FROM runs WHERE ? IS NULL OR publication = ? ORDER BY started_at DESC, id DESC LIMIT ?",
            (publication, publication, limit),
        )
        return [_run(row) for row in rows]

    def get(self, run: int) -> StoredRun | None:
        """Find a run by its number."""
        row = self._connection.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        return _run(row) if row else None

    def forget(self, before: datetime) -> int:
        """Remove the reports of runs that began before a time; gives how many."""
        return self._connection.execute("DELETE FROM runs WHERE started_at < ?", (before.isoformat(),)).rowcount


class Problems:
    """What is wrong at present, and whether a person knows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def note(self, key: str, message: str, now: datetime) -> bool:
        """Note that a problem stands. True when nobody was told yet."""
        self._connection.execute(
            "INSERT INTO problems (key, message, since_at) VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET message = excluded.message",
            (key, message, now.isoformat()),
        )
        row = self._connection.execute("SELECT told_at FROM problems WHERE key = ?", (key,)).fetchone()
        return row["told_at"] is None

    def told(self, key: str, now: datetime) -> None:
        """Note that a person was told."""
        self._connection.execute("UPDATE problems SET told_at = ? WHERE key = ?", (now.isoformat(), key))

    def clear(self, key: str) -> bool:
        """Note that a problem is gone. True when there was one that somebody had been told of."""
        row = self._connection.execute("DELETE FROM problems WHERE key = ? RETURNING told_at", (key,)).fetchone()
        return row is not None and row["told_at"] is not None

    def open(self) -> list[tuple[str, str, datetime]]:
        """List key, message and since when, the oldest first."""
        rows = self._connection.execute("SELECT key, message, since_at FROM problems ORDER BY since_at, key")
        return [(row["key"], row["message"], datetime.fromisoformat(row["since_at"])) for row in rows]


def _run(row: sqlite3.Row) -> StoredRun:
    return StoredRun(
        id=row["id"],
        publication=row["publication"],
        edition=row["edition"],
        started_at=datetime.fromisoformat(row["started_at"]),
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        exit_code=row["exit_code"],
        report=json.loads(row["report"]),
    )
