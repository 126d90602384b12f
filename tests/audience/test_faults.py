"""What an import leaves behind when it is killed, when two run at once, and when the disk is full."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from broadsheet.desk import Desk, open_desk
from broadsheet.desk.subscribing import import_subscribers
from broadsheet.errors import StoreError

ROWS = 8000
TODAY = date(2026, 11, 24)


def write(path: Path, rows: int, start: int = 0) -> Path:
    lines = (f"reader{n}@example.com,First{n},{n % 7}" for n in range(start, start + rows))
    path.write_text("email,first name,city\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def importing(project: Path, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "broadsheet", "-C", str(project), "subscribers", "import", "-p", "daily", str(file)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def count(project: Path) -> int:
    with open_desk(project) as desk:
        rows = desk.store.connection.execute("SELECT count(*) FROM subscribers").fetchone()[0]
        steps = desk.store.connection.execute("SELECT count(*) FROM consent_history").fetchone()[0]
        assert rows == steps == desk.store.subscribers.count("daily")["imported"]
        return int(rows)


@pytest.mark.slow
def test_a_killed_import_leaves_all_or_nothing(project: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "list.csv", ROWS)
    started = time.monotonic()
    assert importing(project, file).wait(120) == 0
    span = time.monotonic() - started
    assert count(project) == ROWS
    chance = random.Random(5)
    for _ in range(5):
        for database in project.glob("broadsheet.db*"):
            database.unlink()
        process = importing(project, file)
        time.sleep(span * chance.uniform(0.3, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert count(project) in (0, ROWS)
        assert importing(project, file).wait(120) == 0
        assert count(project) == ROWS


@pytest.mark.slow
def test_of_two_imports_at_once_one_waits(project: Path, tmp_path: Path) -> None:
    both = [
        importing(project, write(tmp_path / f"{number}.csv", ROWS, start=number * ROWS // 2)) for number in range(2)
    ]
    assert [process.wait(120) for process in both] == [0, 0]
    assert count(project) == ROWS * 3 // 2


@pytest.mark.parametrize(("rows", "megabytes"), [(ROWS, 1), (60_000, 4)], ids=["in the database", "beside it"])
@pytest.mark.slow
def test_a_disk_that_takes_no_more_is_a_clear_line(project: Path, tmp_path: Path, rows: int, megabytes: int) -> None:
    assert importing(project, write(tmp_path / "few.csv", 10)).wait(120) == 0
    limit = megabytes * 2**20
    outcome = subprocess.run(
        [sys.executable, "-m", "broadsheet", "-C", str(project), "subscribers", "import", "-p", "daily",
         str(write(tmp_path / "many.csv", rows))],
        capture_output=True, text=True, check=False, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert outcome.returncode == 1
    assert "the disk does not take what is written" in outcome.stderr
    assert "nothing was changed" in outcome.stderr
    assert count(project) == 10


def test_a_full_disk_is_a_clear_line_and_leaves_what_was_there(desk: Desk, tmp_path: Path) -> None:
    daily = desk.config.publication("daily")
    import_subscribers(desk, daily, write(tmp_path / "few.csv", 10))
    pages = desk.store.connection.execute("PRAGMA page_count").fetchone()[0]
    desk.store.connection.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(StoreError, match="disk is full"):
        import_subscribers(desk, daily, write(tmp_path / "many.csv", 5000))
    assert sum(1 for _ in desk.store.subscribers.recipients("daily", TODAY)) == 10
    desk.store.connection.execute("PRAGMA max_page_count = 1000000")
    assert import_subscribers(desk, daily, write(tmp_path / "many.csv", 5000)).difference.new == 4990
