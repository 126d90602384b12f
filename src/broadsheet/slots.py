"""Slots: named places in a rendering that are filled last, for a reader, a platform or a preview.

In a rendering a slot is a *token* made of letters and digits only, so that no template engine, HTML parser, CSS inliner
or URL rewriter changes it. Text from outside cannot forge one: `guard` breaks anything in it that reads like a token,
and the escapers of the render room pass every outside text through it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

_OPEN, _CLOSE = "sLoT7", "7tOLs"
TOKEN = re.compile(f"{_OPEN}([a-z]+){_CLOSE}")
_LOOKALIKE = re.compile(re.escape(_OPEN), re.IGNORECASE)


class Slot(StrEnum):
    """The places that exist. URL slots stand alone as a whole link target; the others are text."""

    UNSUBSCRIBE_URL = "unsubscribe_url"
    VIEW_URL = "view_url"
    PREFERENCES_URL = "preferences_url"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"

    @property
    def is_url(self) -> bool:
        """Tell whether the slot is a link target."""
        return self.value.endswith("_url")

    @property
    def token(self) -> str:
        """Write the slot as it stands in a rendering."""
        return f"{_OPEN}{self.value.replace('_', '')}{_CLOSE}"


# Where a section begins and ends, by its place in the edition; digits keep it from reading as a slot.
SECTION_MARK = re.compile(f"{_OPEN}([+-])([0-9]{{1,3}}){_CLOSE}")


def section_mark(position: int, *, ends: bool = False) -> str:
    """Write the mark before, or behind, the section at a position in an edition; outside text cannot forge it."""
    return f"{_OPEN}{'-' if ends else '+'}{position}{_CLOSE}"


_BY_TOKEN = {slot.value.replace("_", ""): slot for slot in Slot}

SAMPLES: Mapping[Slot, str] = {
    Slot.UNSUBSCRIBE_URL: "https://example.com/unsubscribe",
    Slot.VIEW_URL: "https://example.com/view",
    Slot.PREFERENCES_URL: "https://example.com/preferences",
    Slot.FIRST_NAME: "Robin",
    Slot.LAST_NAME: "Reader",
    Slot.EMAIL: "reader@example.com",
}


def guard(text: str) -> str:
    """Break whatever in outside text reads like a token, by a word joiner (U+2060) that no reader sees."""
    if "7" not in text or "slot7" not in text.lower():
        return text
    return _LOOKALIKE.sub(lambda found: found.group()[:2] + "\u2060" + found.group()[2:], text)


def open_slots(text: str) -> list[Slot]:
    """List the slots that stand open in a text, as often as they do."""
    return [_BY_TOKEN[name] for name in TOKEN.findall(text) if name in _BY_TOKEN]


def used(text: str) -> tuple[Slot, ...]:
    """List the slots that stand open in a text, each once, in order of first use."""
    return tuple(dict.fromkeys(open_slots(text)))


def fill(text: str, value: Callable[[Slot], str]) -> str:
    """Replace every token by what `value` gives for its slot; the caller escapes for the place where it stands.

    Raises KeyError for a token that names no slot: a defect of a theme, never of outside text.
    """
    return TOKEN.sub(lambda found: value(_BY_TOKEN[found.group(1)]), text)


def pieces(text: str) -> list[str | Slot]:
    """Cut a text at its tokens: literal pieces and slots in order. Joining filled pieces needs no search a reader."""
    parts: list[str | Slot] = []
    end = 0
    for found in TOKEN.finditer(text):
        if found.start() > end:
            parts.append(text[end : found.start()])
        parts.append(_BY_TOKEN[found.group(1)])
        end = found.end()
    if end < len(text):
        parts.append(text[end:])
    return parts
