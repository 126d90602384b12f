"""Hand a text to the user's editor, and read and write text files with errors in our own words."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from broadsheet.errors import ConfigError


def edited(text: str, name: str) -> tuple[str, str]:
    """Open a text in $VISUAL or $EDITOR, vi without either.

    Gives what was saved, and what went wrong ('' for nothing). Raises ConfigError when no editor can be started.
    """
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        file = Path(folder) / name
        write_text(file, text)
        try:
            outcome = subprocess.run([*command, str(file)], check=False)
        except OSError as error:
            raise ConfigError(
                f"{command[0]!r} cannot be started: {error.strerror}", key="EDITOR",
                advice="Set EDITOR, or use `edition edit --to FILE` and `--from FILE`.",
            ) from None  # fmt: skip
        changed = read_text(file)
        code = outcome.returncode
        return changed, f"{command[0]!r} ended with code {code}; nothing was applied" if code else ""


def read_text(file: Path) -> str:
    """Read a UTF-8 file. Raises ConfigError."""
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file=str(file)) from None


def write_text(file: Path, text: str) -> None:
    """Write a UTF-8 file. Raises ConfigError."""
    try:
        file.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", file=str(file)) from None
