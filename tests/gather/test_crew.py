from __future__ import annotations

import os
import signal
import time
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime

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
