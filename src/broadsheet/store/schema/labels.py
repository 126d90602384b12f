"""The shape of labels: what people called stories, and what was learned from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def create_labels(database: Database) -> None:
    """The text is kept with its label: a file's texts are no stories of ours, and stories may be forgotten."""
    database.executescript(
        """
        CREATE TABLE labels (
            id TEXT PRIMARY KEY,             -- the story's id, or a file's own id for its text
            title TEXT NOT NULL,
            lede TEXT NOT NULL,
            language TEXT NOT NULL,
            category TEXT NOT NULL,
            labelled_by TEXT NOT NULL,       -- an editor, or the file it came from
            is_story INTEGER NOT NULL,       -- an editor's word on a story of ours, which then has this category
            labelled_at TEXT NOT NULL
        );

        -- What was learned from the labels up to a time; labels made later are learned on top of it.
        CREATE TABLE classifiers (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            learned_at TEXT NOT NULL,
            content TEXT NOT NULL            -- JSON: labels and weights
        );
        """
    )


STEPS: tuple[Callable[[Database], None], ...] = (create_labels,)
