from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from broadsheet.desk.opening import open_desk
from broadsheet.desk.schedules import KINDS, installation, write_installation
from broadsheet.desk.starting import start_project
from broadsheet.errors import ConfigError

ODD = Path("/srv/news room/100% daily")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_names_the_program_and_says_what_to_type(kind: str) -> None:
    made = installation(kind, program=Path("/opt/broadsheet"), project=Path("/srv/news"), name="news")
    assert made.commands
    assert any("broadsheet" in text and "run" in text for text in made.files.values())


def test_a_crontab_line_runs_as_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "100% news's room"
    folder.mkdir()
    program = tmp_path / "broad sheet"
    program.write_text('#!/bin/sh\nprintf "%s|" "$@" > "$(dirname "$0")/seen"\n')
    program.chmod(0o755)
    made = installation("cron", program=program, project=folder, name="news")
    line = next(iter(made.files.values())).splitlines()[-1]
    command = line.split(maxsplit=5)[5].replace("\\%", "%")  # as cron reads it
    subprocess.run(["sh", "-c", command], check=True)
    assert (tmp_path / "seen").read_text() == f"-C|{folder}|run|"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_systemd_units_are_valid(tmp_path: Path) -> None:
    made = installation("systemd", program=Path("/bin/true"), project=ODD, name="news")
    for name, text in made.files.items():
        (tmp_path / name).write_text(text)
    outcome = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in made.files)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert str(tmp_path) not in outcome.stderr, outcome.stderr


def test_a_workflow_is_refused_where_its_lost_state_would_mail_twice(tmp_path: Path) -> None:
    start_project(tmp_path)
    with open_desk(tmp_path) as desk, pytest.raises(ConfigError, match="sent twice"):
        write_installation(desk, "github", program=Path("/bin/true"), folder=tmp_path / "out")
