"""The commands, as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk.test_gathering import PROJECT, STORY, feed


def broadsheet(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "broadsheet", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, input=stdin)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "broadsheet.toml").write_text(PROJECT + '[sources.desk]\npath = "stories"\n')
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "a.txt").write_text(STORY.format(title="Alpha road"))
    return tmp_path


def test_gather_stories_and_story(project: Path) -> None:
    outcome = broadsheet(project, "gather")
    assert outcome.returncode == 0, outcome.stderr
    assert "1 new of 1 story" in outcome.stdout
    listed = json.loads(broadsheet(project, "stories", "--json").stdout)
    [story] = listed
    assert list(story)[:14] == [
        "id", "title", "url", "dek", "body", "authors", "publisher", "source", "categories", "section", "language",
        "image", "published_at", "first_seen_at",
    ]  # fmt: skip
    assert (story["title"], story["dated"], story["url"]) == ("Alpha road", False, None)
    assert "undated" in broadsheet(project, "stories").stdout
    assert json.loads(broadsheet(project, "story", story["id"][:5], "--json").stdout)["history"] == []
    assert "Alpha road" in broadsheet(project, "story", story["id"]).stdout


def test_standard_input_and_a_category(project: Path) -> None:
    outcome = broadsheet(project, "gather", "-", "--category", "Politics", "--json", stdin=feed("One"))
    report = json.loads(outcome.stdout)
    assert (report["new"], report["sources"][0]["state"]) == (1, "read")
    [story] = json.loads(broadsheet(project, "stories", "--category", "politics", "--json").stdout)
    assert story["categories"] == ["Politics"]


def test_a_part_that_fails_is_4_and_a_whole_is_1(project: Path) -> None:
    (project / "stories" / "b.txt").write_text("No text\n")
    outcome = broadsheet(project, "gather")
    assert outcome.returncode == 4
    assert "b.txt: has a title but no text" in outcome.stderr
    outcome = broadsheet(project, "gather", "nowhere.xml")
    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("stories", "--since", "yesterdayish"), "expected a span such as 36h"),
        (("gather", "--backfill", "many", "x"), "expected a number of stories or 'all'"),
        (("gather", "--category", "X"), "expected a place too"),
    ],
)
def test_usage_is_explained(project: Path, arguments: tuple[str, ...], words: str) -> None:
    outcome = broadsheet(project, *arguments)
    assert outcome.returncode == 2
    assert words in " ".join(outcome.stderr.split())


def test_an_unknown_story_is_one_clear_line(project: Path) -> None:
    outcome = broadsheet(project, "story", "nothing")
    assert outcome.returncode == 1
    assert "no story is called" in outcome.stderr


def test_source_add_list_health_remove(project: Path) -> None:
    (project / "more").mkdir()
    assert "added more" in broadsheet(project, "source", "add", str(project / "more")).stdout
    assert [one["source"] for one in json.loads(broadsheet(project, "source", "list", "--json").stdout)] == [
        "desk",
        "more",
    ]
    assert json.loads(broadsheet(project, "source", "health", "--json").stdout)[0]["state"] == "never read"
    assert "removed more" in broadsheet(project, "source", "remove", "more").stdout
    assert broadsheet(project, "source", "remove", "more").returncode == 2


def test_a_source_that_cannot_be_added_is_a_failure(project: Path) -> None:
    outcome = broadsheet(project, "source", "add", "nowhere/at/all")
    assert outcome.returncode == 1
    assert "no such file or folder" in outcome.stderr


def test_escapes_in_a_title_steer_no_terminal(project: Path) -> None:
    (project / "stories" / "c.txt").write_text("Red \x1b[31m alert\n\nThe text says it all.\n")
    broadsheet(project, "gather")
    assert "\x1b" not in broadsheet(project, "stories").stdout
