"""The only room that speaks SQL: rows to nouns and back.

`Store` is one open database. Each noun has a shelf of its own, reached as an attribute and loaded when first used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from broadsheet.store.connection import connect, transaction, translated

if TYPE_CHECKING:
    from broadsheet.store.chores import Chores
    from broadsheet.store.deliveries import Deliveries
    from broadsheet.store.editions import Editions
    from broadsheet.store.imports import Imports
    from broadsheet.store.labels import Labels
    from broadsheet.store.paces import Paces
    from broadsheet.store.places import Places
    from broadsheet.store.pulls import Pulls
    from broadsheet.store.pushes import Pushes
    from broadsheet.store.refusals import Refusals
    from broadsheet.store.runs import Problems, Runs
    from broadsheet.store.seeds import Seeds
    from broadsheet.store.stories import Stories
    from broadsheet.store.subscribers import Subscribers
    from broadsheet.store.suppressions import Suppressions


class Store:
    """One open database and its shelves. Use it as a context manager; one thread, one Store."""

    def __init__(
        self, path: Path, *, patience: float | None = None, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.path = path
        self.connection: sqlite3.Connection = connect(path, patience=patience, progress=progress)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @cached_property
    def stories(self) -> Stories:
        """Reach the stories."""
        from broadsheet.store.stories import Stories

        return Stories(self.connection)

    @cached_property
    def labels(self) -> Labels:
        """Reach what people called stories, and what was learned from it."""
        from broadsheet.store.labels import Labels

        return Labels(self.connection)

    @cached_property
    def places(self) -> Places:
        """Reach what is known of the addresses and paths that stories came from."""
        from broadsheet.store.places import Places

        return Places(self.connection)

    @cached_property
    def editions(self) -> Editions:
        """The digests, what they carried, and the log of what editors did."""
        from broadsheet.store.editions import Editions

        return Editions(self)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything a block writes, or nothing. Raises StoreBusy and the like in our own words."""
        with translated(self.path), transaction(self.connection):
            yield

    def pulse(self) -> int:
        """Give a number that differs from the last one once another connection has written something."""
        with translated(self.path):
            return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def holding(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock of that name while the block runs; gives False where another process, or thread, holds it."""
        from broadsheet.store.locking import holding

        return holding(self.path, name)

    @cached_property
    def pushes(self) -> Pushes:
        """Reach what is known of drafts at platforms."""
        from broadsheet.store.pushes import Pushes

        return Pushes(self.connection)

    @cached_property
    def pulls(self) -> Pulls:
        """Reach the readings of platforms that were broken off."""
        from broadsheet.store.pulls import Pulls

        return Pulls(self.connection)

    @cached_property
    def runs(self) -> Runs:
        """Reach the run reports."""
        from broadsheet.store.runs import Runs

        return Runs(self.connection)

    @cached_property
    def problems(self) -> Problems:
        """Reach the problems that people are told about."""
        from broadsheet.store.runs import Problems

        return Problems(self.connection)

    @cached_property
    def chores(self) -> Chores:
        """Reach the chores that are done once a day."""
        from broadsheet.store.chores import Chores

        return Chores(self.connection)

    @contextmanager
    def repeatable_work(self) -> Iterator[None]:
        """Let a block's commits reach the disk a little later: a kill loses none, a power cut perhaps the last.

        For what can be done again from its source, and outside of transactions only.
        """
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("PRAGMA wal_autocheckpoint = 10000")
        try:
            yield
        finally:
            self.connection.execute("PRAGMA wal_autocheckpoint = 1000")
            self.connection.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Say what SQLite says in our own words, for work that takes no transaction."""
        with translated(self.path):
            yield

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """Overwrite what a block deletes, in the file and in its log, so that nothing of it can be read back."""
        with translated(self.path):
            self.connection.execute("PRAGMA secure_delete = ON")
            try:
                yield
            finally:
                self.connection.execute("PRAGMA secure_delete = OFF")
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """Give the project's secrets, oldest first; made at first use."""
        from broadsheet.store.secret import read_secrets

        return read_secrets(self.path.parent)

    @cached_property
    def suppressions(self) -> Suppressions:
        """Reach the shelf of suppressions."""
        from broadsheet.store.suppressions import Suppressions

        return Suppressions(self.connection, self.secrets)

    @cached_property
    def subscribers(self) -> Subscribers:
        """Reach the shelf of subscribers."""
        from broadsheet.store.subscribers import Subscribers

        return Subscribers(self.connection, self.suppressions)

    @cached_property
    def imports(self) -> Imports:
        """Reach the shelf of imports."""
        from broadsheet.store.imports import Imports

        return Imports(self.connection, self.suppressions)

    @cached_property
    def paces(self) -> Paces:
        """Reach what was attempted lately, and what slowed us down."""
        from broadsheet.store.paces import Paces

        return Paces(self.connection)

    @cached_property
    def refusals(self) -> Refusals:
        """Reach the deliveries that were refused as no mailbox."""
        from broadsheet.store.refusals import Refusals

        return Refusals(self.connection)

    @cached_property
    def seeds(self) -> Seeds:
        """Reach which editions the newsroom's own addresses have."""
        from broadsheet.store.seeds import Seeds

        return Seeds(self.connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        """Reach the ledger."""
        from broadsheet.store.deliveries import Deliveries

        return Deliveries(self)


__all__ = ["Store"]
