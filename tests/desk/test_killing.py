"""A gathering that is killed: what was finished is kept, what was not leaves no trace, and the next one finishes."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.store import Store
from tests.desk.test_fetching import Project, sources
from tests.desk.test_gathering import PROJECT, STORY, feed
from tests.gather.web import Asked, Web, running

WHOLE, HALF = 6, 4  # sources that are answered, and sources whose answer stops in the middle
STORIES = 30

# The command, which says on stdout what it has finished.
TELLING = """
import sys
from pathlib import Path
from broadsheet.config import load_config
from broadsheet.desk import Desk
from broadsheet.desk.gathering import gather
from broadsheet.store import Store

folder = Path(sys.argv[1])
with Store(folder / "broadsheet.db") as store:
    desk = Desk(config=load_config(folder), store=store)
    gather(desk, progress=lambda report, count: print(report.source, flush=True))
"""

# The same, killed by itself between two batches of one source's stories, which are one transaction.
DYING = """
import os, signal
from broadsheet.store.stories import Stories

save, batches = Stories.save, []

def save_and_die(self, *arguments, **named):
    report = save(self, *arguments, **named)
    assert self._connection.in_transaction
    batches.append(report)
    if len(report.new) == 500:
        print("half", self.count("big"), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return report

Stories.save = save_and_die
""" + TELLING  # fmt: skip


@pytest.fixture
def web() -> Iterator[Web]:
    with running() as server:
        yield server


def names(number: int) -> list[str]:
    return [f"Source {number} story {one}" for one in range(STORIES)]


def run(folder: Path, script: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)


def assert_whole(store: Store) -> None:
    count = store.connection.execute
    assert count("SELECT count(*) FROM stories WHERE id NOT IN (SELECT story FROM story_keys)").fetchone()[0] == 0
    assert count("SELECT count(*) FROM story_keys WHERE story NOT IN (SELECT id FROM stories)").fetchone()[0] == 0
    assert count("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_kill_while_answers_are_half_way_keeps_every_finished_source(tmp_path: Path, web: Web) -> None:
    half_way, gone = threading.Semaphore(0), threading.Event()

    def stops_in_the_middle(asked: Asked) -> None:
        body = feed(*names(int(asked.path[1:]))).encode()
        asked.send_response(200)
        asked.send_header("Content-Length", str(len(body)))
        asked.end_headers()
        asked.wfile.write(body[: len(body) // 2])
        asked.wfile.flush()
        half_way.release()
        gone.wait(60)

    for number in range(WHOLE + HALF):
        web.page(f"/{number}", feed(*names(number)))
    whole = {path: page for path, page in web.pages.items() if int(path[1:]) < WHOLE}
    served, web.pages = web.pages, whole | {f"/{WHOLE + number}": stops_in_the_middle for number in range(HALF)}
    text = sources(*(web.url + path for path in served)).replace("timeout = 3", "timeout = 60")
    (tmp_path / "broadsheet.toml").write_text(PROJECT + text)
    with run(tmp_path, TELLING) as process:
        try:
            assert process.stdout
            finished = {process.stdout.readline().strip() for _ in range(WHOLE)}
            for _ in range(HALF):
                assert half_way.acquire(timeout=60)
        finally:
            process.kill()
            gone.set()
    assert finished == {f"s{number}" for number in range(WHOLE)}
    project = Project(tmp_path, text)
    with project.desk() as desk:
        counts = [desk.store.stories.count(f"s{number}") for number in range(WHOLE + HALF)]
        assert counts == [STORIES] * WHOLE + [0] * HALF
        assert_whole(desk.store)
    web.pages = served
    report = project.gather()
    assert [one.new for one in report.sources] == [0] * WHOLE + [STORIES] * HALF
    with project.desk() as desk:
        assert_whole(desk.store)


def test_a_kill_in_the_middle_of_writing_leaves_nothing_of_that_source(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    for number in range(3):
        (tmp_path / "small" / f"{number}.txt").write_text(STORY.format(title=f"The road {number}"))
    (tmp_path / "table.csv").write_text(
        "id,title,body\n" + "".join(f"{n},Road {n} opens,It opens at {n} metres above the sea.\n" for n in range(1200))
    )
    text = '[sources.small]\npath = "small"\n[sources.big]\npath = "table.csv"\n'
    (tmp_path / "broadsheet.toml").write_text(PROJECT + text)
    with run(tmp_path, DYING) as process:
        said, _ = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert said.split() == ["small", "half", "500"]
    project = Project(tmp_path, text)
    with project.desk() as desk:
        assert [desk.store.stories.count(name) for name in ("small", "big")] == [3, 0]
        assert_whole(desk.store)
    report = project.gather()
    assert [(one.new, one.unchanged) for one in report.sources] == [(0, 3), (1200, 0)]
