"""Open a project: the one place where the real program is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.errors import ConfigError
from broadsheet.store import Store

if TYPE_CHECKING:
    from broadsheet.config import Config

CONFIG_NAME = "broadsheet.toml"
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
    from broadsheet.config import load_config

    config = load_config(folder)
    with Store(folder / DATABASE_NAME) as store:
        yield Desk(config=config, store=store, clock=clock)


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """Open a project's database alone, for a command that has no question to the configuration.

    Reading and checking the configuration takes longer than such a command. Raises ConfigError where no project is.
    """
    if not (folder / CONFIG_NAME).is_file():
        raise ConfigError(
            f"no {CONFIG_NAME} in {folder}",
            advice="Type `broadsheet init` to write one, or name the project with -C DIR.",
        )
    with Store(folder / DATABASE_NAME) as store:
        yield store
