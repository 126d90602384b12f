"""The shape of readings of who left at platforms that were broken off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def create_pulls(database: Database) -> None:
    """Keep where the reading of a platform's account goes on; no row where none was broken off."""
    database.conn.execute(
        """
        CREATE TABLE pulls (
            platform TEXT PRIMARY KEY,
            account TEXT NOT NULL,    -- whose place it is: of another account it means nothing
            place TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """
    )


STEPS: tuple[Callable[[Database], None], ...] = (create_pulls,)
