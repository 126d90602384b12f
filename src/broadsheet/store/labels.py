"""The shelf of labels: what people called stories and texts, and what was learned from them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text and what somebody called it. `id` is the story's id where `is_story`, else the text's own in its file."""

    id: str
    title: str
    category: str
    labelled_by: str
    labelled_at: datetime
    lede: str = ""
    language: str = ""
    is_story: bool = False


class Labels:
    """Labels in one database. Writing methods run inside the store's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def save(self, labels: Iterable[Label]) -> None:
        """Keep labels; the newer word on the same text replaces the older."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO labels (id, title, lede, language, category, labelled_by, is_story, labelled_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    one.id, one.title, one.lede, one.language, one.category, one.labelled_by, one.is_story,
                    one.labelled_at.isoformat(),
                )
                for one in labels
            ),
        )  # fmt: skip

    def list(self, since: datetime | None = None) -> list[Label]:
        """List labels made after a time (None: all), in the order of their ids."""
        rows = self._connection.execute(
            "SELECT * FROM labels WHERE labelled_at > ? ORDER BY id", (since.isoformat() if since else "",)
        )
        return [
            Label(
                id=row["id"],
                title=row["title"],
                category=row["category"],
                labelled_by=row["labelled_by"],
                labelled_at=datetime.fromisoformat(row["labelled_at"]),
                lede=row["lede"],
                language=row["language"],
                is_story=bool(row["is_story"]),
            )
            for row in rows
        ]

    def of_stories(self) -> dict[str, str]:
        """Map the ids of stories that editors labelled to the category they gave."""
        return dict(self._connection.execute("SELECT id, category FROM labels WHERE is_story ORDER BY id").fetchall())

    def counts(self) -> dict[str, int]:
        """Count the labels of each category."""
        return dict(
            self._connection.execute("SELECT category, COUNT(*) FROM labels GROUP BY category ORDER BY category")
        )

    def forget(self, ids: Iterable[str]) -> int:
        """Remove labels, and say how many there were."""
        return sum(self._connection.execute("DELETE FROM labels WHERE id = ?", (one,)).rowcount for one in ids)

    def keep_learned(self, content: Mapping[str, Any], at: datetime) -> None:
        """Keep what was learned from the labels up to a time."""
        self._connection.execute(
            "INSERT OR REPLACE INTO classifiers (id, learned_at, content) VALUES (1, ?, ?)",
            (at.isoformat(), json.dumps(content, ensure_ascii=False, separators=(",", ":"))),
        )

    def learned(self) -> tuple[datetime, Mapping[str, Any]] | None:
        """Read what was learned, and up to when; None when nothing was."""
        row = self._connection.execute("SELECT learned_at, content FROM classifiers").fetchone()
        return (datetime.fromisoformat(row["learned_at"]), json.loads(row["content"])) if row else None
