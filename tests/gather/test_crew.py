from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.errors import SourceError
from broadsheet.gather import crew
from broadsheet.gather.clean import House
from broadsheet.gather.crew import Crew, Document, read_document
from broadsheet.model import Story
from tests.desk.test_gathering import feed

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def document(content: str) -> Document:
    return Document(
        content=content.encode(), source="s", place="feed.xml", now=NOW, format="feed", house=House(category="Sea")
    )


def test_other_processes_read_what_we_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "WORTHWHILE", 1)
    documents = [document(feed("One", "Two")), document("<html>"), document(feed("Three")), document("")]
    with Crew() as team:
        answers = [team.read(one).result(timeout=30) for one in documents]
    for answer, one in zip(answers, documents, strict=True):
        for theirs, ours in zip(answer, read_document(one), strict=True):
            if isinstance(ours, Story):
                assert theirs == ours
            else:
                assert isinstance(theirs, SourceError)
                assert (theirs.message, theirs.reason, theirs.place, theirs.advice) == (
                    ours.message, ours.reason, ours.place, ours.advice,
                )  # fmt: skip


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="with one processor there is no crew")
def test_a_process_that_dies_costs_its_document_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "WORTHWHILE", 0)
    with Crew() as team:
        assert isinstance(team.read(document(feed("One"))).result(timeout=30)[0], Story)
        assert team._pool is not None
        for process in list(team._pool._processes):
            os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                answer = team.read(document(feed("Two"))).result(timeout=30)
                break
            except BrokenProcessPool:
                continue
        assert isinstance(answer[0], Story)


LEADING = """
from datetime import UTC, datetime
from broadsheet.gather import crew

if __name__ == "__main__":
    crew.WORTHWHILE = 0
    with crew.Crew() as team:
        feed = b"<rss><channel><item><title>One</title></item></channel></rss>"
        document = crew.Document(content=feed, source="s", place="feed.xml", now=datetime.now(UTC))
        team.read(document).result()
        print(*team._pool._processes, flush=True)
        input()
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="with one processor there is no crew")
@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="a process that is not ours is waited for by Linux's means")
def test_the_processes_end_with_a_gathering_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "leading.py"
    script.write_text(LEADING)
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        readers = [os.pidfd_open(int(number)) for number in process.stdout.readline().split()]
        process.kill()
    assert readers
    for reader in readers:
        ended, _, _ = select.select([reader], [], [], 30)
        os.close(reader)
        assert ended
