"""The shape of pace: which lane a delivery is in, what was attempted when, and what slowed us down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def create_paces(database: Database) -> None:
    """Times are seconds since 1970 (UTC). A scope is an account or a lane, as in `account:NAME` and `lane:gmail`."""
    for statement in (
        # The mailbox provider; '' for those that are known by no name. Each lane's queue can be read by itself.
        "ALTER TABLE deliveries ADD COLUMN lane TEXT NOT NULL DEFAULT ''",
        "DROP INDEX deliveries_waiting",
        """CREATE INDEX deliveries_waiting ON deliveries (sending, lane, due_at, number)
            WHERE state IN ('queued', 'deferred')""",
        # How many were attempted in each minute: kept for a day.
        """CREATE TABLE attempts (
            scope TEXT NOT NULL, minute INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (scope, minute)
        ) STRICT, WITHOUT ROWID""",
        "CREATE TABLE throttles (scope TEXT PRIMARY KEY, rate REAL, ceiling REAL, at REAL, rests_until REAL) STRICT",
        # How many a second went when nothing held us back, as last measured.
        "CREATE TABLE speeds (scope TEXT PRIMARY KEY, per_second REAL NOT NULL, at REAL NOT NULL) STRICT",
    ):
        database.conn.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (create_paces,)
