"""`restore`, `upgrade` and `prune`, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

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
