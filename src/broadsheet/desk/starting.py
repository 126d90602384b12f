"""Begin a project: the files that `broadsheet init` and `broadsheet demo` write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from importlib.resources import as_file, files
from pathlib import Path

from broadsheet.errors import ConfigError

_HOURS_AGO = re.compile(r"@-(\d+)h(:rfc)?@")


def start_project(folder: Path) -> list[tuple[Path, bool]]:
    """Write the example files that are not there yet. Gives each path, and whether it was written.

    Raises ConfigError when the folder cannot be made or written to.
    """
    return _copy("project", folder, lambda content: content)


def start_demo(folder: Path, now: datetime) -> list[tuple[Path, bool]]:
    """Write the demo newspaper, its stories dated in the hours before `now`. Raises ConfigError."""

    def dated(content: bytes) -> bytes:
        if not content.isascii() and content[:2] == b"\xff\xd8":
            return content  # a picture
        return _HOURS_AGO.sub(lambda found: _moment(found, now), content.decode()).encode()

    return _copy("demo", folder, dated)


def _moment(found: re.Match[str], now: datetime) -> str:
    moment = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0) - timedelta(hours=int(found[1]))
    return format_datetime(moment) if found[2] else moment.isoformat()


def _copy(example: str, folder: Path, change: Callable[[bytes], bytes]) -> list[tuple[Path, bool]]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return list(_copied(example, folder, change))
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written to: {error.strerror}", advice="Name another folder.") from None


def _copied(example: str, folder: Path, change: Callable[[bytes], bytes]) -> Iterator[tuple[Path, bool]]:
    with as_file(files("broadsheet.examples") / example) as origin:
        for file in sorted(path for path in origin.rglob("*") if path.is_file()):
            target = folder / file.relative_to(origin)
            if target.name == "gitignore":
                target = target.with_name(".gitignore")  # under its own name it would hide files of ours
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with target.open("xb") as handle:
                    handle.write(change(file.read_bytes()))
                yield target, True
            except FileExistsError:
                yield target, False
