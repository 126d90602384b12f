from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.desk.starting import start_project
from broadsheet.render import find_theme


@pytest.fixture
def project(tmp_path: Path) -> Path:
    start_project(tmp_path)
    return tmp_path


def broadsheet(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", "-C", str(project), *arguments],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_list_names_the_shipped_themes(project: Path) -> None:
    outcome = broadsheet(project, "theme", "list", "--json")
    assert outcome.returncode == 0, outcome.stderr
    assert {entry["name"]: entry["origin"] for entry in json.loads(outcome.stdout)} == {
        "daily": "shipped", "brief": "shipped", "magazine": "shipped",
    }  # fmt: skip


def test_new_writes_a_theme_that_works_as_it_is_and_is_listed(project: Path) -> None:
    assert broadsheet(project, "theme", "new", "evening", "--from", "magazine").returncode == 0
    evening, magazine = find_theme("evening", project), find_theme("magazine")
    assert evening.settings.layout == magazine.settings.layout
    assert evening.settings.colours == magazine.settings.colours
    assert "evening" in broadsheet(project, "theme", "list").stdout


def test_what_new_wrote_is_valid_when_every_comment_is_taken_away(project: Path) -> None:
    broadsheet(project, "theme", "new", "evening")
    file = project / "templates" / "evening" / "theme.toml"
    head, tables = file.read_text().split("# [fonts]")
    file.write_text(head + "[fonts]" + tables.replace("# ", ""))
    assert find_theme("evening", project).settings.fonts == find_theme("daily").settings.fonts


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("new", "daily"), 2, "there is a theme called 'daily' already"),
        (("new", "../x"), 2, "is no name for a theme"),
        (("new", "mine", "--from", "dayli"), 2, "did you mean 'daily'"),
    ],
)
def test_a_wrong_name_is_a_clear_line(project: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    outcome = broadsheet(project, "theme", *arguments)
    assert outcome.returncode == code
    assert told in outcome.stderr
    assert "Traceback" not in outcome.stderr
