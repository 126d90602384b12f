"""The only place that prints. Results go to stdout, everything else to stderr; outside text can steer no terminal."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

_NARROWEST = 12  # columns; in less, a folded text is harder to read than a broken line
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def plain(text: str) -> str:
    """Take out what could steer a terminal: escape sequences' lead-ins, control and direction characters."""
    return _STEERING.sub("", text)


def say(text: str = "") -> None:
    """Print a line of the result."""
    print(plain(text))


def tell(text: str) -> None:
    """Print a line about the work to stderr."""
    print(plain(text), file=sys.stderr)


def share_done(what: str) -> Callable[[int, int], None] | None:
    """Show on a terminal how much of something is done; None where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        share = 100 * done // max(total, 1)
        print(f"\r{what}  {share:3} %", end="\n" if done >= total else "", file=sys.stderr, flush=True)

    return show


def document(value: object) -> None:
    """Print a value as one JSON document. Dataclasses become objects, times ISO 8601, paths text."""
    print(json.dumps(value, default=_jsonable, ensure_ascii=False, indent=2))


def documents(values: Iterable[object]) -> None:
    """Print values as one JSON document, a list, each as it comes: memory holds one of them, however many there are."""
    mark = "["
    for value in values:
        text = json.dumps(value, default=_jsonable, ensure_ascii=False, indent=2)
        print(mark, text.replace("\n", "\n  "), sep="\n  ", end="")  # within a text, JSON writes a line end as \\n
        mark = ","
    print("[]" if mark == "[" else "\n]")


def _jsonable(value: Any) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def table(rows: Iterable[Iterable[object]], *, head: Iterable[str] = ()) -> None:
    """Print rows in columns. On a terminal the last column is folded to its width; into a pipe it runs on."""
    lines = [[plain(str(cell)) for cell in row] for row in rows]
    if not lines:
        return
    titles = list(head)
    if titles:
        lines.insert(0, titles)
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    indent = sum(widths[:-1]) + 2 * (len(widths) - 1)
    room = shutil.get_terminal_size().columns - indent if sys.stdout.isatty() else 0
    for line in lines:
        columns = [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        first, *more = _folded(line[-1], room) if room >= _NARROWEST else [line[-1]]
        print("  ".join((*columns[:-1], first)).rstrip())
        for part in more:
            print(" " * indent + part)


def _width(text: str) -> int:
    """Count the columns that a terminal gives a text: two for a wide character, none for a combining one (UAX 11)."""
    return sum(0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text)


def _folded(text: str, room: int) -> list[str]:
    """Break a text between words into lines of so many columns; a longer word stands alone."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and _width(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
