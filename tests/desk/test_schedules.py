from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from broadsheet.desk.opening import open_desk
from broadsheet.desk.schedules import CONTAINER_PROGRAM, KINDS, installation, write_installation
from broadsheet.desk.starting import start_project
from broadsheet.errors import ConfigError
from tests.conftest import ROOT

CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
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
    assert (tmp_path / "seen").read_text() == f"-C|{folder}|run|--quiet|"


@pytest.mark.skipif(not shutil.which("crontab"), reason="needs crontab")
def test_cron_takes_the_crontab(tmp_path: Path) -> None:
    made = installation("cron", program=Path("/opt/broad sheet"), project=ODD, name="news")
    file = tmp_path / "crontab"
    for text, code in ((next(iter(made.files.values())), 0), ("*/5 * * * run\n", 1)):
        file.write_text(text)
        done = subprocess.run(["crontab", "-n", str(file)], capture_output=True, text=True, check=False)
        if "usage" in done.stderr:
            pytest.skip("this crontab has no dry run")
        assert done.returncode == code, done.stderr


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


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_timer_elapses_every_five_minutes() -> None:
    made = installation("systemd", program=Path("/bin/true"), project=ODD, name="news")
    (line,) = (line for line in made.files["broadsheet-news.timer"].splitlines() if line.startswith("OnCalendar="))
    command = ["systemd-analyze", "calendar", "--base-time=2026-10-25 00:58:00 UTC", "--iterations=3"]
    done = subprocess.run(
        [*command, line.removeprefix("OnCalendar=")], capture_output=True, text=True, check=True,
        env={**os.environ, "TZ": "UTC"},
    )  # fmt: skip
    assert re.findall(r"(\d\d:\d\d):00 UTC", done.stdout) == ["01:00", "01:05", "01:10"]


def exit_code_of(line: str, code: int, folder: Path) -> int:
    """Give how a scheduler sees a line end whose program ends so."""
    program = folder / "broadsheet"
    program.write_text(f"#!/bin/sh\nexit {code}\n")
    program.chmod(0o755)
    paths = f"{folder}{os.pathsep}{os.environ['PATH']}"
    line = line.replace(CONTAINER_PROGRAM, "broadsheet")
    return subprocess.run(["/bin/sh", "-ec", line], env={"PATH": paths}, check=False).returncode


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 75])
def test_what_the_next_start_mends_is_no_failure_to_a_scheduler(code: int, tmp_path: Path) -> None:
    def made(kind: str) -> Any:
        return yaml.safe_load(
            next(iter(installation(kind, program=Path("/x"), project=ODD, name="news").files.values()))
        )

    pod = made("kubernetes")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (argument,) = container["args"]
    steps = made("github")["jobs"]["run"]["steps"]
    (run,) = (step["run"] for step in steps if "broadsheet run" in step.get("run", ""))
    for line in (argument, run):
        assert (exit_code_of(line, code, tmp_path) == 0) == (code in (0, 3, 75))


def test_a_pod_may_write_to_the_project_and_to_its_scratch_space_alone() -> None:
    manifest = yaml.safe_load(
        installation("kubernetes", program=Path("/x"), project=ODD, name="news").files["broadsheet-news.yaml"]
    )
    pod = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/project", "/tmp"}
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert pod["securityContext"]["runAsUser"] == int(re.findall(r"USER (\d+)", CONTAINERFILE)[0])


@pytest.mark.parametrize("name", ["日報", "The Daily News", "x" * 80, "-"])
def test_a_label_is_one_that_kubernetes_takes(name: str) -> None:
    made = installation("kubernetes", program=Path("/x"), project=ODD, name=name)
    label = yaml.safe_load(next(iter(made.files.values())))["metadata"]["name"]
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?", label)


def test_the_image_is_made_of_what_the_package_needs_and_of_nothing_else() -> None:
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    taken = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", project["project"]["readme"], *wheel["force-include"]}
    needed |= {path.partition("/")[0] for path in wheel["packages"]}
    assert needed <= taken
    assert all((ROOT / name).exists() for name in taken), taken
    (extra,) = re.findall(r"'/source\[(\w+)\]'", CONTAINERFILE)
    assert extra in project["project"]["optional-dependencies"]


def test_the_image_runs_as_nobody_in_particular_in_a_folder_of_its_own() -> None:
    users = re.findall(r"^USER (\d+)$", CONTAINERFILE, re.MULTILINE)
    made = re.findall(r"useradd --uid (\d+)", CONTAINERFILE)
    assert users == made == ["10001"]
    assert "BROADSHEET_PROJECT=/project" in CONTAINERFILE
    run = next(line for line in CONTAINERFILE.splitlines() if line.startswith("# Run:"))
    assert f"uid={users[0]},gid={users[0]} -v ./newsroom:/project" in run


def test_the_image_holds_the_program_where_the_schedules_look_for_it() -> None:
    assert f'ENTRYPOINT ["{CONTAINER_PROGRAM}"]' in CONTAINERFILE


def test_a_workflow_is_refused_where_its_lost_state_would_mail_twice(tmp_path: Path) -> None:
    start_project(tmp_path)
    with open_desk(tmp_path) as desk, pytest.raises(ConfigError, match="sent twice"):
        write_installation(desk, "github", program=Path("/bin/true"), folder=tmp_path / "out")
