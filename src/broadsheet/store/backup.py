"""Copy a live database, and prove that the copy is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from broadsheet.errors import StoreCorrupt, StoreError

PAGES_A_STEP = 4096  # 16 MB: other processes get their turn in between


def back_up(connection: sqlite3.Connection, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Write a consistent copy while others read and write. It appears under its name only when it was verified.

    Source: SQLite's online backup API. Raises StoreError when the target exists or cannot be written.
    """
    refuse_target(target, size_of(connection))
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        copy = sqlite3.connect(partial)
        try:
            connection.backup(copy, pages=PAGES_A_STEP, progress=_counted(progress))
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
            verify(copy, partial)
        finally:
            copy.close()
        with partial.open("rb") as handle:
            os.fsync(handle.fileno())
        os.chmod(partial, 0o600)  # it holds addresses
        os.replace(partial, target)
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreError(
            f"{target} cannot be written: {error}", advice="Check the folder and the room on it."
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def size_of(connection: sqlite3.Connection) -> int:
    """Give how large a database is, in bytes."""
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages) * int(size)


def refuse_target(target: Path, size: int) -> int:
    """Refuse a place that is taken or too small for so many bytes; gives how many are free. Raises StoreError."""
    if target.exists():
        raise StoreError(f"{target} exists already", advice="Name another file; a backup is never overwritten.")
    folder = next(parent for parent in target.resolve().parents if parent.exists())
    free = shutil.disk_usage(folder).free
    if free < size:
        raise StoreError(
            f"{target} needs {size / 1024 / 1024:.1f} MB, and {free / 1024 / 1024:.1f} MB are free",
            advice="Make room, or name a file on another disk.",
        )
    return free


def verify(connection: sqlite3.Connection, path: Path) -> None:
    """Check every page and index of a database. Raises StoreCorrupt."""
    try:
        lines = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        lines = [str(error)]
    if lines != ["ok"]:
        raise StoreCorrupt(f"{path} is damaged: {'; '.join(lines)}", advice="Restore the newest backup that is whole.")


def _counted(progress: Callable[[int, int], None] | None) -> Callable[[int, int, int], object] | None:
    if progress is None:
        return None
    return lambda _status, remaining, total: progress(total - remaining, total)
