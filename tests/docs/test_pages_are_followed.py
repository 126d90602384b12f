"""What a reader types is typed here: whole pages as a script, and every other page's commands in a prepared project."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.docs.pages import PAGES, ROOT, Typed, blocks, commands
from tests.docs.surroundings import Surroundings, surroundings

# Followed word for word, from an empty folder.
SCRIPTS = ("README.md", "first-digest.md")
# Where sentences and tables are instructions, too, and not mentions.
GUIDES = (
    "for-the-cron-job.md",
    "for-the-editor.md",
    "for-the-marketing-person.md",
    "operations.md",
    "deliverability.md",
)
REFERENCE = "commands.md"  # its examples are run in test_examples_are_run, on the day that they name

# Lines that serve until they are stopped.
SERVE = ("serve", "preview")
STOPPED = 130  # by Ctrl+C
# Lines that a script does without, each with the reason; every other page's are typed.
NOT_IN_A_SCRIPT = {
    "broadsheet preview": "serves until it is stopped",
    "broadsheet source add https://example.org --category Politics": "the guide says to put in a site of one's own",
}
# Lines of a script that are not about broadsheet, and set up what a test has already.
SETTING_UP = ("python3 -m venv", "python3 tests", ". .venv/bin/activate", "pip install")

# Commands that are meant to end otherwise than with 0.
ENDS = {
    ("operations.md", "broadsheet schedule install github"): 2,  # refused for a publication that sends
    ("deliverability.md", "broadsheet bounces read"): 2,  # no mailbox is configured
    ("operations.md", "broadsheet send --pause"): 1,  # what was to be sent is sent by then
    ("operations.md", "broadsheet send --cancel"): 1,
    ("operations.md", "broadsheet settle --sent ADDRESS"): 1,  # nobody is in doubt
    ("operations.md", "broadsheet settle --again ADDRESS"): 1,
    ("operations.md", "broadsheet edition skip"): 1,  # it went out
}

# How far a newsroom is when it opens the page.
PICKED = ("gather", "pick")
APPROVED = (*PICKED, "subscribers import subscribers.csv", "edition approve")
BEFORE: dict[str, tuple[str, ...]] = {
    "audience.md": ("subscribers import list.csv", "subscribers suppress eve@example.com"),
    "check.md": (*PICKED, "render --out out"),
    "export.md": APPROVED,
    "daily.md": ("subscribers import subscribers.csv",),
    "deliverability.md": APPROVED,
    "for-the-cron-job.md": ("subscribers import subscribers.csv",),
    "for-the-marketing-person.md": (*PICKED, "subscribers import subscribers.csv"),
    "operations.md": (*APPROVED, "send", "run", "backup backups/newest.db"),
    "render.md": PICKED,
}
# The prepared newsroom lies where it is about noon now, so that no page is followed across a midnight.
HOURS_AHEAD = 12 - datetime.now(UTC).hour
NOON = f"Etc/GMT{-HOURS_AHEAD:+d}"  # the sign of these names is that of POSIX: west is positive
LIST = (
    "email,first name,country,city,joined\ncleo@example.com,Cleo,DE,Leeds,2025-05-01\n"
    "dan@example.com,Dan,GB,Hull,2025-06-01\n"
)
STORY = "---\ntitle: {title}\ncategory: {category}\n---\n{title}, the authorities said on Monday. {more}\n"


def type_in(folder: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    ours = {"PYTHONPATH": str(ROOT / "src"), "EDITOR": "true", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", *words], cwd=folder, capture_output=True, text=True, check=False,
        input=stdin, timeout=120, env={**os.environ, **ours},
    )  # fmt: skip


def newsroom(folder: Path, page: str) -> Path:
    """Make a project as far as the page's reader has come, with the files that the pages name."""
    assert type_in(folder, "init", "newsroom").returncode == 0
    project = folder / "newsroom"
    ferry = STORY.format(
        title="Night ferry returns", category="Business", more="It had been out of service since March."
    )
    stage = STORY.format(title="Open-air stage to be built", category="Culture", more="Work begins after the harvest.")
    (project / "stories" / "ferry.md").write_text(ferry, encoding="utf-8")
    (project / "stories" / "stage.md").write_text(stage, encoding="utf-8")
    (project / "list.csv").write_text(LIST, encoding="utf-8")
    (project / "backups").mkdir()
    settings = project / "broadsheet.toml"
    text = settings.read_text(encoding="utf-8").replace("# base_url", "base_url").replace("Europe/London", NOON)
    if page in ("for-the-cron-job.md", "daily.md"):
        text = text.replace('"required" ', '"automatic" ')
    settings.write_text(text, encoding="utf-8")
    for line in BEFORE.get(page, ()):
        done = type_in(project, *line.split())
        assert done.returncode == 0, f"{line}: {done.stderr}{done.stdout}"
    if page == "check.md":
        (project / "newsletter.html").write_bytes((project / "out" / "preview.html").read_bytes())
        assert type_in(project, "subscribers", "import", "subscribers.csv").returncode == 0
        assert type_in(project, "edition", "approve").returncode == 0
        assert type_in(project, "send").returncode == 0
        (project / "message.eml").write_bytes(next((project / "outbox" / "new").iterdir()).read_bytes())
    return project


