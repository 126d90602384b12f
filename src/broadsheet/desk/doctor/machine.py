"""The machine and the project's files: database, disk, clock, secrets."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadsheet.desk.doctor.diagnosis import Diagnosis, Health
from broadsheet.desk.opening import Desk
from broadsheet.errors import StoreError

LITTLE_ROOM = 500 * 1024 * 1024
EARLIEST_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # no clock of a machine that runs this version can be behind it


def examine_database(desk: Desk) -> Iterator[Diagnosis]:
    """Check every page of the database, and that it is the one that sends: no copy, and not restored."""
    from broadsheet.store.backup import verify
    from broadsheet.store.migrations import VERSION

    try:
        verify(desk.store.connection, desk.store.path)
    except StoreError as error:
        yield Diagnosis("database", Health.BAD, error.message, error.advice)
    else:
        yield Diagnosis("database", Health.GOOD, f"{desk.store.path.name} is whole, in shape {VERSION}")
    if why := desk.store.deliveries.held_because():
        yield Diagnosis(
            "database",
            Health.BAD,
            f"sending is held: {why}",
            "See who waits (`broadsheet deliveries --missing`); if this one is to send: broadsheet settle --adopt",
        )


def examine_disk(folder: Path) -> Iterator[Diagnosis]:
    """Check that there is room, and that the folder can be written to."""
    free = shutil.disk_usage(folder).free
    if free < LITTLE_ROOM:
        yield Diagnosis(
            "disk",
            Health.BAD if free < LITTLE_ROOM / 10 else Health.WARN,
            f"only {free // (1024 * 1024)} MB are free",
            "Make room: `broadsheet prune`, or a larger disk.",
        )
    else:
        yield Diagnosis("disk", Health.GOOD, f"{free / 1024**3:.0f} GB are free")
    if not os.access(folder, os.W_OK):
        yield Diagnosis(
            "disk", Health.BAD, f"{folder} cannot be written to", "Give this user the right to write there."
        )


def examine_clock(desk: Desk) -> Iterator[Diagnosis]:
    """Check that the clock was not set back, and say what the publications take for today."""
    now = desk.now()
    newest = desk.store.runs.newest(limit=1)
    if now < EARLIEST_TIME:
        yield Diagnosis(
            "clock", Health.BAD, f"the clock says {now:%Y-%m-%d}, which is long past", "Set the machine's clock (NTP)."
        )
    elif newest and newest[0].started_at > now + timedelta(minutes=5):
        yield Diagnosis(
            "clock",
            Health.BAD,
            f"the last run began at {newest[0].started_at:%Y-%m-%d %H:%M} UTC, which by this clock lies ahead",
            "Set the machine's clock (NTP).",
        )
    else:
        yield Diagnosis("clock", Health.GOOD, f"it is {now:%Y-%m-%d %H:%M} UTC")
    for publication in desk.config.publications.values():
        yield Diagnosis(
            "clock",
            Health.GOOD,
            f"for {publication.name} it is {now.astimezone(publication.zone):%Y-%m-%d %H:%M} ({publication.timezone})",
        )


def examine_secrets(desk: Desk) -> Iterator[Diagnosis]:
    """Check that files with secrets can be read by their owner alone."""
    files = [desk.folder / "secret.key", desk.store.path]
    relays = desk.config.smtp.relays if desk.config.smtp else ()
    named = [table.password_file for table in (*relays, desk.config.bounces) if table]
    named += [account.key_file for account in desk.config.platforms.values()]
    named += [key.key_file for key in desk.config.smtp.dkim] if desk.config.smtp else []
    files += [desk.folder / file for file in named if file]
    for file in files:
        try:
            mode = stat.S_IMODE(file.stat().st_mode)
        except FileNotFoundError:
            continue
        if mode & 0o077 and file != desk.store.path:
            yield Diagnosis("secrets", Health.BAD, f"{file} can be read by others", f"Type: chmod 600 {file}")
        elif mode & 0o007:
            yield Diagnosis(
                "secrets",
                Health.WARN,
                f"{file} holds readers' addresses, and can be read by everybody",
                f"Type: chmod 640 {file}",
            )
    for variable in dict.fromkeys(relay.password_env for relay in relays):
        if variable and variable not in os.environ:
            yield Diagnosis(
                "secrets", Health.BAD, f"the variable {variable} is not set", "Set it where the run is started."
            )
