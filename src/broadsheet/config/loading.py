"""Read broadsheet.toml into a `Config`, or say exactly what is wrong with it and where."""

from __future__ import annotations

import difflib
import re
import tomllib
import typing
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from broadsheet.config.project import Config
from broadsheet.errors import ConfigError

FILE_NAME = "broadsheet.toml"

Key = tuple[str | int, ...]


def load_config(folder: Path) -> Config:
    """Read the project's configuration.

    Raises ConfigError that lists every fault with file, line, key and what was expected.
    """
    file = folder / FILE_NAME
    try:
        source = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"no {FILE_NAME} in {folder}",
            advice="Type `broadsheet init` to write one, or name the project with -C DIR.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file=str(file)) from None
    return parse_config(source, folder=folder, file=str(file))


def parse_config(source: str, *, folder: Path, file: str = FILE_NAME) -> Config:
    """Turn the text of a broadsheet.toml into a `Config`. Raises ConfigError."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise ConfigError(f"not valid TOML: {error}", file=file, line=int(line[1]) if line else None) from None
    for kind in ("publications", "sources"):
        tables = data.get(kind)
        for name, table in tables.items() if isinstance(tables, dict) else ():
            if isinstance(table, dict):
                if "name" in table:
                    key: Key = (kind, name, "name")
                    raise ConfigError(
                        "the name is the table's own", file=file, key=_dotted(key), line=_line(source, key),
                        advice=f"Remove the key; rename the table [{kind}.{name}] instead.",
                    )  # fmt: skip
                if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
                    raise ConfigError(
                        "expected a name of lower-case letters, digits, - and _",
                        file=file, key=f"{kind}.{name}", line=_line(source, (kind, name)),
                    )  # fmt: skip
                table["name"] = name
    if "folder" in data:
        raise ConfigError("unknown key", file=file, key="folder", line=_line(source, ("folder",)))
    try:
        return Config.model_validate({**data, "folder": folder})
    except ValidationError as error:
        raise _refusal(error, source, file) from None


def _refusal(error: ValidationError, source: str, file: str) -> ConfigError:
    sentences = []
    for fault in error.errors():
        key = tuple(fault["loc"])
        sentences.append((_line(source, key) or 0, key, _sentence(fault["type"], fault["msg"], key)))
    sentences.sort(key=lambda sentence: sentence[0])
    line, key, message = sentences[0]
    rest = [f"{file}:{ln or ''}: {_dotted(k)}: {msg}" for ln, k, msg in sentences[1:]]
    return ConfigError(
        "\n".join([message, *rest]), file=file, key=_dotted(key), line=line or None,
        advice="See the reference of broadsheet.toml in docs/, or the commented file that `broadsheet init` writes.",
    )  # fmt: skip


def _sentence(kind: str, message: str, key: Key) -> str:
    if kind == "extra_forbidden":
        known = _known_keys(key[:-1])
        close = difflib.get_close_matches(str(key[-1]), known, n=1)
        return "unknown key" + (
            f"; did you mean `{close[0]}`?" if close else f"; expected one of: {', '.join(sorted(known))}"
        )
    if kind == "missing":
        return "required, but missing"
    return message.removeprefix("Value error, ").removeprefix("Input should be ").replace("Field", "value")


def _known_keys(path: Sequence[str | int]) -> list[str]:
    table: object = Config
    for step in path:
        if isinstance(table, type) and issubclass(table, BaseModel):
            field = table.model_fields.get(str(step))
            table = field.annotation if field else None
            arguments = [a for a in typing.get_args(table) if a is not type(None)]
            if arguments and typing.get_origin(table) not in (dict, tuple, list):
                table = arguments[0]
        else:
            models = [a for a in typing.get_args(table) if isinstance(a, type) and issubclass(a, BaseModel)]
            table = models[0] if models else None
    if isinstance(table, type) and issubclass(table, BaseModel):
        return [name for name in table.model_fields if name not in ("folder", "name")]
    return []


def _dotted(key: Key) -> str:
    text = ""
    for step in key:
        if step == "[key]":  # how pydantic says that the name itself is at fault, not its value
            continue
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".")


def _line(source: str, key: Key) -> int | None:
    """Find the line a key stands on: its own, else that of the nearest table around it. None when inline or absent."""
    best: tuple[int, int] | None = None
    table: Key = ()
    counts: dict[Key, int] = {}
    for number, raw in enumerate(source.splitlines(), 1):
        line = raw.strip()
        if header := re.match(r"(\[\[?)\s*([^\]]+?)\s*\]\]?", line):
            names: Key = tuple(part.strip().strip("\"'") for part in header[2].split("."))
            if header[1] == "[[":
                counts[names] = counts.get(names, -1) + 1
                names = (*names, counts[names])
            table = names
            here: Key = table
        elif assignment := re.match(r"([A-Za-z0-9_\-\"'.]+)\s*=", line):
            here = (*table, *(part.strip("\"'") for part in assignment[1].split(".")))
        else:
            continue
        depth = len(here)
        if key[:depth] == here and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None
