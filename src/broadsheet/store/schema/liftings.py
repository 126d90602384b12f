"""The shape of liftings: which suppressions a person took back, and what readers themselves said beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def remember_liftings(database: Database) -> None:
    """Remember who lifted a suppression, when and why, for ever; and a complaint or request that followed a bounce."""
    for statement in (
        "CREATE TABLE liftings (number INTEGER PRIMARY KEY, hash BLOB NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,"
        " source TEXT NOT NULL, evidence TEXT NOT NULL, lifted_at TEXT NOT NULL, lifted_by TEXT NOT NULL,"
        " why TEXT NOT NULL) STRICT",
        "CREATE INDEX liftings_hash ON liftings (hash)",
        "CREATE TRIGGER liftings_are_never_rewritten BEFORE UPDATE ON liftings"
        " BEGIN SELECT RAISE(ABORT, 'a lifting is never rewritten'); END",
        "CREATE TRIGGER liftings_are_never_removed BEFORE DELETE ON liftings"
        " BEGIN SELECT RAISE(ABORT, 'a lifting is never removed'); END",
        "CREATE TABLE own_words (hash BLOB PRIMARY KEY, reason TEXT NOT NULL, at TEXT NOT NULL, source TEXT NOT NULL,"
        " evidence TEXT NOT NULL, import INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID",
    ):
        database.conn.execute(statement)


def keep_the_word_of_each_import(database: Database) -> None:
    """Keep what an import says of an address that is suppressed already, a line for each publication and reason.

    One publication's imports are undone newest first, so of those that say the same the oldest speaks for all.
    """
    for statement in (
        "CREATE TABLE import_words (hash BLOB NOT NULL, publication TEXT NOT NULL, reason TEXT NOT NULL,"
        " at TEXT NOT NULL, source TEXT NOT NULL, evidence TEXT NOT NULL, import INTEGER NOT NULL,"
        " PRIMARY KEY (hash, publication, reason)) STRICT, WITHOUT ROWID",
        "INSERT INTO import_words SELECT o.hash, i.publication, o.reason, o.at, o.source, o.evidence, o.import"
        " FROM own_words o JOIN imports i ON i.id = o.import",
        "DELETE FROM own_words WHERE import <> 0",
    ):
        database.conn.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (remember_liftings, keep_the_word_of_each_import)
