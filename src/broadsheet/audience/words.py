"""Lists of words, written as one writes them, and cells as a spreadsheet would read them."""

from __future__ import annotations

# What makes a spreadsheet take a cell for a formula, in full width too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def words(text: str) -> tuple[str, ...]:
    """Cut a text at its white space."""
    return tuple(text.split())


def bare(text: str) -> str:
    """Take off the apostrophe that an export puts before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
