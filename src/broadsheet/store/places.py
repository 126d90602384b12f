"""The shelf of places: for each address or path that was read, what to ask with next time and how it has been doing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is known of one address or path. `failures` counts those in a row; `counts` holds the newest number last."""

    place: str
    source: str
    joined_at: datetime | None = None
    wishes: str = ""
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    not_before_at: datetime | None = None
    is_gone: bool = False
    last_good_at: datetime | None = None
    last_tried_at: datetime | None = None
    failures: int = 0
    error: str = ""
    counts: tuple[int, ...] = ()
    told_on: str = ""
    seconds: float = 0.0  # that the last answer took


_COLUMNS = tuple(field.name for field in fields(Place))
_TIMES = ("joined_at", "not_before_at", "last_good_at", "last_tried_at")
_PUT = (
    f"INSERT INTO places ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (place)"
    " DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
)


class Places:
    """Places in one database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, place: str) -> Place | None:
        """Find what is known of one address or path."""
        row = self._connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM places WHERE place = ?", (place,)).fetchone()
        return _place(row) if row else None

    def put(self, place: Place) -> None:
        """Keep what is now known of a place."""
        self._connection.execute(_PUT, _row(place))

    def all(self) -> list[Place]:
        """List every place by source and name."""
        rows = self._connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM places ORDER BY source, place")
        return [_place(row) for row in rows]

    def stories_at(self, place: str) -> int:
        """Tell how many stories the document held that was last read at a place."""
        row = self._connection.execute("SELECT stories FROM documents WHERE place = ?", (place,)).fetchone()
        return int(row[0]) if row else 0

    def stories_read(self, place: str, digest: bytes) -> int | None:
        """Tell how many stories a document holds, if one with this digest is what was last read at a place."""
        row = self._connection.execute(
            "SELECT stories FROM documents WHERE place = ? AND digest = ?", (place, digest)
        ).fetchone()
        return row[0] if row else None

    def note_read(self, place: str, digest: bytes, stories: int) -> None:
        """Remember the digest of the document that was read at a place, and how many stories it holds."""
        self._connection.execute(
            "INSERT INTO documents (place, digest, stories) VALUES (?, ?, ?) ON CONFLICT (place) DO UPDATE"
            " SET digest = excluded.digest, stories = excluded.stories",
            (place, digest, stories),
        )

    def forget(self, places: Iterable[str]) -> None:
        """Forget places, so that the next reading is a first one."""
        rows = [(place,) for place in places]
        self._connection.executemany("DELETE FROM places WHERE place = ?", rows)
        self._connection.executemany("DELETE FROM documents WHERE place = ?", rows)


def _row(place: Place) -> tuple[object, ...]:
    values: list[object] = []
    for name in _COLUMNS:
        value = getattr(place, name)
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat(timespec="microseconds")
        elif isinstance(value, tuple):
            value = json.dumps(value)
        values.append(value)
    return tuple(values)


def _place(row: sqlite3.Row) -> Place:
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in _TIMES:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["counts"] = tuple(json.loads(values["counts"]))
    values["is_gone"] = bool(values["is_gone"])
    return Place(**values)
