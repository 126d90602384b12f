"""Numbers and their nouns, as people are told them."""

from __future__ import annotations


def number_of(count: int, noun: str, nouns: str = "") -> str:
    """Write a count with its English noun: "1 story", "2,000 stories". Without `nouns` the plural takes an s."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
