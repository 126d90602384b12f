"""The log: a JSON object a line, a file a day, with run, edition and stage. People read it by `broadsheet log`.

A line is one write to a file opened for appending, so runs that overlap do not mix their lines, and a new day's file
makes every rotation unnecessary. At the normal level no address of a person is written.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet.desk.daily import RunReport, Stage
from broadsheet.desk.opening import Desk

_ADDRESS = re.compile(r"[^\s<>\"'(),:;]+@(?=[^\s<>\"'(),:;]+)")
_FILE = re.compile(r"broadsheet-(\d{4}-\d\d-\d\d)\.jsonl")


class Logbook:
    """Where the runs of a project are written down."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def stage(self, edition: str, stage: Stage) -> None:
        """Write down a stage that ended, and each of its problems."""
        self.note(
            "stage", stage.summary, edition=edition, stage=stage.name, seconds=round(stage.seconds, 3),
            exit_code=stage.exit_code,
        )  # fmt: skip
        for problem in stage.problems:
            self.note("problem", problem, edition=edition, stage=stage.name)

    def run(self, report: RunReport) -> None:
        """Write down that a run ended."""
        seconds = (report.ended_at - report.started_at).total_seconds() if report.ended_at else None
        self.note(
            "run", f"exit code {report.exit_code}", edition=report.edition, exit_code=report.exit_code, seconds=seconds
        )

    def note(self, event: str, message: str, **facts: object) -> None:
        """Write a line. A log that cannot be written stops nothing."""
        log = self._desk.config.log
        if not log.folder:
            return
        now = self._desk.now().astimezone(UTC)
        line = {"at": now.isoformat(timespec="milliseconds"), "run": os.getpid(), "event": event, **facts}
        text = json.dumps({**line, "message": message}, ensure_ascii=False, default=str)
        if log.level != "debug":
            text = _ADDRESS.sub("…@", text)
        folder = self._desk.folder / log.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder / f"broadsheet-{now:%Y-%m-%d}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            try:
                os.write(handle, text.encode() + b"\n")
            finally:
                os.close(handle)
        except OSError:
            return


def read_log(desk: Desk, *, days: int = 1, edition: str | None = None) -> Iterator[dict[str, Any]]:
    """Read the lines of the last days, oldest first: of one edition, or all. A line that is no JSON is passed over."""
    first = desk.now().astimezone(UTC).date() - timedelta(days=days - 1)
    for _day, file in _files(desk, first):
        with file.open(encoding="utf-8", errors="replace") as lines:
            for text in lines:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if isinstance(line, dict) and (edition is None or line.get("edition") == edition):
                    yield line


def prune_logs(desk: Desk) -> int:
    """Remove the log files that have been kept long enough; gives how many."""
    last = (desk.now() - timedelta(days=desk.config.retention.reports)).date()
    old = [file for day, file in _files(desk, date.min) if day < last]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _files(desk: Desk, first: date) -> list[tuple[date, Path]]:
    if not desk.config.log.folder:
        return []
    found = []
    for file in sorted((desk.folder / desk.config.log.folder).glob("broadsheet-*.jsonl")):
        name = _FILE.fullmatch(file.name)
        if name and (day := datetime.fromisoformat(name[1]).date()) >= first:
            found.append((day, file))
    return found
