from __future__ import annotations

import json
from pathlib import Path

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
