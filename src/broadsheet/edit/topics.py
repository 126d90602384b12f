"""What the product knows about topics before a newsroom has taught it anything.

Two sources of knowledge, both made for this project and shipped as small tables: a lexicon written by hand (words and
phrases that speak for a category) and weights learned from openly licensed headlines. Both are for English; in another
language nothing is known, and nothing is said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from broadsheet.edit.language import SMALL_WORDS
from broadsheet.edit.linear import Features, Weights
from broadsheet.edit.names import STANDARD
from broadsheet.edit.words import fold

LEXICON_SHARE = 1.1  # how far the lexicon's points count against what was learned
STRONG_POINTS = 2.0
PLAIN_POINTS = 1.0

_TOKEN = re.compile(r"[^\W_]+(?:&[^\W_]+)*(?:['’]s\b)?")
_PHRASE_LENGTH = 4
_SMALL: frozenset[str] = SMALL_WORDS["en"]


@lru_cache(maxsize=1 << 17)
def form(token: str) -> str:
    """Reduce a token to the form it is looked up by: folded, without the possessive, singular."""
    word = fold(token)
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "sui":
        return word[:-1]
    return word


def tokens(text: str) -> list[str]:
    """List the forms of a text's words, in order."""
    return [form(token) for token in _TOKEN.findall(text)]


def features(parts: Iterable[Sequence[str]]) -> Features:
    """Turn parts of a text (title, lede) into features: its words and pairs of neighbours, as a vector of length one.

    The order is that of the text, so that sums over it come out the same everywhere.
    """
    found: dict[str, None] = {}
    for part in parts:
        words = [word for word in part if len(word) > 1 and word not in _SMALL]
        found.update(dict.fromkeys(words))
        found.update(dict.fromkeys(f"{one}_{other}" for one, other in pairwise(words)))
    value = 1 / math.sqrt(len(found) or 1)
    return [(feature, value) for feature in found]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Points that words and phrases give to the standard categories, by their place in STANDARD."""

    points: dict[str, tuple[tuple[int, float], ...]]
    openers: frozenset[str]

    def hits(self, parts: Iterable[Sequence[str]]) -> list[str]:
        """List the words and phrases of a text that the lexicon knows, each once, in order."""
        found: dict[str, None] = {}
        for part in parts:
            for place, word in enumerate(part):
                if word in self.points:
                    found[word] = None
                if word in self.openers:
                    for end in range(place + 2, min(place + _PHRASE_LENGTH, len(part)) + 1):
                        phrase = "_".join(part[place:end])
                        if phrase in self.points:
                            found[phrase] = None
        return list(found)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Read the lexicon that is shipped, once."""
    return parse_lexicon((files("broadsheet.edit") / "data" / "lexicon.en.txt").read_text("utf-8"))


def parse_lexicon(text: str) -> Lexicon:
    """Read a lexicon: "[category]" heads, then words and phrases; a line that begins with "!" holds strong ones.

    A word that speaks for several categories gives each the less.
    """
    raw: dict[str, dict[int, float]] = {}
    category = -1
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("["):
            category = STANDARD.index(stripped.strip("[]"))
            continue
        points = STRONG_POINTS if stripped.startswith("!") else PLAIN_POINTS
        for entry in stripped.lstrip("! ").split():
            phrase = "_".join(form(word) for word in entry.split("_"))
            row = raw.setdefault(phrase, {})
            row[category] = max(points, row.get(category, 0.0))
    table = {
        phrase: tuple((place, points / math.sqrt(len(row))) for place, points in sorted(row.items()))
        for phrase, row in raw.items()
    }
    return Lexicon(table, frozenset(phrase.partition("_")[0] for phrase in table if "_" in phrase))


@lru_cache(maxsize=1)
def learned_weights() -> Weights:
    """Read the weights that are shipped, once: a line per word or pair, with the places and weights of categories."""
    weights: Weights = {}
    for line in (files("broadsheet.edit") / "data" / "topics.en.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        feature, *cells = line.split("\t")
        weights[feature] = {int(place): int(value) / 100 for place, _, value in (cell.partition(":") for cell in cells)}
    return weights


@dataclass(frozen=True, slots=True)
class Topics:
    """What is known at the start: the lexicon, and weights learned before."""

    lexicon: Lexicon
    weights: Weights

    @classmethod
    def silent(cls) -> Topics:
        """Give the knowledge of somebody who cannot read the language."""
        return cls(Lexicon({}, frozenset()), {})

    def logits(self, parts: Sequence[Sequence[str]], found: Features) -> list[float]:
        """Score a text for each standard category."""
        scores = [0.0] * len(STANDARD)
        for hit in self.lexicon.hits(parts):
            for place, points in self.lexicon.points[hit]:
                scores[place] += LEXICON_SHARE * points
        for feature, value in found:
            for place, weight in self.weights.get(feature, {}).items():
                scores[place] += weight * value
        return scores

    def speaks_for(self, place: int, parts: Sequence[Sequence[str]], found: Features) -> list[tuple[float, str]]:
        """List what the words of a text contribute to one standard category, unordered."""
        gains: list[tuple[float, str]] = []
        for hit in self.lexicon.hits(parts):
            gains.extend((LEXICON_SHARE * points, hit) for at, points in self.lexicon.points[hit] if at == place)
        for feature, value in found:
            weight = self.weights.get(feature, {}).get(place)
            if weight:
                gains.append((weight * value, feature))
        return gains


@lru_cache(maxsize=1)
def shipped_topics() -> Topics:
    """Give what is shipped."""
    return Topics(lexicon(), learned_weights())


@lru_cache(maxsize=1)
def lexicon_only() -> Topics:
    """Give the lexicon alone, for measuring what it is worth without anything learned."""
    return Topics(lexicon(), {})
