"""The shelf of stories: saved with their identity, found by key, by id and by when they were first seen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from broadsheet.model import Image, Story

T = TypeVar("T")

_CHUNK = 500
_COLUMNS = (
    "id", "source", "guid", "title", "url", "dek", "body", "authors", "publisher", "categories", "section", "language",
    "image", "published_at", "first_seen_at", "dated", "position", "embargo_at", "expires_at",
)  # fmt: skip
_LISTS = ("body", "authors", "categories")
_encode = json.JSONEncoder(ensure_ascii=False).encode
_NEWEST_PER_KEY = 20  # of the stories that share a key, so many are looked at: a generic headline is on thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveReport:
    """What a save did: the ids of the stories that were new, that had changed, and the number left as they were."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a story said until a time: the fields that its source then changed."""

    replaced_at: datetime
    before: Mapping[str, Any]


class Stories:
    """Stories in one database. Writing methods run inside the store's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def save(
        self,
        stories: Iterable[Story],
        *,
        keys: Mapping[str, Sequence[int]] | None = None,
        backlog: Collection[str] = (),
        at: datetime | None = None,
    ) -> SaveReport:
        """Keep stories under their ids; what has not changed is not written.

        `keys` gives, by id, the numbers a story can be found by; `backlog` the ids of new stories that were there
        before their source joined. `at` is when changes were seen (default: the story's own first-seen time).
        """
        new: list[str] = []
        changed: list[str] = []
        unchanged = 0
        for chunk in _chunks(stories):
            known = {story.id: story for story in self._by_ids([story.id for story in chunk])}
            fresh = [story for story in chunk if story.id not in known]
            self._connection.executemany(_INSERT, [(*_row(story), story.id in backlog) for story in fresh])
            new += [story.id for story in fresh]
            touched = set(new[len(new) - len(fresh) :])
            for story in chunk:
                before = known.get(story.id)
                if before is None:
                    continue
                if before == story:
                    unchanged += 1
                    continue
                if replace(before, position=story.position) == story:
                    self._connection.execute("UPDATE stories SET position = ? WHERE id = ?", (story.position, story.id))
                    unchanged += 1
                    continue
                self._change(before, story, at or story.first_seen_at)
                changed.append(story.id)
                touched.add(story.id)
            if keys:
                self._connection.executemany(
                    "INSERT OR IGNORE INTO story_keys (key, story) VALUES (?, ?)",
                    [(key, id_) for id_ in touched for key in keys.get(id_, ())],
                )
        return SaveReport(new=tuple(new), changed=tuple(changed), unchanged=unchanged)

    def _change(self, before: Story, story: Story, at: datetime) -> None:
        self._connection.execute(_UPDATE, (*_row(story)[1:], _iso(at), story.id))
        differing = {
            field.name: getattr(before, field.name)
            for field in fields(Story)
            if getattr(before, field.name) != getattr(story, field.name) and field.name != "position"
        }
        self._connection.execute(
            "INSERT INTO story_versions (story, replaced_at, before) VALUES (?, ?, ?)",
            (story.id, _iso(at), json.dumps(differing, default=_plain, ensure_ascii=False)),
        )

    def get(self, story_id: str) -> Story | None:
        """Find a story by its id."""
        return next(iter(self._by_ids([story_id])), None)

    def between(self, start: datetime | None, end: datetime, *, backlog: bool = False) -> list[Story]:
        """List the stories first seen from `start` (None: ever) until before `end`, in the order in which they came.

        Those that were there before their source joined are left out unless `backlog` asks for them.
        """
        rows = self._connection.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM stories WHERE first_seen_at >= ? AND first_seen_at < ?"
            " AND is_backlog <= ? ORDER BY first_seen_at, source, position, id",
            (_iso(start) if start else "", _iso(end), backlog),
        )
        return [_story(row) for row in rows]

    def known(self, keys: Iterable[int]) -> list[Story]:
        """List the stories that any of the keys belongs to, each once."""
        ids: dict[str, None] = {}
        for chunk in _chunks(keys):
            by_key: dict[int, list[str]] = {}
            for key, story_id in self._connection.execute(
                f"SELECT key, story FROM story_keys WHERE key IN ({', '.join('?' * len(chunk))})", chunk
            ):
                by_key.setdefault(key, []).append(story_id)
            for found in by_key.values():
                if len(found) > _NEWEST_PER_KEY:
                    found = self._newest(found)
                ids.update(dict.fromkeys(found))
        return self._by_ids(list(ids))

    def history(self, story_id: str) -> list[Version]:
        """List what a story said before, oldest first."""
        rows = self._connection.execute(
            "SELECT replaced_at, before FROM story_versions WHERE story = ? ORDER BY rowid", (story_id,)
        )
        return [Version(replaced_at=datetime.fromisoformat(row[0]), before=json.loads(row[1])) for row in rows]

    def starting_with(self, beginning: str, limit: int = 5) -> list[str]:
        """List ids that begin as typed: people type the first letters."""
        pattern = beginning.replace("%", "").replace("_", "") + "%"
        rows = self._connection.execute("SELECT id FROM stories WHERE id LIKE ? ORDER BY id LIMIT ?", (pattern, limit))
        return [row[0] for row in rows]

    def count(self, source: str | None = None) -> int:
        """Count the stories, of one source or of all."""
        where, values = ("", ()) if source is None else (" WHERE source = ?", (source,))
        return int(self._connection.execute(f"SELECT count(*) FROM stories{where}", values).fetchone()[0])

    def release_backlog(self, source: str, number: int | None, at: datetime) -> int:
        """Let stories that were there before their source joined into the next edition: the newest `number`, or all."""
        cursor = self._connection.execute(
            "UPDATE stories SET is_backlog = 0, first_seen_at = ? WHERE id IN (SELECT id FROM stories WHERE source = ?"
            " AND is_backlog = 1 ORDER BY published_at DESC, position LIMIT ?)",
            (_iso(at), source, -1 if number is None else number),
        )
        return cursor.rowcount

    def _newest(self, ids: Sequence[str]) -> list[str]:
        found: list[tuple[str, str]] = []
        for chunk in _chunks(ids):
            marks = ", ".join("?" * len(chunk))
            found += self._connection.execute(f"SELECT first_seen_at, id FROM stories WHERE id IN ({marks})", chunk)
        return [row[1] for row in sorted(map(tuple, found), reverse=True)[:_NEWEST_PER_KEY]]

    def _by_ids(self, ids: Sequence[str]) -> list[Story]:
        found: list[Story] = []
        for chunk in _chunks(ids):
            marks = ", ".join("?" * len(chunk))
            rows = self._connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM stories WHERE id IN ({marks})", chunk)
            found += [_story(row) for row in rows]
        return found


_INSERT = f"INSERT INTO stories ({', '.join(_COLUMNS)}, is_backlog) VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"
_UPDATE = f"UPDATE stories SET {', '.join(f'{name} = ?' for name in _COLUMNS[1:])}, changed_at = ? WHERE id = ?"


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _iso(at: datetime) -> str:
    """Write a time so that it sorts as text: UTC, microseconds always there."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _row(story: Story) -> tuple[object, ...]:
    values: list[object] = []
    for name in _COLUMNS:
        value = getattr(story, name)
        if isinstance(value, datetime):
            value = _iso(value)
        elif isinstance(value, tuple):
            value = _encode(value) if value else "[]"
        elif isinstance(value, Image):
            value = _encode(_plain(value))
        values.append(value)
    return tuple(values)


def _story(row: sqlite3.Row) -> Story:
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in _LISTS:
        values[name] = tuple(json.loads(values[name]))
    for name in ("published_at", "first_seen_at", "embargo_at", "expires_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["image"] = Image(**json.loads(values["image"])) if values["image"] else None
    values["dated"] = bool(values["dated"])
    return Story(**values)


def _plain(value: object) -> object:
    if isinstance(value, Image):
        return {"url": value.url, "width": value.width, "height": value.height, "alt": value.alt}
    if isinstance(value, datetime):
        return _iso(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
