"""Hand a text to the user's editor, and read and write text files with errors in our own words."""

from __future__ import annotations

import codecs
import itertools
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from broadsheet.errors import ConfigError


def edited(text: str, name: str) -> tuple[bytes, str]:
    """Open a text in $VISUAL or $EDITOR, vi without either.

    Gives what was saved, and what went wrong ('' for nothing). Raises ConfigError when no editor can be started, or
    when it left no file.
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
        changed = read_bytes(file)
        code = outcome.returncode
        return changed, f"{command[0]!r} ended with code {code}; nothing was applied" if code else ""


def read_bytes(file: Path) -> bytes:
    """Read a file. Raises ConfigError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file)) from None


def decoded(content: bytes, name: str) -> str:
    """Read UTF-8, or UTF-16 where a byte order mark says so. Raises ConfigError that names the line at fault."""
    try:
        marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"is not written in UTF-8: the byte {content[error.start]:#04x} is no part of a letter", file=name,
            line=content.count(b"\n", 0, error.start) + 1, advice="Save it as UTF-8; nothing was applied.",
        ) from None  # fmt: skip
    return text.replace("\r\n", "\n").replace("\r", "\n")


def kept(content: bytes, wanted: Path) -> Path:
    """Keep what an editor wrote: in the file wanted, or one of its kind that is not there yet, so that none is lost.

    Where the folder cannot be written to, it is kept among the temporary files.
    """
    for number in itertools.count(1):
        file = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        try:
            with file.open("xb") as opened:
                opened.write(content)
        except FileExistsError:
            continue
        except OSError:
            break
        return file
    handle, name = tempfile.mkstemp(prefix="broadsheet-", suffix=wanted.suffix)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
    return Path(name)


def write_text(file: Path, text: str) -> None:
    """Write a UTF-8 file. Raises ConfigError."""
    try:
        file.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", file=str(file)) from None
