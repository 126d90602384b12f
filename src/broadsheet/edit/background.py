"""How common a word is in the news at large, and whether it is written as a name or as a word.

The table is made by `python -m benchmarks.make_tables` from openly licensed headlines and ledes (docs/edit-quality.md
says which) and shipped as `data/words.en.tsv`. Other languages have none; they rely on the archive they meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple


class Spread(NamedTuple):
    """In how many texts a word stood, and in how many it was written as a name and as a plain word."""

    texts: int
    as_name: int
    as_word: int


@dataclass(frozen=True, slots=True)
class Background:
    """The spread of words over `texts` texts of one language."""

    texts: int
    spreads: dict[str, Spread]

    def spread(self, word: str) -> Spread | None:
        """Give a word's spread, or None where it was never seen."""
        return self.spreads.get(word)

    def count(self, word: str) -> int:
        """Count the texts that hold a word."""
        found = self.spreads.get(word)
        return found.texts if found else 0


# Without a table every word is taken for as rare as one in a thousand texts, until the archive shows otherwise.
NOTHING_KNOWN = Background(1000, {})


@lru_cache(maxsize=8)
def background(language: str) -> Background:
    """Give the table of a language, read once; an empty one where none is shipped."""
    if language != "en":
        return NOTHING_KNOWN
    return parse_background((files("broadsheet.edit") / "data" / "words.en.tsv").read_text("utf-8"))


def parse_background(table: str) -> Background:
    """Read a table: the number of texts, then a line per word: word, texts, as name, as word."""
    lines = table.splitlines()
    spreads: dict[str, Spread] = {}
    for line in lines[1:]:
        word, texts, as_name, as_word = line.split("\t")
        spreads[word] = Spread(int(texts), int(as_name), int(as_word))
    return Background(int(lines[0]), spreads)
