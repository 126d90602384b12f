"""The page of the configuration is made from the code."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from broadsheet.config import Config

PAGE = Path(__file__).resolve().parent.parent / "docs" / "config.md"
OPENING = """\
# broadsheet.toml

Made from the code; `python3 tests --rewrite` makes it anew. Unknown keys are refused, with the nearest known one. Paths
are relative to the project's folder. Secrets never stand here: keys that end in `_env`, `_file` or
`_keyring` (the service `broadsheet`, as `keyring set broadsheet NAME` writes it) say where they are.
"""
WORDS = {
    str: "text", int: "whole number", float: "number", bool: "true or false", date: "date", time: "time",
    timedelta: "duration such as 90m or 6h",
}  # fmt: skip


def described(kind: Any) -> str:
    if isinstance(kind, FieldInfo):
        return described(kind.annotation)
    if hasattr(kind, "__metadata__"):
        return described(kind.__origin__)
    origin, arguments = typing.get_origin(kind), [a for a in typing.get_args(kind) if a is not type(None)]
    if origin is Literal:
        return " or ".join(f"`{argument}`" if isinstance(argument, str) else str(argument) for argument in arguments)
    if origin in (tuple, list):
        return f"list of {described(arguments[0])}"
    if origin is dict:
        return f"table of {described(arguments[1])}"
    if arguments:
        return " or ".join(dict.fromkeys(described(argument) for argument in arguments))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "table"
    return WORDS.get(kind, getattr(kind, "__name__", str(kind)))


def inner_tables(kind: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """Find the tables within a field's type, with what stands between its key and theirs."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind, ""
        return
    origin = typing.get_origin(kind)
    for argument in typing.get_args(kind):
        for table, between in inner_tables(argument):
            yield table, {dict: ".NAME", tuple: "[]"}.get(origin, "") + between


def tables(table: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    for key, field in table.model_fields.items():
        for inner, between in inner_tables(field.annotation):
            name = f"{path}.{key}{between}".lstrip(".")
            yield name, inner
            yield from tables(inner, name)


def default_of(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None or value in ("", (), {}) or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, timedelta):
        return f"`{int(value.total_seconds() // 60)}m`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in value) + "]`"
    return f"`{value}`"


def page() -> str:
    parts = [OPENING]
    for name, table in tables(Config, ""):
        heading = f"[[{name.removesuffix('[]')}]]" if name.endswith("[]") else f"[{name.replace('[]', '')}]"
        parts.append(f"## {heading}\n")
        parts.append(inspect.cleandoc(table.__doc__ or "") + "\n")
        rows = [
            f"| `{key}` | {described(field.annotation)} | {default_of(field)} | {field.description or ''} |"
            for key, field in table.model_fields.items()
            if key not in ("name", "folder") and not list(inner_tables(field.annotation))
        ]
        if rows:
            parts.append("| key | value | default | |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def test_every_key_is_explained() -> None:
    unexplained = [
        f"[{name}] {key}"
        for name, table in tables(Config, "")
        for key, field in table.model_fields.items()
        if key not in ("name", "folder") and not list(inner_tables(field.annotation))
        if not field.description and f"`{key}`" not in (table.__doc__ or "")
    ]
    assert unexplained == []


def test_the_page_of_the_configuration_is_true(rewrite: bool) -> None:
    if rewrite:
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "make it anew with: python3 tests --rewrite"
