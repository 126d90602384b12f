from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path


def broadsheet(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", "-C", str(project), *words],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_an_import_that_refuses_rows_says_so_by_4_and_writes_them_to_mend(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,name\nada@example.com,Ada\nnobody,=1+1\n", encoding="utf-8")
    rest = tmp_path / "rest.csv"
    outcome = broadsheet(project, "subscribers", "import", str(file), "-p", "daily", "--refused", str(rest), "--json")
    assert outcome.returncode == 4, outcome.stderr
    report = json.loads(outcome.stdout)
    assert (report["new"], report["active"], report["refused"]) == (1, 1, 1)
    assert report["refusals"][0]["line"] == 3
    assert "nobody" in rest.read_text(encoding="utf-8")
    rest.write_text(rest.read_text(encoding="utf-8").replace("nobody", "ben@example.com"), encoding="utf-8")
    mended = broadsheet(project, "subscribers", "import", str(rest), "-p", "daily", "--json")
    assert mended.returncode == 0
    shown = json.loads(broadsheet(project, "subscribers", "show", "ben@example.com", "--json").stdout)
    assert shown["subscriber"]["attributes"] == {}


def test_the_name_of_a_list_says_who_is_in_it_unless_somebody_says_more(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "left bank.csv"
    file.write_text("email\nada@example.com\n", encoding="utf-8")
    asked = broadsheet(project, "subscribers", "import", str(file), "-p", "daily", "--dry-run")
    assert asked.returncode == 1
    assert "--as active" in asked.stderr
    told = broadsheet(
        project, "subscribers", "import", str(file), "-p", "daily", "--dry-run", "--as", "active", "--json"
    )
    assert json.loads(told.stdout)["active"] == 1
    file = file.rename(tmp_path / "unsubscribed_members_export_1a2b.csv")
    plain = broadsheet(project, "subscribers", "import", str(file), "-p", "daily", "--dry-run")
    assert "by its name all are unsubscribed" in plain.stderr
    assert "1 unsubscribed" in plain.stdout
    assert "if they are not, import it with --as active" in plain.stderr
    kept = broadsheet(project, "subscribers", "import", str(file), "-p", "daily")
    assert "if they are not, take it back with --undo and import it with --as active" in kept.stderr
    assert "broadsheet subscribers import --undo -p daily" in kept.stdout
    file = file.rename(tmp_path / "subscribed_members_export_1a2b.csv")
    again = broadsheet(project, "subscribers", "import", str(file), "-p", "daily")
    assert "by its name" not in again.stderr
    assert "--undo" not in again.stdout


def test_what_a_list_ends_and_what_an_erasure_removes_are_told_in_words(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\nada@example.com\nben@example.com\n", encoding="utf-8")
    broadsheet(project, "subscribers", "import", str(file), "-p", "daily")
    file = file.rename(tmp_path / "unsubscribes.csv")
    assert re.search(r"changed +2  2 unsubscribed by it", broadsheet(
        project, "subscribers", "import", str(file), "-p", "daily").stdout)  # fmt: skip
    gone, nobody = (broadsheet(project, "subscribers", "erase", "ada@example.com").stdout for _ in range(2))
    assert "Erased: 1 person, 1 subscription, 2 lines of consent history\n" in gone
    assert "Nothing was kept about ada@example.com." in nobody


def test_all_that_is_left_out_is_written_by_line(project: Path, tmp_path: Path) -> None:
    broadsheet(project, "subscribers", "suppress", "ben@example.com")
    file, rest = tmp_path / "list.csv", tmp_path / "rest.csv"
    file.write_text("email\nada@example.com\nben@example.com\nnobody\nADA@example.com\ncleo@example.com\n", "utf-8")
    broadsheet(project, "subscribers", "import", str(file), "-p", "daily", "--refused", str(rest))
    lines = [row.split(",") for row in rest.read_text(encoding="utf-8").splitlines()[1:]]
    assert [(line[0], line[-1]) for line in lines] == [
        ("3", "ben@example.com"), ("4", "nobody"), ("5", "ADA@example.com"),
    ]  # fmt: skip


def test_wrong_words_are_one_clear_line(project: Path) -> None:
    for words, code in (
        (("subscribers", "import", "nowhere.csv", "-p", "daily"), 1),
        (("subscribers", "import", "-p", "daily"), 2),
        (("subscribers", "show", "nobody@example.com"), 1),
        (("subscribers", "count", "-p", "daily", "--segment", "country =="), 1),
        (("subscribers", "add", "nobody", "-p", "daily"), 1),
        (("bounces", "read"), 2),
    ):
        outcome = broadsheet(project, *words)
        assert outcome.returncode == code, (words, outcome.stderr)
        assert "Traceback" not in outcome.stderr
        assert outcome.stderr.strip()
