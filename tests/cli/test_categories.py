from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_init import broadsheet

ROWS = [{"title": f"Parish council {n} meets", "label": "Politics"} for n in ("one", "two", "six")] + [
    {"title": f"Opera {n} opens", "label": "Culture"} for n in ("one", "two", "six")
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for command in (["init", str(folder)], ["-C", str(folder), "gather"]):
        outcome = broadsheet(*command)
        assert outcome.returncode == 0, outcome.stderr
    (folder / "labels.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS))
    return folder


def test_train_then_test_then_list(project: Path) -> None:
    labels = str(project / "labels.jsonl")
    assert "fewer than two" in broadsheet("-C", str(project), "categories", "train").stderr
    outcome = broadsheet("-C", str(project), "categories", "train", labels, "--json")
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout) == {"labels": 6, "added": 6, "categories": {"Culture": 3, "Politics": 3}}
    found = json.loads(broadsheet("-C", str(project), "categories", "test", labels, "--json").stdout)
    assert found["texts"] == 6
    assert found["accuracy"] == 1
    said = broadsheet("-C", str(project), "categories", "test", labels).stdout
    assert "right in" in said
    assert "6 of these texts were taught" in said
    counts = {one["category"]: one["labels"] for one in json.loads(
        broadsheet("-C", str(project), "categories", "list", "--json").stdout
    )}  # fmt: skip
    assert counts["Politics"] == 3


def test_an_editors_word(project: Path) -> None:
    story = json.loads(broadsheet("-C", str(project), "stories", "--all", "--json").stdout)[0]["id"]
    assert broadsheet("-C", str(project), "categories", "label", story, "culture").stdout == f"{story} is Culture\n"
    assert "taken back" in broadsheet("-C", str(project), "categories", "label", story).stdout
    refused = broadsheet("-C", str(project), "categories", "label", story, "Chess")
    assert refused.returncode == 2
    assert "Known ones: " in refused.stderr
