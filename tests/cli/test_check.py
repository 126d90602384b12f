from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_init import broadsheet

GOOD = """\
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"

[[publications.daily.sections]]
category = "Politics"
"""


def test_a_template_only_warns_and_strict_blocks(tmp_path: Path) -> None:
    file = tmp_path / "mail.html"
    file.write_text("<p>Hello {{ name }}")
    assert broadsheet("check", str(file)).returncode == 0
    outcome = broadsheet("check", str(file), "--strict", "--json")
    assert outcome.returncode == 3
    assert {"rule", "severity", "message", "advice", "place"} == set(json.loads(outcome.stdout)[0])


def test_a_message_with_an_unfilled_tag_blocks(tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(b"Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello *|FNAME|*")
    outcome = broadsheet("check", str(file))
    assert outcome.returncode == 3
    assert "BLOCKS  template-tag  (Left over)\n        a tag was never filled in: *|FNAME|*  [html]" in outcome.stdout


def test_a_message_is_known_without_its_ending(tmp_path: Path) -> None:
    file = tmp_path / "1764000000.M1.host:2,S"
    file.write_bytes(b"Subject: x\nContent-Type: text/html; charset=utf-8\n\n<p>Hello *|FNAME|*")
    outcome = broadsheet("check", str(file))
    assert outcome.returncode == 3
    assert "BLOCKS  template-tag" in outcome.stdout


def test_the_project_decides_how_bad_a_rule_is(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text(GOOD + '\n[checks]\ntemplate-tag = "block"\n')
    file = tmp_path / "mail.html"
    file.write_text("<p>Hello {{ name }}")
    assert broadsheet("-C", str(tmp_path), "check", str(file)).returncode == 3


def test_an_unknown_rule_is_refused_with_a_guess(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text(GOOD + '\n[checks]\ntemplate-tags = "block"\n')
    outcome = broadsheet("-C", str(tmp_path), "check", "mail.html")
    assert outcome.returncode == 2
    assert "broadsheet.toml:10: checks.template-tags: no rule is called" in outcome.stderr
    assert "did you mean `template-tag`?" in outcome.stderr


def test_a_file_that_is_not_there_is_a_clear_line(tmp_path: Path) -> None:
    outcome = broadsheet("check", str(tmp_path / "none.html"))
    assert outcome.returncode == 1
    assert "cannot be read" in outcome.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Begin a project with one story, gathered and picked."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "broadsheet.toml").write_text(GOOD + "\n[sources.wire]\npath = 'stories'\ncategory = 'Politics'\n")
    (folder / "stories").mkdir()
    (folder / "stories" / "vote.md").write_text(
        "---\nurl: https://news.example.org/vote\n---\n# Council backs the new bridge\n\n"
        "The council voted for the bridge late on Monday.\n\nWork is to begin in March, the mayor said.\n"
    )
    for command in (["gather"], ["pick"]):
        outcome = broadsheet("-C", str(folder), *command)
        assert outcome.returncode == 0, outcome.stderr
    return folder


def test_without_a_file_the_edition_is_checked(project: Path) -> None:
    outcome = broadsheet("-C", str(project), "check", "--json")
    assert outcome.returncode == 0, outcome.stderr
    assert {finding["severity"] for finding in json.loads(outcome.stdout)} <= {"warn"}


def test_a_finding_of_the_edition_names_the_story(project: Path) -> None:
    with (project / "broadsheet.toml").open("a") as config:
        config.write('\n[checks]\nlink-http = "block"\n')
    (project / "stories" / "old.md").write_text(
        "---\nurl: http://news.example.org/old\n---\n# An old site keeps its address\n\nNobody changed it yet.\n"
    )
    for command in (["gather"], ["pick"]):
        broadsheet("-C", str(project), *command)
    outcome = broadsheet("-C", str(project), "check", "--sarif")
    assert outcome.returncode == 3, outcome.stderr
    results = json.loads(outcome.stdout)["runs"][0]["results"]
    (result,) = (result for result in results if result["ruleId"] == "link-http")
    (location,) = result["locations"][:1]
    assert "(An old site keeps its address)" in location["logicalLocations"][0]["fullyQualifiedName"]
    assert location["physicalLocation"]["artifactLocation"]["uri"].endswith("/edition.html")


def test_an_edition_that_does_not_exist_is_a_clear_line(project: Path) -> None:
    outcome = broadsheet("-C", str(project), "check", "--date", "1999-01-01")
    assert outcome.returncode == 1
    assert "there is no edition daily-1999-01-01" in outcome.stderr
