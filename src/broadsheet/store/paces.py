"""The shelf of paces: what was attempted lately, what slowed us down, how fast it went. Writing is in a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from broadsheet.model import Throttle
from broadsheet.store.lease import moment

KEPT_MINUTES = 25 * 60


class Paces:
    """Counts by scope: an account, or a lane."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def attempts(self, scope: str, now: datetime) -> list[tuple[datetime, int]]:
        """List how many were attempted in each minute of the last day. What lies ahead counts as of now."""
        minute = _minute(now)
        rows = self._connection.execute(
            "SELECT min(minute, ?), count FROM attempts WHERE scope = ? AND minute >= ? ORDER BY 1",
            (minute, scope, minute - KEPT_MINUTES),
        ).fetchall()
        return [(moment(row[0] * 60.0), int(row[1])) for row in rows]

    def count(self, now: datetime, attempted: Mapping[str, int]) -> None:
        """Add attempts of this minute."""
        minute = _minute(now)
        self._connection.executemany(
            "INSERT INTO attempts VALUES (?, ?, ?)"
            " ON CONFLICT (scope, minute) DO UPDATE SET count = count + excluded.count",
            [(scope, minute, count) for scope, count in attempted.items()],
        )

    def tidy(self, now: datetime) -> None:
        """Forget what is older than a day, and move what a clock that was set back left ahead of us to now."""
        minute = _minute(now)
        self._connection.execute("DELETE FROM attempts WHERE minute < ?", (minute - KEPT_MINUTES,))
        ahead = self._connection.execute(
            "SELECT scope, sum(count) FROM attempts WHERE minute > ? GROUP BY scope", (minute,)
        ).fetchall()
        if ahead:
            self._connection.execute("DELETE FROM attempts WHERE minute > ?", (minute,))
            self.count(now, dict(map(tuple, ahead)))

    def throttle(self, scope: str) -> Throttle | None:
        """Find what slowed a scope down last."""
        row = self._connection.execute(
            "SELECT rate, ceiling, at, rests_until FROM throttles WHERE scope = ?", (scope,)
        ).fetchone()
        return Throttle(row[0], row[1], moment(row[2]), moment(row[3])) if row else None

    def throttles(self) -> dict[str, Throttle]:
        """List what slowed each scope down last."""
        rows = self._connection.execute("SELECT scope, rate, ceiling, at, rests_until FROM throttles ORDER BY scope")
        return {row[0]: Throttle(row[1], row[2], moment(row[3]), moment(row[4])) for row in rows}

    def slow_down(self, throttles: Mapping[str, Throttle]) -> None:
        """Keep what slowed scopes down."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO throttles VALUES (?, ?, ?, ?, ?)",
            [(scope, t.rate, t.ceiling, t.at.timestamp(), t.rests_until.timestamp()) for scope, t in throttles.items()],
        )

    def speed(self, scope: str) -> float | None:
        """Give how many a second went a way when nothing held us back, as last measured."""
        row = self._connection.execute("SELECT per_second FROM speeds WHERE scope = ?", (scope,)).fetchone()
        return float(row[0]) if row else None

    def note_speed(self, now: datetime, speeds: Mapping[str, float]) -> None:
        """Keep how many a second go."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO speeds VALUES (?, ?, ?)",
            [(scope, per_second, now.timestamp()) for scope, per_second in speeds.items()],
        )


def _minute(now: datetime) -> int:
    return int(now.timestamp() // 60)
