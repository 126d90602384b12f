"""The shape of run reports and of the problems that people were told about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def create_runs(database: Database) -> None:
    """Keep one row a run, and one a problem that is open or was told."""
    database.conn.execute(
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY,
            publication TEXT NOT NULL,
            edition TEXT NOT NULL,
            started_at TEXT NOT NULL,
            ended_at TEXT,              -- null: still running, or it died
            exit_code INTEGER,
            report TEXT NOT NULL        -- the stages, as JSON
        )
        """
    )
    database.conn.execute("CREATE INDEX runs_by_start ON runs (publication, started_at)")
    database.conn.execute(
        """
        CREATE TABLE problems (
            key TEXT PRIMARY KEY,       -- what is wrong, in a form that stays the same from run to run
            message TEXT NOT NULL,
            since_at TEXT NOT NULL,
            told_at TEXT                -- null: nobody could be told yet, so it is tried again
        )
        """
    )


def create_chores(database: Database) -> None:
    """Remember when each daily chore was done last."""
    database.conn.execute("CREATE TABLE chores (name TEXT PRIMARY KEY, done_on TEXT NOT NULL) STRICT, WITHOUT ROWID")


STEPS: tuple[Callable[[Database], None], ...] = (create_runs, create_chores)
