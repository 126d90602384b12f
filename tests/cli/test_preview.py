"""What `broadsheet preview` does without serving anything."""

from __future__ import annotations

from pathlib import Path

from broadsheet.web.preview.standings import Standings
from tests.cli.conftest import Broadsheet


def test_one_person_is_locked_out_made_a_viewer_and_let_in(tmp_path: Path, broadsheet: Broadsheet) -> None:
    assert broadsheet("preview", "--lock-out", "ada", at=tmp_path).returncode == 2  # no project
    assert broadsheet("init", tmp_path / "project").returncode == 0
    folder, standings = tmp_path / "project", Standings(tmp_path / "project")
    told = broadsheet("preview", "--lock-out", "Ada", "--only-look", "robin", at=folder)
    assert told.returncode == 0
    assert "Ada is locked out of shared previews." in told.stdout
    assert (standings.of("ada"), standings.of("Robin"), standings.of("vera")) == ("locked", "viewer", "")
    assert broadsheet("preview", "--let-in", "ada", at=folder).returncode == 0
    assert (standings.of("ada"), standings.of("robin")) == ("", "viewer")
    assert broadsheet("preview", "--lock-out", " ", at=folder).returncode == 2
