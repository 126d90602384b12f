"""Cut pieces out of plain text: lines of links, paragraphs that greet, a name in a subject."""

from __future__ import annotations

import re

from broadsheet.slots import Slot

_PARTED = re.compile(r"\s+[|·•/–—-]\s+")


def without_slot(text: str, slot: Slot) -> str:
    """Take out what holds a slot: for a link its line (and the line that announces it), else its paragraph."""
    return _without_link(text, slot) if slot.is_url else _without_paragraph(text, slot)


def _without_link(text: str, slot: Slot) -> str:
    kept: list[str] = []
    for line in text.split("\n"):
        if slot.token not in line:
            kept.append(line)
            continue
        others = [piece for piece in _PARTED.split(line) if slot.token not in piece]
        if others:
            kept.append(" | ".join(others))
        elif re.fullmatch(rf"\W*{slot.token}\W*", line) and kept and kept[-1].rstrip().endswith(":"):
            kept.pop()
    return "\n".join(kept)


def _without_paragraph(text: str, slot: Slot) -> str:
    paragraphs = re.split(r"(\n[ \t]*\n+)", text)
    kept: list[str] = []
    for piece in paragraphs:
        if slot.token not in piece:
            kept.append(piece)
        elif kept:
            kept.pop()
    return "".join(kept).lstrip("\n")


def without_word(line: str, slot: Slot) -> str:
    """Take a slot out of a single line, such as a subject, and the punctuation that is left hanging."""
    line = re.sub(rf"\s*{slot.token}(?:\s*[,;:])?", "", line)
    return re.sub(r"^[\s,;:–—-]+|[\s,;:–—-]+$", "", re.sub(r"\s{2,}", " ", line))
