"""Two escapers. Every value that a template prints passes one of them.

`escape_text` is safe between tags and between quotes. In attributes of MJML tags the filter `attr` is needed beside:
the engine prints them with Rust's debug format, which turns a joiner into the characters ``\\u{200d}``; numeric
references pass it unharmed. A rendering in which that was forgotten is refused.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from broadsheet.slots import guard

_NOT_PLAIN = re.compile(r"[^ !#-%(-;=?-\[\]-~]")  # everything but printable ASCII without & < > " ' and backslash


def escape_text(value: object) -> str:
    """Escape outside text for a place between tags or between quotes. Markup passes as it is."""
    if type(value) is Markup:
        return value
    if type(value) is not str:
        if type(value) is int:
            return str(value)
        if hasattr(value, "__html__"):
            return str(value.__html__())
        value = str(value)
    # Six searches for one character each are done before a regular expression has looked at half a line.
    value = guard(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace('"', "&#34;").replace("'", "&#39;").replace("\\", "&#92;")


def escape_attribute(value: object) -> Markup:
    """Escape outside text for an attribute: whatever the engine could corrupt becomes a numeric reference."""
    if type(value) is Markup:
        return value
    text = guard(str(value))
    return as_markup(text if _NOT_PLAIN.search(text) is None else _NOT_PLAIN.sub(_reference, text))


def as_markup(escaped: str) -> Markup:
    """Say of a text that it is escaped; at half the cost of asking it, as Markup does, whether it knows how to be."""
    return str.__new__(Markup, escaped)


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found.group())};"
