"""Read a story as an editor skims it: which words, which of them are names, which numbers.

Everything that clustering and categorising know about a text comes from here. Words are lower-cased and lose their
accents; small words ("the", "nach") are left out. A word counts as a name where it is written with a capital in the
middle of a sentence, or is always written so and known as a name; headlines in Title Case tell nothing about names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from string import ascii_lowercase

from broadsheet.edit.background import Background, background
from broadsheet.edit.language import CALENDAR, SMALL_WORDS, guess_language, primary
from broadsheet.edit.words import Words, fold, split
from broadsheet.model import Story

BODY_CHARACTERS = 1400  # news is told in its first paragraphs; the rest is background


_LEFT_OUT = {
    language: frozenset(map(fold, (words | CALENDAR if language == "en" else words) | frozenset(ascii_lowercase)))
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


def language_of(story: Story) -> str:
    """Give a story's language as declared, else as guessed from its text, else "".

    A headline may hold no small word at all; it is taken for English when English news knows most of its words.
    """
    if story.language:
        return primary(story.language)
    text = text_of(story, 300)
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
    heading, body = split(title), split(text[:BODY_CHARACTERS])
    counts = Counter([*heading.small, *body.small])
    for word in counts.keys() & _LEFT_OUT.get(language, _ANY_LEFT_OUT):
        del counts[word]
    capital: dict[str, int] = {}
    inside: dict[str, int] = {}
    _count_capitals(heading, capital, inside)
    _count_capitals(body, capital, inside)
    names = frozenset(
        word
        for word, times in capital.items()
        if word in counts
        and (2 * inside.get(word, 0) >= counts[word] or (times == counts[word] and _is_known_name(word, known)))
    )
    numbers = frozenset(heading.numbers).union(body.numbers)
    title_terms = frozenset(heading.numbers).union(word for word in heading.small if word in counts)
    return Reading(language, counts, names, numbers, title_terms)


def _count_capitals(found: Words, capital: dict[str, int], inside: dict[str, int]) -> None:
    """Count how often each word has a capital, and how often surely not because a sentence opens with it."""
    upper = [token for token in found.words if not token.islower()]
    tells_names = len(upper) <= _TITLE_CASE * len(found.words)
    openings = Counter(found.openings) if tells_names and upper else {}
    for token, times in Counter(upper).items():
        word = token.lower()
        if token[0] != word[0]:
            capital[word] = capital.get(word, 0) + times
            if tells_names and times > openings.get(token, 0):
                inside[word] = inside.get(word, 0) + times


def written_as(text: str, language: str) -> tuple[set[str], set[str]]:
    """Tell which words of a running text are surely names (a capital inside a sentence), and which surely are not."""
    found = split(text)
    capital: dict[str, int] = {}
    inside: dict[str, int] = {}
    _count_capitals(found, capital, inside)
    small = SMALL_WORDS[language]
    counts = {word: times for word, times in Counter(found.small).items() if word not in small}
    return set(inside) - small, {word for word, times in counts.items() if capital.get(word, 0) < times}


def _is_known_name(word: str, known: Background) -> bool:
    spread = known.spread(word)
    return spread is None or spread.as_name > spread.as_word
