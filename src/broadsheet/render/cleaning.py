"""The last wash of outside text before a template sees it: what would break the engine, a layout or a reader's eye.

Stories arrive clean, but an edition may also be built by hand or from an old database, so nothing here trusts them.
"""

from __future__ import annotations

import re
import unicodedata

from broadsheet.slots import guard

# Control characters and non-characters stop the MJML engine without a position, surrogates cannot be encoded, and
# embeddings, overrides and isolates (U+202A-E, U+2066-9) can turn the text around them. A plain direction mark is kept.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069"
    "\ufdd0-\ufdef\ufeff\ufff9-\uffff\ud800-\udfff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*(?=\s)|[。！？][」』）]*")
LONGEST = 2_000
_FLAG_LETTERS = "".join(chr(0x1F1E6 + letter) for letter in range(26))  # a flag is two of them
# More combining marks on one letter than any script needs let a text climb over its neighbours.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_MARK}{{8}}){_MARK}+")


def clean(text: str, longest: int = LONGEST) -> str:
    """Give one line of printable text of at most `longest` characters, in which nothing reads like a slot's token."""
    if len(text) <= longest and text.isprintable():
        text = text.strip() if "  " not in text else " ".join(text.split())
        return guard(text if text.isascii() else _STACKED.sub(r"\1", text))
    text = _SPACE.sub(" ", _UNWANTED.sub("", text[: longest * 8])).strip()
    return guard(shorten(_STACKED.sub(r"\1", text), longest))


def shorten(text: str, longest: int) -> str:
    """Cut at a sentence's end where one lies in the last two fifths, else at a word with an ellipsis.

    Never inside a cluster of letter and marks, an emoji sequence or a pair of flags.
    """
    if len(text) <= longest:
        return text
    head = text[: longest + 1]
    ends = [found.end() for found in _SENTENCE_END.finditer(head) if longest * 3 // 5 <= found.end() <= longest]
    if ends:
        return head[: ends[-1]]
    head = head[:longest]
    space = head.rfind(" ")
    if space >= longest // 2:
        return head[:space].rstrip(" ,;:–—-") + "…"
    return _whole_clusters(text, longest - 1) + "…"


def _whole_clusters(text: str, end: int) -> str:
    while end > 0 and _joins(text[end - 1], text[end]):
        end -= 1
    flags = len(text[:end]) - len(text[:end].rstrip(_FLAG_LETTERS))
    return text[: end - flags % 2]


def _joins(before: str, after: str) -> bool:
    return (
        unicodedata.combining(after) != 0
        or unicodedata.category(after) in ("Mn", "Me", "Mc")
        or "\u200d" in (before, after)
        or "\ufe00" <= after <= "\ufe0f"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
    )


def direction_of(text: str) -> str:
    """Tell which way a text runs by its first letter with a direction (UAX #9, rule P2): "ltr", "rtl" or ""."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in ("R", "AL"):
            return "rtl"
    return ""
