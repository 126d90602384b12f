from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from broadsheet.check import Mail, check_mail
from broadsheet.check.report import grouped, sarif
from broadsheet.check.rules import RULES
from broadsheet.model import Finding, Severity
from tests.check.editions import CONTEXT
from tests.check.neighbours import SARIF, fetched

PAGE = "<p>\n<a href='a.html'>one</a>\n<a href='b.html'>two</a>\n<script></script>"


def findings() -> tuple[Finding, ...]:
    return check_mail(Mail(html=PAGE, headers={}), CONTEXT)


def test_findings_of_one_rule_stand_together_with_one_advice() -> None:
    group = next(group for group in grouped(findings()) if group.rule == "link-relative")
    assert (group.title, group.severity) == ("Links", Severity.BLOCK)
    assert [place for _, place in group.lines] == ["line 2, column 1", "line 3, column 1"]
    assert group.advice == ("Write it with https:// and host.",)


def test_what_blocks_comes_first() -> None:
    severities = [group.severity for group in grouped(findings())]
    assert severities == sorted(severities, key=lambda severity: severity is not Severity.BLOCK)


def test_sarif_names_rule_level_file_line_and_column() -> None:
    document = json.loads(json.dumps(sarif(findings(), "out/my mail.html")))
    (run,) = document["runs"]
    assert document["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.name for rule in RULES]
    result = next(result for result in run["results"] if result["ruleId"] == "link-relative")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "link-relative"
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "out/my%20mail.html"},
        "region": {"startLine": 2, "startColumn": 1},
    }
    assert result["message"]["text"].endswith("Write it with https:// and host.")


def test_sarif_keeps_the_story_that_a_finding_is_about() -> None:
    finding = Finding(
        rule="contrast", severity=Severity.WARN, message="m", place="story s1 (A, b (c)), line 3, column 7"
    )
    (result,) = sarif([finding], "edition.html")["runs"][0]["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 7}
    assert location["logicalLocations"] == [{"fullyQualifiedName": "story s1 (A, b (c))"}]


def test_sarif_keeps_to_the_schema_of_oasis(cache: Path) -> None:
    schema = json.loads(fetched(SARIF, "lib/schemas/sarif-2.1.0-rtm.5.json", cache).read_text("utf-8"))
    whole_mail = Finding(rule="size", severity=Severity.WARN, message="m", place="html", advice="a")
    about_story = Finding(rule="contrast", severity=Severity.OFF, message="m", place="story s1 (A), line 3, column 7")
    for found in ((), (*findings(), whole_mail, about_story)):
        document = json.loads(json.dumps(sarif(found, "out/my mail.html")))
        faults = jsonschema.Draft4Validator(schema).iter_errors(document)
        assert [f"{fault.json_path}: {fault.message[:200]}" for fault in faults] == []
        assert len(document["runs"][0]["results"]) == len(found)
