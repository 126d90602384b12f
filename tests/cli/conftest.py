"""Run the command line as a user does: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Outcome = subprocess.CompletedProcess[str]
Broadsheet = Callable[..., Outcome]


@pytest.fixture
def broadsheet() -> Broadsheet:
    """Call `broadsheet` with arguments, in a folder, with extra variables; gives exit code, stdout and stderr."""

    def call(*arguments: str | Path, at: Path | None = None, stdin: str = "", **variables: str) -> Outcome:
        project = ["-C", str(at)] if at else []
        return subprocess.run(
            [sys.executable, "-m", "broadsheet", *project, *(str(argument) for argument in arguments)],
            capture_output=True, text=True, check=False, timeout=120, input=stdin,
            env={**os.environ, "COLUMNS": "200", **variables},
        )  # fmt: skip

    return call
