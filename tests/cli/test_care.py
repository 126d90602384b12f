"""`restore`, `upgrade` and `prune`, as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.desk.starting import start_project
from tests.cli.conftest import Broadsheet


def test_a_backup_is_put_back_from_the_command_line(tmp_path: Path, broadsheet: Broadsheet) -> None:
    start_project(tmp_path)
    broadsheet("subscribers", "import", tmp_path / "subscribers.csv", at=tmp_path)
    saved = broadsheet("backup", tmp_path / "safe.db", at=tmp_path)
    assert "Keep secret.key" in saved.stdout
    broadsheet("subscribers", "remove", "ada@example.com", at=tmp_path)

    would = broadsheet("restore", tmp_path / "safe.db", "--dry-run", "--json", at=tmp_path)
    assert json.loads(would.stdout)["unsubscribed"] == 1
    done = broadsheet("restore", tmp_path / "safe.db", at=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 who unsubscribed since" in done.stdout
    assert "settle --adopt" in done.stdout
    assert "unsubscribed" in broadsheet("subscribers", "show", "ada@example.com", at=tmp_path).stdout
    assert broadsheet("settle", "--adopt", at=tmp_path).returncode == 0


def test_a_backup_says_first_what_it_would_do(tmp_path: Path, broadsheet: Broadsheet) -> None:
    start_project(tmp_path)
    broadsheet("gather", at=tmp_path)
    would = json.loads(broadsheet("backup", "--dry-run", "--json", at=tmp_path).stdout)
    assert (would["dry_run"], Path(would["path"]).parent) == (True, tmp_path / "backups")
    assert not Path(would["path"]).exists()
    made = json.loads(broadsheet("backup", tmp_path / "safe.db", "--json", at=tmp_path).stdout)
    assert made["bytes"] == (tmp_path / "safe.db").stat().st_size > 0
    assert made["bytes"] <= would["bytes"]
    again = broadsheet("backup", tmp_path / "safe.db", "--dry-run", at=tmp_path)
    assert (again.returncode, "exists already" in again.stderr) == (1, True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to mount a small disk")
def test_a_backup_for_which_there_is_no_room_is_refused(tmp_path: Path, broadsheet: Broadsheet) -> None:
    start_project(tmp_path)
    broadsheet("gather", at=tmp_path)
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        for words in (("--dry-run",), ()):
            done = broadsheet("backup", small / "copy.db", *words, at=tmp_path)
            assert (done.returncode, "MB are free" in done.stderr) == (1, True), done.stderr
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_on_a_terminal_a_backup_shows_how_far_it_is(tmp_path: Path, broadsheet: Broadsheet) -> None:
    import pty

    start_project(tmp_path)
    broadsheet("gather", at=tmp_path)
    ours, theirs = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "broadsheet", "-C", str(tmp_path), "backup"],
            stdout=subprocess.PIPE, stderr=theirs, check=True,
        )  # fmt: skip
        assert b"copied  100 %" in os.read(ours, 10_000)
    finally:
        os.close(ours)
        os.close(theirs)


def test_upgrade_and_prune_say_what_they_would_do(tmp_path: Path, broadsheet: Broadsheet) -> None:
    start_project(tmp_path)
    broadsheet("gather", at=tmp_path)
    assert "up to date" in broadsheet("upgrade", at=tmp_path).stdout
    outcome = broadsheet("prune", "--dry-run", "--json", at=tmp_path)
    assert json.loads(outcome.stdout)["dry_run"] is True
    assert set(json.loads(outcome.stdout)["removed"].values()) == {0}
    assert "story texts" in broadsheet("prune", at=tmp_path).stdout
    nowhere = broadsheet("restore", tmp_path / "none.db", at=tmp_path)
    assert (nowhere.returncode, "there is no file" in nowhere.stderr) == (1, True)
