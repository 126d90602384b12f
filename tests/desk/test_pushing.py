from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.desk import Desk, open_desk
from broadsheet.desk.editing import find_edition, pick_edition
from broadsheet.desk.gathering import gather
from broadsheet.desk.pushing import push_edition
from broadsheet.desk.starting import start_project
from broadsheet.errors import ConfigError, PlatformBusy
from broadsheet.model import Edition
from tests.cli.test_init import broadsheet
from tests.export.doubles import ListmonkDouble

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


@pytest.fixture
def double() -> Iterator[ListmonkDouble]:
    double = ListmonkDouble()
    with double.serving():
        yield double


@pytest.fixture
def project(tmp_path: Path, double: ListmonkDouble, monkeypatch: pytest.MonkeyPatch) -> Path:
    start_project(tmp_path)
    monkeypatch.setenv("BROADSHEET_LISTMONK_KEY", double.key)
    table = f'\n[platforms.listmonk]\nurl = "{double.url}"\nuser = "api_user"\nlist = 3\n'
    with (tmp_path / "broadsheet.toml").open("a") as file:
        file.write(table)
    with at(tmp_path) as desk:
        gather(desk)
        publication = desk.config.publication()
        pick_edition(desk, publication, NOW.date())
    return tmp_path


def at(folder: Path, after: timedelta = timedelta(0)) -> AbstractContextManager[Desk]:
    return open_desk(folder, clock=lambda: NOW + after)


def edition_of(desk: Desk) -> Edition:
    return find_edition(desk, "daily-2026-11-24")


def test_a_draft_is_made_and_remembered(project: Path, double: ListmonkDouble) -> None:
    with at(project) as desk:
        pushed, notes = push_edition(desk, edition_of(desk), "listmonk")
        assert pushed.created
        assert pushed.differences == ()
        assert any("not approved" in note for note in notes)
    with at(project) as desk:
        known = desk.store.pushes.list("daily-2026-11-24")
        assert [(one.platform, one.remote_id, one.pushed_at) for one in known] == [("listmonk", pushed.remote_id, NOW)]
        assert known[0].hash
        again, _ = push_edition(desk, edition_of(desk), "listmonk")
        assert not again.created
    assert len(double.items) == 1


def test_a_process_that_died_asking_leaves_no_twin(project: Path, double: ListmonkDouble) -> None:
    """The answer is lost and the search does not see the draft yet: a new process asks, waits, and finds it."""
    double.faults.append("lose")
    double.blind = True
    with at(project) as desk, pytest.raises(PlatformBusy):
        push_edition(desk, edition_of(desk), "listmonk")
    with at(project, timedelta(seconds=30)) as desk, pytest.raises(PlatformBusy, match="may still be working"):
        push_edition(desk, edition_of(desk), "listmonk")
    double.blind = False
    with at(project, timedelta(minutes=5)) as desk:
        pushed, _ = push_edition(desk, edition_of(desk), "listmonk")
    assert not pushed.created
    assert list(double.items) == [pushed.remote_id]


def test_the_key_reaches_neither_database_nor_message(
    project: Path, double: ListmonkDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(project) as desk:
        push_edition(desk, edition_of(desk), "listmonk")
    assert not any(double.key.encode() in file.read_bytes() for file in project.glob("broadsheet.db*"))
    monkeypatch.delenv("BROADSHEET_LISTMONK_KEY")
    with at(project) as desk, pytest.raises(ConfigError, match="BROADSHEET_LISTMONK_KEY is empty"):
        push_edition(desk, edition_of(desk), "listmonk")


def test_the_key_may_be_in_a_file(project: Path, double: ListmonkDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROADSHEET_LISTMONK_KEY")
    (project / "listmonk.key").write_text(f"{double.key}\n")
    with at(project) as desk:
        table = desk.config.platforms["listmonk"].model_copy(update={"key_file": "listmonk.key"})
        config = desk.config.model_copy(update={"platforms": {"listmonk": table}})
        assert push_edition(replace(desk, config=config), edition_of(desk), "listmonk")[0].created


def test_the_command_makes_a_draft(project: Path, double: ListmonkDouble) -> None:
    outcome = broadsheet("-C", str(project), "export", "daily-2026-11-24", "--for", "listmonk", "--push")
    assert outcome.returncode == 0, outcome.stderr
    assert re.search(r"draft \d+ made at listmonk", outcome.stdout)
    assert double.key not in outcome.stdout + outcome.stderr
    double.read_faults.append("down")
    outcome = broadsheet("-C", str(project), "export", "daily-2026-11-24", "--for", "listmonk", "--push")
    assert outcome.returncode == 75
    assert "Traceback" not in outcome.stderr
