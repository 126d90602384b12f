"""The shape of stories, of what they can be found by, and of the sources they came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def create_stories(database: Database) -> None:
    """Lists (body, authors, categories) and the image are JSON; times are ISO 8601 in UTC, so they sort as text."""
    database.executescript(
        """
        CREATE TABLE stories (
            id TEXT PRIMARY KEY,
            source TEXT NOT NULL,
            guid TEXT NOT NULL,              -- the source's own name for it
            title TEXT NOT NULL,
            url TEXT,
            dek TEXT NOT NULL,
            body TEXT NOT NULL,
            authors TEXT NOT NULL,
            publisher TEXT NOT NULL,
            categories TEXT NOT NULL,
            section TEXT NOT NULL,
            language TEXT NOT NULL,
            image TEXT,
            published_at TEXT NOT NULL,      -- first_seen_at where the source gave no date
            first_seen_at TEXT NOT NULL,
            changed_at TEXT,                 -- when the source last changed it; NULL while it is as first seen
            dated INTEGER NOT NULL,
            position INTEGER NOT NULL,
            embargo_at TEXT,
            expires_at TEXT,
            is_backlog INTEGER NOT NULL DEFAULT 0   -- was there before its source joined: no news
        );
        CREATE INDEX stories_by_first_seen ON stories (first_seen_at);
        CREATE INDEX stories_by_source ON stories (source, first_seen_at);

        -- All that a story was ever known by: numbers made from id, address, headline and text. Old ones stay, so that
        -- a story which changes one of them and changes it back is found again.
        CREATE TABLE story_keys (
            key INTEGER NOT NULL,
            story TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
            PRIMARY KEY (key, story)
        ) WITHOUT ROWID;
        CREATE INDEX story_keys_by_story ON story_keys (story);

        -- What a story said before its source changed it.
        CREATE TABLE story_versions (
            story TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
            replaced_at TEXT NOT NULL,
            before TEXT NOT NULL             -- JSON: the fields that changed, as they were
        );
        CREATE INDEX story_versions_by_story ON story_versions (story);
        """
    )


def create_places(database: Database) -> None:
    """One row for each address or path that was read: what to ask with next time, and how it has been doing."""
    database.executescript(
        """
        CREATE TABLE places (
            place TEXT PRIMARY KEY,          -- the address, or the path
            source TEXT NOT NULL,
            joined_at TEXT,                  -- first time read with success
            wishes TEXT NOT NULL DEFAULT '', -- what the configuration made of it then; asked afresh when that changes
            etag TEXT NOT NULL DEFAULT '',
            last_modified TEXT NOT NULL DEFAULT '',
            moved_to TEXT NOT NULL DEFAULT '',   -- after a permanent redirect
            not_before_at TEXT,              -- asked by Cache-Control, Retry-After or our own patience
            is_gone INTEGER NOT NULL DEFAULT 0,  -- 410
            last_good_at TEXT,
            last_tried_at TEXT,
            failures INTEGER NOT NULL DEFAULT 0, -- in a row
            error TEXT NOT NULL DEFAULT '',
            counts TEXT NOT NULL DEFAULT '[]',   -- JSON: items in the last good readings, newest last
            told_on TEXT NOT NULL DEFAULT ''     -- the day on which trouble was last told
        );
        CREATE INDEX places_by_source ON places (source);

        -- What was read of each file and feed, so that the same bytes are not read twice.
        CREATE TABLE documents (
            place TEXT PRIMARY KEY,
            digest BLOB NOT NULL,            -- of the bytes and of what was to be made of them
            stories INTEGER NOT NULL         -- how many it held
        ) WITHOUT ROWID;
        """
    )


def add_seconds_to_places(database: Database) -> None:
    """Remember how long each address takes: the slow ones are asked first."""
    database.conn.execute("ALTER TABLE places ADD COLUMN seconds REAL NOT NULL DEFAULT 0")


STEPS: tuple[Callable[[Database], None], ...] = (create_stories, create_places, add_seconds_to_places)