def lines_of(path: Path) -> list[Typed]:
    """Give what a reader of this page types, in order."""
    seen = [typed for typed in commands(path) if typed.whole or path.name in GUIDES]
    return sorted(seen, key=lambda typed: typed.line)


def in_no_script(typed: Typed) -> bool:
    return " ".join(["broadsheet", *typed.words]) in NOT_IN_A_SCRIPT


def of_today(word: str, story: str) -> str:
    """Put in what a page leaves to its reader."""
    today = f"{datetime.now(ZoneInfo(NOON)):%Y-%m-%d}"
    named = {"ID": story, "DAY": today, "PUBLICATION": "daily", "DIR": "out", "ADDRESS": "ada@example.com"}
    return named.get(word, word.replace("YOU@", "ada@").replace("192.0.2.10", "127.0.0.1"))


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    """Start what the lines reach; a platform remembers what a page sent to it."""
    with surroundings(tmp_path / "around") as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [path for path in PAGES if path.name not in (*SCRIPTS, REFERENCE) and lines_of(path)],
    ids=lambda path: path.name,
)
def test_what_a_page_shows_works(path: Path, around: Surroundings, tmp_path: Path) -> None:
    project = newsroom(tmp_path, path.name)
    with (project / "broadsheet.toml").open("a", encoding="utf-8") as file:
        file.write((around.folder / "platforms.toml").read_text(encoding="utf-8"))
    for name in ("desk.pem", "desk.key"):
        shutil.copy(around.folder / "127.0.0.1.pem", project / name)
    named = around.folder / "srv" / "newsroom"
    named.unlink(missing_ok=True)
    named.symlink_to(project)
    story = ""
    for typed in lines_of(path):
        if not story and "ID" in typed.words:
            gathered = json.loads(type_in(project, "stories", "--json").stdout)
            story = next(one["id"] for one in gathered if one["categories"] == ["Business"])
        words = shlex.join(["broadsheet", *(of_today(word, story) for word in typed.words)]).replace("'~/", "~/'")
        if set(SERVE) & set(typed.words[:3]):
            assert around.served(words, project) == (200, STOPPED), f"{path.name}:{typed.line}: {typed.text}"
            continue
        done = around.shell(words, project, stdin="Quay closes\nThe quay closes.\n")
        wanted = ENDS.get((path.name, " ".join(["broadsheet", *typed.words])), 0)
        assert done.returncode == wanted, f"{path.name}:{typed.line}: {typed.text}\n{done.stderr}{done.stdout}"


@pytest.mark.slow
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_guide_is_followed_word_for_word(name: str, tmp_path: Path) -> None:
    path = next(path for path in PAGES if path.name == name)
    skipped = {typed.line for typed in commands(path) if in_no_script(typed)}
    script = ["set -eu"]
    for number, line in blocks(path):
        if number not in skipped and not line.startswith(SETTING_UP):
            script.append(line)
    done = follow(script, tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    project = tmp_path / "empty" / "newsroom"
    assert len(list((project / "outbox" / "new").iterdir())) == 2
    assert (project / "out" / "preview.html").is_file()
    if name == "first-digest.md":
        assert "nothing to do" in done.stdout
        mail = "".join(path.read_text(encoding="utf-8") for path in (project / "outbox" / "new").iterdir())
        assert "Subject: The market and the ferry are back" in mail
        assert "Night ferry returns to the estuary" in mail


def follow(script: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Type a page's lines in an empty folder; once more where midnight fell in between, as the edition is another."""
    program = folder / "bin" / "broadsheet"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m broadsheet "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    paths = {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}
    while True:
        shutil.rmtree(folder / "empty", ignore_errors=True)
        (folder / "empty").mkdir()
        today = datetime.now(ZoneInfo("Europe/London")).date()
        done = subprocess.run(
            ["bash", "-c", "\n".join(script)], cwd=folder / "empty", env={**os.environ, **paths}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if today == datetime.now(ZoneInfo("Europe/London")).date():
            return done


def test_no_exception_outlives_its_line() -> None:
    shown = {(path.name, " ".join(["broadsheet", *typed.words])) for path in PAGES for typed in commands(path)}
    assert set(NOT_IN_A_SCRIPT) <= {line for name, line in shown if name in SCRIPTS}, "take out what no script shows"
    assert set(ENDS) <= shown, "take out of ENDS what no page shows"
    assert {path.name for path in PAGES} >= {*SCRIPTS, *GUIDES, *BEFORE, REFERENCE}
