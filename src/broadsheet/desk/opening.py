"""Open a project: the one place where the real program is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.config import Config, load_config
from broadsheet.store import Store

DATABASE_NAME = "broadsheet.db"


def system_clock() -> datetime:
    """Read the clock. Only the desk does; everything below it is told the time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """An open project: its configuration, its database and its clock. Use cases take it as their first argument."""

    config: Config
    store: Store
    clock: Callable[[], datetime] = system_clock

    @property
    def folder(self) -> Path:
        """Give the project's folder."""
        return self.config.folder

    def now(self) -> datetime:
        """Tell the time, aware and in UTC."""
        return self.clock()


@contextmanager
def open_desk(folder: Path, *, clock: Callable[[], datetime] = system_clock) -> Iterator[Desk]:
    """Open the project in a folder. Raises ConfigError or StoreError."""
    config = load_config(folder)
    with Store(folder / DATABASE_NAME) as store:
        yield Desk(config=config, store=store, clock=clock)
