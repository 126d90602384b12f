"""The shape of editions: the digests themselves, what they carried, why, and who changed what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def create_editions(database: Database) -> None:
    """Make room for editions. The document is the whole edition; the columns are what queries ask for."""
    for statement in (
        """
        CREATE TABLE editions (
            id TEXT PRIMARY KEY,
            publication TEXT NOT NULL,
            date TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('draft', 'approved', 'sending', 'sent', 'skipped')),
            subject TEXT NOT NULL,
            stories INTEGER NOT NULL,
            hash TEXT NOT NULL,
            window_to_at TEXT,
            changed_at TEXT NOT NULL,
            sent_at TEXT,
            document TEXT NOT NULL,
            UNIQUE (publication, date)
        )
        """,
        # What an edition prints, so that no later one prints it again: by story, address, title or event.
        """
        CREATE TABLE carried (
            edition TEXT NOT NULL REFERENCES editions (id),
            story TEXT NOT NULL,
            url_key TEXT NOT NULL,
            title_key TEXT NOT NULL,
            cluster TEXT NOT NULL,
            source TEXT NOT NULL,
            text_key TEXT NOT NULL,
            PRIMARY KEY (edition, story)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX carried_by_story ON carried (story)",
        # Why each story of the window was, or was not, picked, as of the last draft.
        """
        CREATE TABLE explanations (
            edition TEXT NOT NULL REFERENCES editions (id),
            story TEXT NOT NULL,
            fate TEXT NOT NULL,
            section TEXT NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (edition, story)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX explanations_by_story ON explanations (story)",
        # Append-only: nothing here is ever changed or removed.
        """
        CREATE TABLE revisions (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            edition TEXT NOT NULL,
            at TEXT NOT NULL,
            "by" TEXT NOT NULL,
            verb TEXT NOT NULL,
            story TEXT NOT NULL,
            value TEXT NOT NULL
        )
        """,
        "CREATE INDEX revisions_by_edition ON revisions (edition, number)",
        "CREATE INDEX revisions_by_story ON revisions (story, number)",
        # Each draft but the newest, for comparing.
        """
        CREATE TABLE drafts (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            edition TEXT NOT NULL REFERENCES editions (id),
            at TEXT NOT NULL,
            document TEXT NOT NULL
        )
        """,
        "CREATE INDEX drafts_by_edition ON drafts (edition, number)",
        "CREATE TRIGGER revisions_stand BEFORE UPDATE ON revisions "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
        "CREATE TRIGGER revisions_stay BEFORE DELETE ON revisions "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    ):
        database.execute(statement)


def keep_what_was_drafted(database: Database) -> None:
    """Keep the newest draft as it was before editors changed it, and the length of the log then, for undo."""
    database.execute("ALTER TABLE editions ADD COLUMN drafted TEXT NOT NULL DEFAULT ''")
    database.execute("ALTER TABLE editions ADD COLUMN drafted_lines INTEGER NOT NULL DEFAULT 0")


STEPS: tuple[Callable[[Database], None], ...] = (create_editions, keep_what_was_drafted)
