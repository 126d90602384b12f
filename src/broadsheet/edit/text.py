"""Read a story as an editor skims it: which words, which of them are names, which numbers.

Everything that clustering and categorising know about a text comes from here. Words are lower-cased and lose their
accents; small words ("the", "nach") are left out. A word counts as a name where it is written with a capital in the
middle of a sentence, or is always written so and known as a name; headlines in Title Case tell nothing about names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from broadsheet.edit.background import Background, background
from broadsheet.edit.language import CALENDAR, SMALL_WORDS, guess_language, primary
from broadsheet.edit.words import fold, split
from broadsheet.model import Story

BODY_CHARACTERS = 1600  # news is told in its first paragraphs; the rest is background


_LEFT_OUT = {
    language: frozenset(map(fold, words | CALENDAR if language == "en" else words))
    for language, words in SMALL_WORDS.items()
}
_ANY_LEFT_OUT: frozenset[str] = frozenset().union(*_LEFT_OUT.values())
_TITLE_CASE = 0.65


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: its words with their counts, the names among them, its numbers, and the terms of its title."""

    language: str
    words: dict[str, int]
    names: frozenset[str]
    numbers: frozenset[str]
    title: frozenset[str] = frozenset()

    @property
    def is_short(self) -> bool:
        """Tell whether this is little more than a headline."""
        return len(self.words) < 20


def language_of(story: Story) -> str:
    """Give a story's language as declared, else as guessed from its text, else "".

    A headline may hold no small word at all; it is taken for English when English news knows most of its words.
    """
    if story.language:
        return primary(story.language)
    text = text_of(story, 600)
    return guess_language(text) or ("en" if _looks_english(text) else "")


def _looks_english(text: str) -> bool:
    words = [fold(word) for word in split(text).words if len(word) > 2]
    known = background("en")
    return bool(words) and 5 * sum(known.spread(word) is not None for word in words) >= 3 * len(words)


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
    counts: dict[str, int] = {}
    capital: dict[str, int] = {}
    inside: dict[str, int] = {}
    numbers: set[str] = set()
    small = _LEFT_OUT.get(language, _ANY_LEFT_OUT)
    _count(title, small, counts, capital, inside, numbers)
    title_terms = frozenset(counts) | numbers
    _count(text[:BODY_CHARACTERS], small, counts, capital, inside, numbers)
    names = frozenset(
        word
        for word, times in capital.items()
        if 2 * inside.get(word, 0) >= counts[word] or (times == counts[word] and _is_known_name(word, known))
    )
    return Reading(language, counts, names, frozenset(numbers), title_terms)


def _count(
    text: str,
    small: frozenset[str],
    counts: dict[str, int],
    capital: dict[str, int],
    inside: dict[str, int],
    numbers: set[str],
) -> None:
    found = split(text)
    numbers.update(found.numbers)
    letters = capitals = 0
    upper: list[tuple[str, str, int]] = []
    count = counts.get
    for token, times in Counter(found.words).items():
        letters += times
        if token in small:
            continue
        word = token.lower()
        if len(token) < 2:
            letters -= times
        elif token[0] == word[0]:
            counts[word] = count(word, 0) + times
        else:
            capitals += times
            if word not in small:
                counts[word] = count(word, 0) + times
                upper.append((token, word, times))
    tells_names = capitals <= _TITLE_CASE * letters
    openings = Counter(found.openings) if tells_names and upper else {}
    for token, word, times in upper:
        capital[word] = capital.get(word, 0) + times
        if tells_names and times > openings.get(token, 0):
            inside[word] = inside.get(word, 0) + times


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
