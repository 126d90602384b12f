"""Nouns to JSON text and back. A missing field takes its default; an unknown one is passed over."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

Decoder = Callable[[Any], Any]
T = TypeVar("T")


def write_document(noun: object) -> str:
    """Write a noun as JSON text. The same noun gives the same text."""
    return json.dumps(_plain(noun), ensure_ascii=False, separators=(",", ":"))


def read_document(kind: type[T], text: str) -> T:
    """Read a noun back. Raises ValueError when the text holds no such noun."""
    try:
        return typing.cast("T", _decoder(typing.cast("Any", kind))(json.loads(text)))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error


def _plain(value: Any) -> Any:
    """Turn nouns into JSON's own kinds; fields that stand at their default are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(getattr(value, f.name))
            for f in fields(value)
            if f.default is MISSING or getattr(value, f.name) != f.default
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


@cache
def _decoder(kind: Any) -> Decoder:
    if isinstance(kind, type) and is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        decoders = {f.name: _decoder(hints[f.name]) for f in fields(kind)}
        return lambda value: kind(**{name: read(value[name]) for name, read in decoders.items() if name in value})
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        item = _decoder(arguments[0])
        return lambda value: tuple(item(part) for part in value)
    if origin in (typing.Union, types.UnionType):
        inner = _decoder(next(part for part in arguments if part is not type(None)))
        return lambda value: None if value is None else inner(value)
    if isinstance(kind, type) and issubclass(kind, datetime | date):
        return kind.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
