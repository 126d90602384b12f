"""Open the project's database: WAL, full durability, errors in our own words.

Light commands read through the standard library's sqlite3 alone; sqlite-utils is loaded when the shape must change or
rows come in bulk, because importing it costs more than most commands take.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from broadsheet.errors import StoreBusy, StoreCorrupt, StoreError, StoreTooNew
from broadsheet.store.migrations import VERSION, migrate, version_of

BUSY_SECONDS = 10.0


def connect(
    path: Path, *, patience: float | None = None, progress: Callable[[int, int], None] | None = None
) -> sqlite3.Connection:
    """Open a database, made or brought up to date as needed. Autocommit is on: write inside `transaction`.

    `progress` hears how much of it is copied, where a copy is kept first.

    Raises StoreError (busy, too new, corrupt, or not writable).
    """
    with translated(path):
        if not path.exists():
            with suppress(OSError):  # SQLite says it better
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # it will hold addresses
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS if patience is None else patience, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            version = version_of(connection)
            if version > VERSION:
                raise StoreTooNew(
                    f"{path} was written by a later version of broadsheet",
                    advice="Install that version, or restore a backup made with this one.",
                )
            if version < VERSION:
                if version:
                    keep_copy(connection, path, progress)
                migrate(connection, str(path))
        except BaseException:
            connection.close()
            raise
        return connection


def keep_copy(connection: sqlite3.Connection, path: Path, progress: Callable[[int, int], None] | None) -> Path:
    """Keep a database as it is before its shape changes: an older program can go on with the copy."""
    from broadsheet.store.backup import back_up

    names = (f"{path.stem}-before-{VERSION}{mark}{path.suffix}" for mark in ("", *(f"-{n}" for n in range(2, 100))))
    place = next(one for name in names if not (one := path.parent / "backups" / name).exists())
    back_up(connection, place, progress)
    return place


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock for a block: everything in it is kept, or nothing. A block inside a block joins the outer."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Also after a commit that failed: else the next block would join this one and never be kept.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, with the next thing to type."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreBusy(
                f"{path} is locked by another process", advice="Try again when the other command has finished."
            ) from error
        if code == sqlite3.SQLITE_FULL:
            raise StoreError(
                f"{path}: the disk is full; nothing was changed",
                advice="Make room, also where temporary files go, and try again.",
            ) from error
        if code == sqlite3.SQLITE_IOERR:
            raise StoreError(
                f"{path}: the disk does not take what is written ({error}); nothing was changed",
                advice="Look for a full disk, a quota or a failing one, also where temporary files go, and try again.",
            ) from error
        if code == sqlite3.SQLITE_CORRUPT:
            raise _corrupt(path, error) from error
        raise StoreError(f"{path}: {error}", advice="Check that the folder exists and can be written to.") from error
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _corrupt(path, error) from error
        raise  # a broken constraint is a bug of ours


def _corrupt(path: Path, error: Exception) -> StoreCorrupt:
    return StoreCorrupt(f"{path} is damaged or no database ({error})", advice="Restore the newest backup.")
