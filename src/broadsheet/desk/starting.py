"""Begin a project: the files that `broadsheet init` writes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from broadsheet.errors import ConfigError


def start_project(folder: Path) -> list[tuple[Path, bool]]:
    """Write the example files that are not there yet. Gives each path, and whether it was written.

    Raises ConfigError when the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return list(_copy("project", folder))
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written to: {error.strerror}", advice="Name another folder.") from None


def _copy(example: str, folder: Path) -> Iterator[tuple[Path, bool]]:
    with as_file(files("broadsheet.examples") / example) as origin:
        for file in sorted(path for path in origin.rglob("*") if path.is_file()):
            target = folder / file.relative_to(origin)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with target.open("xb") as handle:
                    handle.write(file.read_bytes())
                yield target, True
            except FileExistsError:
                yield target, False
