"""One start of the job at a given time, in a process that a test can kill. What a start needs is imported here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import broadsheet.deliver.message
import broadsheet.deliver.run
import broadsheet.deliver.smtp
import broadsheet.gather.feeds
import broadsheet.gather.fetch
import broadsheet.render.edition  # noqa: F401 - imported before a process is forked, to be there in each
from broadsheet.desk import open_desk
from broadsheet.desk.cronjob import start_job


def tick(folder: Path, now: datetime) -> None:
    """Start the job of a project as if it were `now`."""
    with open_desk(folder, clock=lambda: now) as desk:
        start_job(desk)
