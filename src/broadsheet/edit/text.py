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
from functools import lru_cache

from broadsheet.edit.background import Background, background
from broadsheet.edit.language import SMALL_WORDS, guess_language, primary
from broadsheet.model import Story

BODY_CHARACTERS = 2000  # news is told in its first paragraphs; the rest is background

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_OPENING = re.compile(r"(?:^|[.!?:\n\"“”„«»‘’'`]\s*)([^\W\d_]+)")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_ANY_SMALL: frozenset[str] = frozenset().union(*SMALL_WORDS.values())
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
    """Give a story's language as declared, else as guessed from its text, else ""."""
    return primary(story.language) if story.language else guess_language(text_of(story, BODY_CHARACTERS))


def text_of(story: Story, characters: int) -> str:
    """Join title, dek and body, up to so many characters after the title."""
    return f"{story.title}\n{_telling(story)[:characters]}"


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
    counts: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    numbers: set[str] = set()
    for part in (title, text[:BODY_CHARACTERS]):
        _count(part, SMALL_WORDS.get(language, _ANY_SMALL), counts, capital, inside, numbers)
    names = frozenset(
        word
        for word, times in counts.items()
        if word in capital and (2 * inside[word] >= times or (capital[word] == times and _is_known_name(word, known)))
    )
    return Reading(language, dict(counts), names, frozenset(numbers))


def _count(
    text: str,
    small: frozenset[str],
    counts: Counter[str],
    capital: Counter[str],
    inside: Counter[str],
    numbers: set[str],
) -> None:
    if not text:
        return
    tokens = Counter(_WORD.findall(text))
    letters = capitals = 0
    for token, times in tokens.items():
        if token[0].isalpha():
            letters += times
            if token[0].isupper():
                capitals += times
    tells_names = capitals <= _TITLE_CASE * letters
    openings = Counter(_OPENING.findall(text)) if tells_names else Counter[str]()
    for token, times in tokens.items():
        if token[0].isdigit():
            numbers.add(token)
            continue
        word = fold(token)
        if len(word) < 2 or word in small:
            if _UNSPACED.match(word):
                counts[word] += times
            continue
        if _UNSPACED.match(word):
            for place in range(len(word) - 1):
                counts[word[place : place + 2]] += times
            continue
        counts[word] += times
        if token[0].isupper():
            capital[word] += times
            if tells_names and times > openings[token]:
                inside[word] += times


def written_as(text: str, language: str) -> tuple[set[str], set[str]]:
    """Tell which words of a running text are surely names (a capital inside a sentence), and which surely are not."""
    counts: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    _count(text, SMALL_WORDS[language], counts, capital, inside, set())
    return set(inside), {word for word, times in counts.items() if capital[word] < times}


def _is_known_name(word: str, known: Background) -> bool:
    spread = known.spread(word)
    return spread is None or spread.as_name > spread.as_word
