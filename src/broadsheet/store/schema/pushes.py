"""The shape of drafts at platforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def create_pushes(database: Database) -> None:
    """Keep one row an edition and platform."""
    database.conn.execute(
        """
        CREATE TABLE pushes (
            edition TEXT NOT NULL,
            platform TEXT NOT NULL,
            remote_id TEXT NOT NULL DEFAULT '',   -- '' while no draft is known there
            attempted_at TEXT,                    -- when one was asked for; null again once the answer is known
            pushed_at TEXT,
            hash TEXT NOT NULL DEFAULT '',        -- of the rendering that was put there
            PRIMARY KEY (edition, platform)
        )
        """
    )


def note_sends_at_platforms(database: Database) -> None:
    """Keep when a platform was asked to send, before it is asked; null while it was not, or refused."""
    database.conn.execute("ALTER TABLE pushes ADD COLUMN send_asked_at TEXT")


STEPS: tuple[Callable[[Database], None], ...] = (create_pushes, note_sends_at_platforms)
