"""Files and folders: which documents a path stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from broadsheet.errors import SourceError
from broadsheet.gather.reading import BY_SUFFIX

_NOT_STORIES = re.compile(
    r"(?:readme|license|licence|copying|changelog|contributing|authors|notice)(?:\.\w+)?$", re.IGNORECASE
)


def documents_in(path: Path, *, source: str = "") -> Iterator[Path | SourceError]:
    """List the documents of a file or folder, in order; with the files of a folder that are none, and why.

    Raises SourceError for a path that does not exist or cannot be read.
    """
    if not path.exists():
        raise SourceError("no such file or folder", source=source, place=str(path), advice="Check the path's spelling.")
    if not path.is_dir():
        yield path
        return
    try:
        files = sorted(file for file in path.rglob("*") if file.is_file())
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", source=source, place=str(path)) from None
    for file in files:
        if any(part.startswith(".") for part in file.relative_to(path).parts):
            continue
        if _NOT_STORIES.match(file.name):
            yield SourceError("left out: by its name it is about the folder, no story", place=str(file))
        elif file.suffix.lower() not in BY_SUFFIX:
            yield SourceError(
                f"left out: files that end in {file.suffix or 'nothing'} hold no stories", place=str(file)
            )
        else:
            yield file
