"""Add and remove tables in the text of a broadsheet.toml; whatever else stands in it, comments too, stays."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")


def with_table(text: str, name: str, values: Mapping[str, str | bool]) -> str:
    """Write a table at the end of a text. `name` is dotted, as in `sources.agency`."""
    lines = [f"{key} = {_value(value)}" for key, value in values.items() if value not in ("", False)]
    return text.rstrip("\n") + f"\n\n[{name}]\n" + "\n".join(lines) + "\n"


def without_table(text: str, name: str) -> str:
    """Take a table and those under it out of a text, with the comment lines that stand directly over it."""
    kept: list[str] = []
    comments: list[str] = []  # the last ones seen: they belong to the table that follows
    is_inside = False
    for line in text.split("\n"):
        if line.startswith("#"):
            comments.append(line)
            continue
        if found := _HEADER.match(line):
            table = re.sub(r"[\s\"']", "", found[1])
            is_inside = table == name or table.startswith(f"{name}.")
        if not is_inside:
            kept += [*comments, line]
        elif not line.strip():
            kept += comments  # a blank line parts them from what follows
        comments = []
    return re.sub(r"\n{3,}", "\n\n", "\n".join([*kept, *comments])).rstrip("\n") + "\n"


def _value(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
