"""A long list is read by a process of its own: the same rows, the same words, and nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from multiprocessing import active_children
from pathlib import Path

import pytest

from broadsheet.audience import beside
from broadsheet.audience.beside import read_rows
from broadsheet.audience.reading import Notes, Refusal, Row, SubscriberFile
from broadsheet.desk import Desk, open_desk
from broadsheet.desk.subscribing import import_subscribers
from broadsheet.errors import AudienceError

LIST = (
    "email,first name,status,city\nAda@Example.com,Ada,,Leeds\nnobody,Nobody,,\nben@gmial.com,Ben,frobnicated,\n"
    "info@mailinator.com,,unsubscribed,\nada@example.com,,,\ncleo@example.com,Cleo,,Rome,too many\n"
)


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "WORTHWHILE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def many(rows: int) -> str:
    return "email,first name\n" + "".join(f"r{n}@example.com,First{n}\n" for n in range(rows))


def written(folder: Path, text: str) -> Path:
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8")
    return file


def taken(source: SubscriberFile, *, by_itself: bool) -> tuple[list[Row], list[Refusal], int, Notes]:
    refused: list[Refusal] = []
    rows = list((source.rows if by_itself else lambda refuse: read_rows(source, refuse))(refused.append))
    first: dict[str, int] = {}
    for row in rows:  # which marks there are is each process's own affair
        mark = first.setdefault(row[4], row[2] if row[2] >= 0 else ~row[2])
        assert row[2] in (mark, ~mark)
    return [(*row[:2], 0, *row[3:]) for row in rows], refused, source.rows_read, source.notes


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("text", [LIST, many(2 * beside.BATCH), "email\nnobody\n" * (beside.BATCH + 1)])
def test_it_gives_what_reading_here_gives(tmp_path: Path, text: str) -> None:
    source = SubscriberFile(written(tmp_path, text))
    assert taken(source, by_itself=False) == taken(source, by_itself=True)


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize(
    "text", [f'{many(3000)}"open@example.com,\nx@example.com,X\n', f"{many(3000)}e-mail,city\nx@example.com,Rome\n"]
)
def test_what_stops_it_stops_the_import_in_the_same_words(desk: Desk, tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    said = []
    for read in (SubscriberFile(file).rows, lambda refuse: read_rows(SubscriberFile(file), refuse)):
        with pytest.raises(AudienceError) as caught:
            list(read(lambda _: None))
        said.append((str(caught.value), caught.value.advice, caught.value.row))
    assert said[0] == said[1]
    with pytest.raises(AudienceError):
        import_subscribers(desk, desk.config.publication("daily"), file)
    assert desk.store.connection.execute("SELECT count(*) FROM subscribers").fetchone()[0] == 0
    assert active_children() == []


@pytest.mark.usefixtures("apart")
def test_a_reader_that_dies_is_told_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    file = written(tmp_path, many(200_000))

    def kill(count: int) -> None:
        for process in active_children():
            process.kill()

    with pytest.raises(AudienceError, match="ended from outside"):
        import_subscribers(desk, desk.config.publication("daily"), file, progress=kill)
    assert desk.store.connection.execute("SELECT count(*) FROM subscribers").fetchone()[0] == 0
    assert active_children() == []


@pytest.mark.usefixtures("apart")
def test_a_reader_goes_with_whoever_asked(tmp_path: Path) -> None:
    with closing(read_rows(SubscriberFile(written(tmp_path, many(200_000))), lambda _: None)) as rows:
        next(rows)
        assert len(active_children()) == 1
    assert active_children() == []


def children(process: int) -> list[int]:
    return [int(one) for file in Path(f"/proc/{process}/task").glob("*/children") for one in file.read_text().split()]


def is_reading(process: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists() or os.cpu_count() == 1, reason="needs /proc and two cores")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_killed_or_interrupted_leaves_no_reader_and_no_row(
    project: Path, tmp_path: Path, sign: signal.Signals
) -> None:
    file = written(tmp_path, many(700_000))
    assert file.stat().st_size > beside.WORTHWHILE
    process = subprocess.Popen(
        [sys.executable, "-m", "broadsheet", "-C", str(project), "subscribers", "import", "-p", "daily", str(file)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not (readers := [one for one in children(process.pid) if is_reading(one)]):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    time.sleep(0.5)
    if sign is signal.SIGKILL:
        process.kill()
    else:
        os.killpg(process.pid, sign)
    _, said = process.communicate(timeout=60)  # the reader holds this pipe too: it is at its end when both are gone
    assert process.returncode == (-signal.SIGKILL if sign is signal.SIGKILL else 130)
    assert "Traceback" not in said
    while any(is_reading(one) for one in readers):
        assert time.monotonic() < until
        time.sleep(0.02)
    with open_desk(project) as desk:
        assert desk.store.connection.execute("SELECT count(*) FROM subscribers").fetchone()[0] == 0
