"""Locks by name beside the database: the system lets go of one when the process that holds it ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broadsheet.errors import StoreError


@contextmanager
def holding(database: Path, name: str) -> Iterator[bool]:
    """Hold a lock while the block runs. Gives False where somebody else holds it: nobody waits.

    Raises StoreError where the disk keeps no locks; SQLite's own would not be true there either.
    """
    file = database.with_name(f"{database.name}.{name}.lock")
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _is_taken(handle)
        finally:
            os.close(handle)  # and with it the lock; the file stays, as removing it would let two hold one
    except OSError as error:
        raise StoreError(
            f"{file} cannot be locked: {error.strerror}", advice="Keep the project on a disk of this machine."
        ) from None


if sys.platform == "win32":
    import msvcrt

    def _is_taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _is_taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
