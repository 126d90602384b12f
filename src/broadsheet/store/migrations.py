"""Bring a database to the shape this version knows. Each step and the note that it ran are committed together."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from broadsheet.errors import StoreError, StoreTooNew
from broadsheet.store.schema import STEPS

VERSION = len(STEPS)


def version_of(connection: sqlite3.Connection) -> int:
    """Read how many steps a database has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def missing_steps(path: Path) -> tuple[str, ...] | None:
    """Name the steps that a database has still to see, changing nothing; None where there is no database.

    Raises StoreTooNew when a later version wrote it.
    """
    if not path.exists():
        return None
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        version = version_of(connection)
        if version > VERSION:
            raise StoreTooNew(f"{path} was written by a later version of broadsheet", advice="Install that version.")
        if version == 0:
            return tuple(step.__name__ for step in STEPS)
        seen = {row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations")}
    return tuple(step.__name__ for step in STEPS if step.__name__ not in seen)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Run the steps that are missing. Raises StoreTooNew when a later version wrote the file."""
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    steps = Migrations("broadsheet")
    for step in STEPS:
        steps(name=step.__name__)(step)
    database = sqlite_utils.Database(connection)
    known = {step.__name__ for step in STEPS}
    connection.execute("PRAGMA foreign_keys = OFF")  # a step may make a table anew without losing what hangs on it
    connection.execute("BEGIN IMMEDIATE")  # two first starts at once: the second waits and finds nothing to do
    try:
        unknown = [step.name for step in steps.applied(database) if step.name not in known]
        if unknown:
            raise StoreTooNew(
                f"{path} was written by a later version of broadsheet (it knows the step {unknown[0]!r})",
                advice="Install that version, or restore a backup made with this one.",
            )
        steps.apply(database)
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise StoreError(f"{path} could not be brought up to date: a row of {broken[0]} lost what it belongs to")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
