"""Who of a shared preview was locked out, or may only look: kept in the project's folder, and read at every request."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Literal

from broadsheet.errors import ConfigError

FILE_NAME = "preview-people.txt"
Standing = Literal["", "locked", "viewer"]
_TOLD = ("locked", "viewer")


class Standings:
    """What was decided about single persons while a preview is shared; a file of lines such as "locked ada".

    A change holds from the next request on, in every process that shares the project. Names are those of the
    accounts, whatever their case.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._known: dict[str, Standing] = {}

    def of(self, name: str) -> Standing:
        """Tell how a person stands: '' for one about whom nothing was decided. Raises ConfigError for a bad line."""
        return self._read().get(name.casefold(), "")

    def put(self, name: str, standing: Standing) -> None:
        """Decide about a person; '' lets them back in as their account says. Raises ConfigError and OSError."""
        name = " ".join(name.split()).casefold()
        if not name:
            raise ConfigError("expected a name", advice="Name one of those who may log in.")
        known = dict(self._read())
        known.pop(name, None)
        if standing:
            known[name] = standing
        draft = self._file.with_suffix(".new")
        draft.write_text("".join(f"{how} {who}\n" for who, how in sorted(known.items())), encoding="utf-8")
        os.replace(draft, self._file)

    def _read(self) -> dict[str, Standing]:
        with self._lock:
            try:
                facts = self._file.stat()
            except FileNotFoundError:
                self._seen, self._known = None, {}
                return self._known
            if (seen := (facts.st_mtime_ns, facts.st_size)) != self._seen:
                self._known = _standings(self._file.read_text(encoding="utf-8"))
                self._seen = seen
            return self._known


def _standings(text: str) -> dict[str, Standing]:
    known: dict[str, Standing] = {}
    for number, line in enumerate(text.splitlines(), 1):
        how, _, who = line.strip().partition(" ")
        if not how or how.startswith("#"):
            continue
        if how == "locked" and who.strip():
            known[who.strip().casefold()] = "locked"
        elif how == "viewer" and who.strip():
            known[who.strip().casefold()] = "viewer"
        else:
            raise ConfigError(
                f"expected `locked NAME` or `viewer NAME`, not {line.strip()!r}", file=FILE_NAME, line=number
            )
    return known
