"""Front matter: facts about a story between `---` lines (a plain subset of YAML) or `+++` lines (TOML).

The subset: `key: value`, quoted values, lists as `[a, b]` or as `- a` lines, one level of nested keys, comments.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from broadsheet.errors import SourceError

_KEY = re.compile(r"([A-Za-z_][\w .-]*?)\s*:(?:\s+(.*)|\s*)$")


def split_front_matter(text: str, *, place: str = "") -> tuple[dict[str, Any], str]:
    """Cut a text into its front matter, keys in lower case with underscores, and the rest. Raises SourceError."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].strip() not in ("---", "+++"):
        return {}, text
    fence = lines[first].strip()
    for number in range(first + 1, len(lines)):
        if lines[number].strip() == fence or (fence == "---" and lines[number].strip() == "..."):
            block = lines[first + 1 : number]
            break
    else:
        raise SourceError(f"its front matter is opened by {fence} but never closed", place=place)
    if fence == "+++":
        try:
            facts: Mapping[str, Any] = tomllib.loads("\n".join(block))
        except tomllib.TOMLDecodeError as error:
            raise SourceError(f"its front matter is not valid TOML: {error}", place=place) from None
    else:
        facts = _yaml(block, first + 2, place)
    return {_name(key): value for key, value in facts.items()}, "\n".join(lines[number + 1 :])


def _name(key: str) -> str:
    return re.sub(r"[\s-]+", "_", key.strip().lower())


def _yaml(lines: list[str], start: int, place: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    key = ""
    block: list[str] | None = None  # the lines of a `|` or `>` text
    folded = True
    for number, line in enumerate(lines, start):
        if block is not None:
            if not line.strip() or line[0].isspace():
                block.append(line.strip())
                continue
            facts[key] = (" " if folded else "\n").join(block).strip()
            block = None
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indented = line[0].isspace()
        stripped = line.strip()
        if stripped.startswith("- ") or stripped == "-":
            if not key or not isinstance(facts[key], list | str) or (isinstance(facts[key], str) and facts[key]):
                raise SourceError(f"line {number} of its front matter is a list item without a list", place=place)
            facts[key] = [*(facts[key] or []), _value(stripped[1:].strip())]
            continue
        found = _KEY.match(stripped)
        if not found:
            if indented and key and isinstance(facts[key], str):
                facts[key] = f"{facts[key]} {stripped}".strip()
                continue
            raise SourceError(
                f"line {number} of its front matter is no `key: value`", place=place,
                advice="Write one fact a line, such as `url: https://example.org/story`.",
            )  # fmt: skip
        name, value = found[1], (found[2] or "").strip()
        if indented and key and (facts[key] == "" or isinstance(facts[key], dict)):
            facts[key] = {**(facts[key] or {}), _name(name): _value(value)}
            continue
        key = name
        if value in ("|", ">", "|-", ">-", "|+", ">+"):
            block, folded = [], value[0] == ">"
            facts[key] = ""
        else:
            facts[key] = _value(value)
    if block is not None:
        facts[key] = (" " if folded else "\n").join(block).strip()
    return facts


def _value(text: str) -> Any:
    if text[:1] in ("'", '"'):
        quote = text[0]
        end = text.rfind(quote)
        if end > 0 and (not text[end + 1 :].strip() or text[end + 1 :].lstrip().startswith("#")):
            inner = text[1:end]
            return inner.replace("''", "'") if quote == "'" else inner.replace('\\"', '"').replace("\\\\", "\\")
    text = re.sub(r"\s+#.*$", "", text)
    if text.startswith("[") and text.endswith("]"):
        return [_value(part) for part in _split(text[1:-1]) if part]
    if text.startswith("{") and text.endswith("}"):
        pairs = (part.partition(":") for part in _split(text[1:-1]))
        return {_name(name.strip(" \"'")): _value(value.strip()) for name, _, value in pairs if name.strip()}
    return "" if text in ("~", "null") else text


def _split(text: str) -> list[str]:
    """Cut at commas that stand outside of quotes."""
    return [part.strip() for part in re.findall(r"(?:\"[^\"]*\"|'[^']*'|[^,\"']+|[\"'])+", text)]


def text_of(value: Any) -> str:
    """Read a fact as text; dates of TOML as ISO 8601."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(map(text_of, value))
    return "" if value is None or isinstance(value, Mapping) else str(value)


def list_of(value: Any) -> tuple[str, ...]:
    """Read a fact as a list: a list, or a text with commas."""
    if isinstance(value, list | tuple):
        names = [
            text_of(item.get("name", item.get("term", "")) if isinstance(item, Mapping) else item) for item in value
        ]
    elif isinstance(value, Mapping):
        names = [text_of(value.get("name", ""))]
    else:
        names = text_of(value).split(",")
    return tuple(name.strip() for name in names if name.strip())
