"""Start-up stays light: what a command does not need is not imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "jinja2", "mjml", "sqlite_utils", "feedparser", "httpx2", "httpcore2", "rich", "trafilatura", "nh3", "babel",
    "PIL", "cryptography", "starlette", "uvicorn", "email_validator", "markdown_it", "charset_normalizer",
    "itsdangerous", "dns",
}  # fmt: skip


def imported(*arguments: str) -> set[str]:
    program = (
        "import sys\n"
        f"sys.argv = ['broadsheet', *{list(arguments)!r}]\n"
        "from broadsheet.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('MODULES', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(outcome.stdout.rpartition("MODULES")[2].split())


def test_the_version_needs_no_engine() -> None:
    assert not imported("--version") & HEAVY


def test_the_help_needs_no_engine() -> None:
    assert not imported("--help") & HEAVY


@pytest.mark.parametrize("command", [["edition", "list"], ["plan"], ["stories", "--json"]])
def test_light_commands_stay_light(tmp_path: Path, command: list[str]) -> None:
    run = [sys.executable, "-m", "broadsheet"]
    subprocess.run([*run, "init", str(tmp_path)], check=True, capture_output=True)
    subprocess.run([*run, "-C", str(tmp_path), *command], check=True, capture_output=True)  # makes the database
    assert not imported("-C", str(tmp_path), *command) & HEAVY
