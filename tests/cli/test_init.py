from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from broadsheet.config import load_config


def broadsheet(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_init_writes_a_project_that_works_as_it_is(tmp_path: Path) -> None:
    outcome = broadsheet("init", str(tmp_path / "new"))
    assert outcome.returncode == 0, outcome.stderr
    assert load_config(tmp_path / "new").publication().title == "The Morning Sheet"
    assert "secret.key" in (tmp_path / "new" / ".gitignore").read_text()


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text("mine")
    outcome = broadsheet("init", str(tmp_path))
    assert "kept" in outcome.stdout
    assert (tmp_path / "broadsheet.toml").read_text() == "mine"


def test_init_in_a_place_that_cannot_be_is_a_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    outcome = broadsheet("init", str(tmp_path / "file" / "folder"))
    assert outcome.returncode == 2
    assert "cannot be written to" in outcome.stderr
    assert "Traceback" not in outcome.stderr
