from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.desk.starting import start_project

STORY = """\
Harbour bill passes after a night of talks
The vote ended eleven hours of debate. Work is to begin...

The vote ended eleven hours of debate. Work is to begin in March, the minister said.
Opponents say that the price is a guess.
Ana Ruiz for The Harbour Post
Find more stories on Politics, Ports and Shipping in The Harbour Post politics
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    start_project(tmp_path)
    for file in (tmp_path / "stories").iterdir():
        file.unlink()
    (tmp_path / "stories" / "bill.txt").write_text(STORY)
    return tmp_path


def broadsheet(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", "-C", str(project), *arguments],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_story_file_becomes_a_mail(project: Path) -> None:
    for command in ("gather", "pick"):
        outcome = broadsheet(project, command)
        assert outcome.returncode == 0, outcome.stderr
    outcome = broadsheet(project, "render", "--json", "--out", str(project / "o"))
    assert outcome.returncode == 0, outcome.stderr
    told = json.loads(outcome.stdout)
    html = (project / "o" / "edition.html").read_text()
    text = (project / "o" / "edition.txt").read_text()
    for part in (html, text):
        assert "Harbour bill passes after a night of talks" in part
        assert "The vote ended eleven hours of debate." in part
        assert "Ana Ruiz" in part
        assert "The Harbour Post" in part
        assert "Find more stories" not in part
        assert "begin..." not in part
    assert told["bytes"] == len(html.encode())
    record = json.loads((project / "o" / "edition.json").read_text())
    assert record["hash"] == told["hash"]
    assert record["id"] == told["edition"]


def test_without_an_edition_it_says_what_to_type(project: Path) -> None:
    outcome = broadsheet(project, "render")
    assert outcome.returncode == 1
    assert "broadsheet pick" in outcome.stderr
    assert "Traceback" not in outcome.stderr
