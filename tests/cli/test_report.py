from __future__ import annotations

import html
import json
from pathlib import Path

from broadsheet.desk.starting import start_project
from tests.cli.conftest import Broadsheet


def test_a_run_leaves_a_report_for_people_and_for_scripts(tmp_path: Path, broadsheet: Broadsheet) -> None:
    start_project(tmp_path)
    assert "nothing has run yet" in broadsheet("report", at=tmp_path).stderr
    assert broadsheet("run", at=tmp_path).returncode == 3
    report = json.loads(broadsheet("report", "--json", at=tmp_path).stdout)
    assert (report["run"], report["exit_code"]) == (1, 3)
    assert [stage["name"] for stage in report["stages"]] == ["gather", "pick", "render", "check", "approve"]
    facts = {stage["name"]: stage for stage in report["stages"]}
    assert facts["gather"]["readings"] == [{"source": "desk", "found": 1, "new": 1, "state": "read"}]
    (chosen,) = facts["pick"]["chosen"]
    assert chosen["position"] == 1
    assert chosen["reason"]
    assert facts["pick"]["fates"] == {"picked": 1}
    page = tmp_path / "report.html"
    assert broadsheet("report", "1", "--html", page, at=tmp_path).returncode == 0
    text = html.unescape(page.read_text())
    for words in ("waits for an editor", "desk: 1 new of 1", chosen["headline"], chosen["reason"], "1 picked"):
        assert words in text
    status = json.loads(broadsheet("status", "--json", at=tmp_path).stdout)
    assert status["publications"][0]["state"] == "draft"
    assert len(status["problems"]) == 1
    broadsheet("edition", "approve", at=tmp_path)
    broadsheet("subscribers", "import", tmp_path / "subscribers.csv", at=tmp_path)
    assert broadsheet("run", at=tmp_path).returncode == 0
    assert json.loads(broadsheet("status", "--json", at=tmp_path).stdout)["problems"] == []


def test_a_backup_can_be_opened_as_a_project(tmp_path: Path, broadsheet: Broadsheet) -> None:
    start_project(tmp_path / "a")
    broadsheet("gather", at=tmp_path / "a")
    start_project(tmp_path / "b")
    assert broadsheet("backup", tmp_path / "b" / "broadsheet.db", at=tmp_path / "a").returncode == 0
    stories = [broadsheet("stories", "--json", at=tmp_path / name).stdout for name in "ab"]
    assert stories[0] == stories[1]
    assert broadsheet("backup", tmp_path / "b" / "broadsheet.db", at=tmp_path / "a").returncode == 1
