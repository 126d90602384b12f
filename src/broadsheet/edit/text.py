"""Read a story as an editor skims it: which words, which of them are names, which numbers.

Everything that clustering and categorising know about a text comes from here. Words are lower-cased and lose their
accents; small words ("the", "nach") are left out. A word counts as a name where it is written with a capital in the
middle of a sentence, or is always written so and known as a name; headlines in Title Case tell nothing about names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from broadsheet.edit.background import Background, background
from broadsheet.edit.language import CALENDAR, SMALL_WORDS, guess_language, primary
from broadsheet.model import Story

BODY_CHARACTERS = 2000  # news is told in its first paragraphs; the rest is background

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_OPENING = re.compile(r"(?:^|[.!?:\n\"“”„«»‘’'`]\s*)([^\W\d_]+)")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_ANY_SMALL: frozenset[str] = frozenset().union(*SMALL_WORDS.values())
_LEFT_OUT = {**SMALL_WORDS, "en": SMALL_WORDS["en"] | CALENDAR}
_TITLE_CASE = 0.65


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: its words with their counts, the names among them, and its numbers as written."""

    language: str
    words: dict[str, int]
    names: frozenset[str]
    numbers: frozenset[str]

    @property
    def is_short(self) -> bool:
        """Tell whether this is little more than a headline."""
        return len(self.words) < 20


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """Lower a word and take off its accents: "Erdoğan" and "Erdogan" are one."""
    lower = word.lower()
    if lower.isascii():
        return lower
    bare = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare)


def language_of(story: Story) -> str:
    """Give a story's language as declared, else as guessed from its text, else "".

    A headline may hold no small word at all; it is taken for English when English news knows most of its words.
    """
    if story.language:
        return primary(story.language)
    text = text_of(story, 600)
    return guess_language(text) or ("en" if _looks_english(text) else "")


def _looks_english(text: str) -> bool:
    words = [fold(word) for word in _WORD.findall(text) if len(word) > 2 and word[0].isalpha()]
    known = background("en")
    return bool(words) and 5 * sum(known.spread(word) is not None for word in words) >= 3 * len(words)


def text_of(story: Story, characters: int) -> str:
    """Join title, dek and body, up to so many characters after the title."""
    return f"{story.title}\n{_telling(story)[:characters]}"


def tokens_of(text: str) -> list[str]:
    """List the words and numbers of a text as written."""
    return _WORD.findall(text)


def _telling(story: Story) -> str:
    body = "\n".join(story.body)
    return body if body.startswith(story.dek) else f"{story.dek}\n{body}"


def read_story(story: Story, language: str | None = None) -> Reading:
    """Read a story's title, dek and the beginning of its body."""
    tongue = language_of(story) if language is None else language
    return read_text(story.title, _telling(story), tongue)


def read_text(title: str, text: str = "", language: str = "en") -> Reading:
    """Read a title and a text. Both may be empty."""
    known = background(language)
    counts: dict[str, int] = {}
    capital: dict[str, int] = {}
    inside: dict[str, int] = {}
    numbers: set[str] = set()
    for part in (title, text[:BODY_CHARACTERS]):
        _count(part, _LEFT_OUT.get(language, _ANY_SMALL), counts, capital, inside, numbers)
    names = frozenset(
        word
        for word, times in capital.items()
        if 2 * inside.get(word, 0) >= counts[word] or (times == counts[word] and _is_known_name(word, known))
    )
    return Reading(language, counts, names, frozenset(numbers))


class _Kind(Enum):
    PLAIN = 1
    CAPITAL = 2
    NUMBER = 3
    UNSPACED = 4
    NOTHING = 5


@lru_cache(maxsize=1 << 17)
def _look(token: str) -> tuple[str, _Kind]:
    if token[0].isdigit():
        return token, _Kind.NUMBER
    word = fold(token)
    if _UNSPACED.match(word):
        return word, _Kind.UNSPACED
    if len(word) < 2:
        return word, _Kind.NOTHING
    return word, _Kind.CAPITAL if token[0].isupper() else _Kind.PLAIN


def _count(
    text: str,
    small: frozenset[str],
    counts: dict[str, int],
    capital: dict[str, int],
    inside: dict[str, int],
    numbers: set[str],
) -> None:
    tokens = Counter(_WORD.findall(text))
    seen = [(token, *_look(token), times) for token, times in tokens.items()]
    capitals = sum(times for _, _, kind, times in seen if kind is _Kind.CAPITAL)
    letters = capitals + sum(times for _, _, kind, times in seen if kind is _Kind.PLAIN)
    tells_names = capitals <= _TITLE_CASE * letters
    openings = Counter(_OPENING.findall(text)) if tells_names else {}
    for token, word, kind, times in seen:
        if kind is _Kind.PLAIN:
            if word not in small:
                counts[word] = counts.get(word, 0) + times
        elif kind is _Kind.CAPITAL:
            if word not in small:
                counts[word] = counts.get(word, 0) + times
                capital[word] = capital.get(word, 0) + times
                if tells_names and times > openings.get(token, 0):
                    inside[word] = inside.get(word, 0) + times
        elif kind is _Kind.NUMBER:
            numbers.add(token)
        elif kind is _Kind.UNSPACED:
            for pair in (word[place : place + 2] for place in range(max(1, len(word) - 1))):
                counts[pair] = counts.get(pair, 0) + times


def written_as(text: str, language: str) -> tuple[set[str], set[str]]:
    """Tell which words of a running text are surely names (a capital inside a sentence), and which surely are not."""
    counts: dict[str, int] = {}
    capital: dict[str, int] = {}
    inside: dict[str, int] = {}
    _count(text, SMALL_WORDS[language], counts, capital, inside, set())
    return set(inside), {word for word, times in counts.items() if capital.get(word, 0) < times}


def _is_known_name(word: str, known: Background) -> bool:
    spread = known.spread(word)
    return spread is None or spread.as_name > spread.as_word
