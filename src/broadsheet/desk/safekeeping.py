"""Take care of the database: put a backup in its place, bring it up to date, remove what has served its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.desk.opening import CONFIG_NAME, DATABASE_NAME, Desk, system_clock
from broadsheet.errors import ConfigError

if TYPE_CHECKING:
    from datetime import datetime

    from broadsheet.store.restoring import Restored


@dataclass(frozen=True)
class Upgrade:
    """The steps that a database had still to see, and where a copy of it as it was lies (None: nothing was done)."""

    steps: tuple[str, ...]
    copy: Path | None = None


@dataclass(frozen=True)
class Backup:
    """A copy that was, or would be, made: where, how large, and how much room is there (bytes)."""

    path: Path
    size: int
    free: int


def make_backup(
    folder: Path,
    target: Path | None = None,
    *,
    dry_run: bool = False,
    clock: Callable[[], datetime] = system_clock,
    progress: Callable[[int, int], None] | None = None,
) -> Backup:
    """Copy a project's database while it is in use; to `backups/` where no target is named.

    A dry run proves that the database is whole, that there is room, and that nothing would be overwritten.
    Raises StoreError and StoreCorrupt.
    """
    from broadsheet.desk.opening import open_store
    from broadsheet.store.backup import back_up, refuse_target, size_of, verify

    with open_store(folder) as store:
        place = target or folder / "backups" / f"broadsheet-{clock():%Y%m%dT%H%M%SZ}.db"
        size, free = size_of(store.connection), refuse_target(place, size_of(store.connection))
        if dry_run:
            verify(store.connection, store.path)
        else:
            back_up(store.connection, place, progress)
    return Backup(place, size if dry_run else place.stat().st_size, free)


def restore_backup(
    folder: Path,
    backup: Path,
    *,
    dry_run: bool = False,
    clock: Callable[[], datetime] = system_clock,
    progress: Callable[[int, int], None] | None = None,
) -> Restored:
    """Put a backup in the place of a project's database; sending is held until a person adopts it.

    Raises ConfigError where no project is, and what `restore` raises.
    """
    from broadsheet.store.restoring import restore
    from broadsheet.store.secret import read_secrets

    _project(folder)
    return restore(
        backup,
        folder / DATABASE_NAME,
        now=clock(),
        secrets=read_secrets(folder),
        dry_run=dry_run,
        progress=progress,
    )


def upgrade(folder: Path, *, dry_run: bool = False, progress: Callable[[int, int], None] | None = None) -> Upgrade:
    """Bring a project's database to the shape of this version, with a copy kept. Raises ConfigError and StoreError."""
    from broadsheet.store import Store
    from broadsheet.store.migrations import missing_steps

    _project(folder)
    database = folder / DATABASE_NAME
    missing = missing_steps(database)
    if not missing or dry_run:
        return Upgrade(missing or ())
    before = set(_copies(folder))
    Store(database, progress=progress).close()
    return Upgrade(missing, next(iter(sorted(set(_copies(folder)) - before)), None))


def prune(desk: Desk, *, dry_run: bool = False, progress: Callable[[str, int], None] | None = None) -> dict[str, int]:
    """Remove what is older than `[retention]` says. Gives how many of each kind."""
    from broadsheet.store.pruning import Limits
    from broadsheet.store.pruning import prune as prune_rows

    keep, now = desk.config.retention, desk.now()
    limits = Limits(
        reports=now - timedelta(days=keep.reports),
        drafts=now - timedelta(days=keep.drafts),
        texts=now - timedelta(days=keep.texts),
        deliveries=now - timedelta(days=keep.deliveries),
    )
    return prune_rows(desk.store, limits, dry_run=dry_run, progress=progress)


def _project(folder: Path) -> None:
    if not (folder / CONFIG_NAME).is_file():
        raise ConfigError(
            f"no {CONFIG_NAME} in {folder}",
            advice="Type `broadsheet init` to write one, or name the project with -C DIR.",
        )


def _copies(folder: Path) -> list[Path]:
    return sorted((folder / "backups").glob("*.db"))
