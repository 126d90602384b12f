"""Take in stories as their files are saved, while somebody edits: no command is typed, and the web is not asked."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from broadsheet.config import Config, Publication
from broadsheet.desk.editing import id_of, pick_edition
from broadsheet.desk.gathered import Refusal
from broadsheet.desk.gathering import gather
from broadsheet.desk.opening import Desk
from broadsheet.errors import EditionError

BY = "the folder watch"
_TRIES = 3

Look = dict[Path, tuple[int, int]]  # of every file, the time in nanoseconds at which it was written, and its size


class SourceFiles:
    """The files of a project's sources on this disk, as they were when their stories were taken in.

    What lies there at the beginning counts as taken in. `refused` holds what the newest take gave no story for.
    """

    def __init__(self, config: Config) -> None:
        self._taken: Look = _look(config)
        self._last = self._taken
        self.refused: dict[Path, tuple[Refusal, ...]] = {}
        self.takes = 0
        self.is_restless = False  # a file was being written at the last look
        self._owes_a_draft = False

    def changed(self, config: Config) -> tuple[Path, ...]:
        """List the files that are new or other than they were taken in, and were at rest since the last call.

        A file that is still being written would give half a story.
        """
        before, now = self._last, _look(config)
        self._last = now
        self._taken = {file: facts for file, facts in self._taken.items() if file in now}
        changed = [file for file, facts in now.items() if self._taken.get(file) != facts]
        found = tuple(file for file in changed if before.get(file) == now[file])
        self.is_restless = len(found) < len(changed)
        return found

    def take_in(self, desk: Desk, publication: Publication, day: date, files: Collection[Path]) -> None:
        """Gather files that changed, and draft the day's edition anew where it is a draft: editors' decisions stand.

        Raises StoreBusy and the like; the files are then taken in at the next try.
        """
        from broadsheet.gather.files import documents_in

        roots = {root for root in _roots(desk.config) if any(file.is_relative_to(root) for file in files)}
        documents = [one for root in roots for one in documents_in(root) if isinstance(one, Path) and one in files]
        report = gather(desk, [str(file) for file in documents], enrich=False) if documents else None
        self._owes_a_draft |= report is not None and any(source.new or source.changed for source in report.sources)
        if self._owes_a_draft:
            _draft_anew(desk, publication, day)
            self._owes_a_draft = False
        self._taken |= {file: self._last[file] for file in files if file in self._last}
        self.refused = {file: told for file, told in self.refused.items() if file in self._taken and file not in files}
        for source in report.sources if report else ():
            if told := tuple(refusal for refusal in source.refused if not refusal.is_notice):
                self.refused[Path(source.place)] = told
        self.takes += 1


def _draft_anew(desk: Desk, publication: Publication, day: date) -> None:
    """Draft again what was drafted, and again where somebody changed it meanwhile. Raises EditionError at last."""
    if desk.store.editions.get(id_of(publication, day)) is None:
        return
    for last in (False,) * (_TRIES - 1) + (True,):
        try:
            pick_edition(desk, publication, day, by=BY)
            return
        except EditionError:
            if last:
                raise


def _look(config: Config) -> Look:
    seen: Look = {}
    for root in _roots(config):
        for file in _files(root):
            try:
                facts = file.stat()
            except OSError:  # removed at this moment
                continue
            seen[file] = (facts.st_mtime_ns, facts.st_size)
    return seen


def _roots(config: Config) -> Iterator[Path]:
    return (config.folder / source.path for source in config.sources.values() if source.path)


def _files(root: Path) -> Iterator[Path]:
    if not root.is_dir():
        yield root
        return
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in names if not name.startswith("."))
