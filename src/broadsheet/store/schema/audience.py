"""The shape of the audience: who, what they agreed to and when, and who must never be written to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

# Numbers of subscribers and subscriptions are never used twice: signed links name them, and links live for ever.
# A suppression knows its address only by a keyed hash, so that it can outlive the person's data.
_SHAPE = """
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL DEFAULT '',
    attributes TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    publication TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'imported', 'unsubscribed')),
    at TEXT NOT NULL,
    joined_at TEXT NOT NULL,
    sections TEXT NOT NULL DEFAULT '',
    cadence TEXT NOT NULL DEFAULT 'daily' CHECK (cadence IN ('daily', 'weekly')),
    paused_until TEXT NOT NULL DEFAULT '',
    UNIQUE (subscriber, publication)
) STRICT;

CREATE TABLE consent_history (
    subscription INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    state TEXT NOT NULL,
    basis TEXT NOT NULL,
    at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    source TEXT NOT NULL DEFAULT '',
    wording TEXT NOT NULL DEFAULT '',
    evidence TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (subscription, step)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER consent_history_is_append_only BEFORE UPDATE ON consent_history
BEGIN SELECT RAISE(ABORT, 'the history of consent is never rewritten'); END;

CREATE TABLE suppressions (
    hash BLOB PRIMARY KEY,
    reason TEXT NOT NULL CHECK (reason IN ('bounce', 'complaint', 'request', 'manual')),
    at TEXT NOT NULL,
    source TEXT NOT NULL DEFAULT '',
    evidence TEXT NOT NULL DEFAULT '',
    import INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE suppression_key (fingerprint BLOB NOT NULL) STRICT;

CREATE TABLE soft_bounces (
    subscriber INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (subscriber, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    publication TEXT NOT NULL,
    file TEXT NOT NULL,
    at TEXT NOT NULL,
    counts TEXT NOT NULL,
    first_subscriber INTEGER NOT NULL,
    last_subscriber INTEGER NOT NULL,
    first_subscription INTEGER NOT NULL,
    last_subscription INTEGER NOT NULL,
    undone_at TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE import_changes (
    import INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    subscriber INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    before TEXT NOT NULL,
    PRIMARY KEY (import, subscriber)
) STRICT, WITHOUT ROWID;
"""


def make_the_audience(database: Database) -> None:
    """Make the tables of subscribers, consent, suppressions and imports."""
    for statement in _SHAPE.replace("BEGIN SELECT", "BEGIN\x00SELECT").split(";\n\n"):
        database.execute(statement.replace("\x00", " "))


# An index of its own, unlike a constraint's, can be made after a large import: by one sort.
MAILBOXES_ARE_UNIQUE = "CREATE UNIQUE INDEX subscribers_key ON subscribers (key)"

# A list of four in a CHECK is looked up in a tree that is built anew for every row; four comparisons are not.
_ANEW = {
    "subscribers": """(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL DEFAULT '',
    attributes TEXT NOT NULL DEFAULT '{}'
) STRICT""",
    "subscriptions": """(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    publication TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state = 'imported' OR state = 'confirmed' OR state = 'unsubscribed' OR state = 'pending'),
    at TEXT NOT NULL,
    joined_at TEXT NOT NULL,
    sections TEXT NOT NULL DEFAULT '',
    cadence TEXT NOT NULL DEFAULT 'daily' CHECK (cadence = 'daily' OR cadence = 'weekly'),
    paused_until TEXT NOT NULL DEFAULT '',
    UNIQUE (subscriber, publication)
) STRICT""",
}


def quicken_imports(database: Database) -> None:
    """Make people and subscriptions anew, the same rows under the same numbers: cheaper to fill by the million."""
    execute = database.conn.execute
    for table, shape in _ANEW.items():
        last = execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        execute(f"CREATE TABLE new_{table} {shape}")
        execute(f"INSERT INTO new_{table} SELECT * FROM {table}")
        execute(f"DROP TABLE {table}")
        execute(f"ALTER TABLE new_{table} RENAME TO {table}")
        if last is not None:  # numbers are never used twice, not even those of the erased
            execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last[0]))
    execute(MAILBOXES_ARE_UNIQUE)


STEPS: tuple[Callable[[Database], None], ...] = (make_the_audience, quicken_imports)
