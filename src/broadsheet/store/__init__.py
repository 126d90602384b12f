"""The only room that speaks SQL: rows to nouns and back.

`Store` is one open database. Each noun has a shelf of its own, reached as an attribute and loaded when first used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from broadsheet.store.connection import connect, transaction, translated

if TYPE_CHECKING:
    from broadsheet.store.runs import Problems, Runs


class Store:
    """One open database and its shelves. Use it as a context manager; one thread, one Store."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection: sqlite3.Connection = connect(path)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything a block writes, or nothing. Raises StoreBusy and the like in our own words."""
        with translated(self.path), transaction(self.connection):
            yield

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


__all__ = ["Store"]
