"""Lists of words, written as one writes them."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """Cut a text at its white space."""
    return tuple(text.split())
