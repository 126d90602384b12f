"""The shape of seeds: when the newsroom's own addresses got their copies of an edition."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def remember_seeds(database: Database) -> None:
    """Remember that an edition's seeds got their copies, so that they get one each. Seconds since 1970 (UTC)."""
    database.conn.execute(
        "CREATE TABLE seedings (sending INTEGER PRIMARY KEY REFERENCES sendings (id), at REAL NOT NULL) STRICT"
    )


STEPS: tuple[Callable[[Database], None], ...] = (remember_seeds,)
