"""Split a text into its words and numbers, fast: most news can be written in ASCII without losing a thing.

Words lose their accents ("Erdoğan" and "Erdogan" are one) and keep their capitals, which tell names from words. Where
no blanks stand between words (Chinese, Japanese, Thai), pairs of neighbouring characters stand for them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_OPENING = re.compile(r"(?:^|[.!?:\n\"“”„«»‘’'`]\s*)([^\W\d_]+)")
_NUMBER = re.compile(r"[0-9][0-9]*(?:[.,][0-9]+)*")  # a set first: the engine skips to it quickly
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+")
_HIRAGANA = re.compile("[\u3041-\u309f]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_SYMBOLS = re.compile(r"[^\w\x00-\x7f]+")

# Letters that are no letter with an accent, and the marks that news is set with.
_LETTERS = {
    "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ı": "i", "þ": "th", "Þ": "Th", "ð": "d",
}  # fmt: skip
_TYPOGRAPHY = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\xa0": " ", "–": " ", "—": " ",
}  # fmt: skip
_FOLDED = str.maketrans(_LETTERS)

# Of ASCII only letters stay; what may end a sentence, or open one, becomes a line's end, anything else a blank.
_SENTENCES = bytes(
    code if chr(code).isascii() and chr(code).isalpha() else ord("\n" if chr(code) in ".!?:\n\"'`" else " ")
    for code in range(256)
)


class Words(NamedTuple):
    """A text's words in their order, the same in small letters, the first words of its sentences, and its numbers."""

    words: Sequence[str]
    small: Sequence[str]
    openings: Sequence[str]
    numbers: Sequence[str]


def split(text: str) -> Words:
    """Split a text into words without accents, but with their capitals. Numbers are given as written."""
    plain = in_ascii(text)
    if not plain.isascii():
        return _split_any(text)
    letters = plain.encode("ascii").translate(_SENTENCES).decode("ascii")
    openings = [found[0] for sentence in letters.split("\n") if (found := sentence.split(None, 1))]
    return Words(letters.split(), letters.lower().split(), openings, _NUMBER.findall(plain))


def in_ascii(text: str) -> str:
    """Write a text in ASCII, as far as that takes no more than accents and typography from it; else give it back."""
    if text.isascii():
        return text
    plain = text
    for mark, instead in (_TYPOGRAPHY | _LETTERS).items():
        plain = plain.replace(mark, instead)
    if plain.isascii():
        return plain
    plain = _SYMBOLS.sub(" ", _ACCENTS.sub("", unicodedata.normalize("NFKD", plain)))
    return plain if plain.isascii() else text


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """Lower a word and take off its accents: "Erdoğan" and "Erdogan" are one."""
    return bare(word).lower()


@lru_cache(maxsize=1 << 15)
def bare(word: str) -> str:
    """Take the accents off a word."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word.translate(_FOLDED))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def tokens_of(text: str) -> list[str]:
    """List the words and numbers of a text as written."""
    return _WORD.findall(text)


def _split_any(text: str) -> Words:
    """Split a text in whatever script."""
    words: list[str] = []
    numbers: list[str] = []
    for token in _WORD.findall(text):
        if token[0].isdigit():
            numbers.append(unicodedata.normalize("NFKC", token))
        elif _UNSPACED.match(token):
            words += _pairs(token)
        elif len(token) > 1:
            words.append(bare(token))
    return Words(words, [word.lower() for word in words], [bare(word) for word in _OPENING.findall(text)], numbers)


def _pairs(run: str) -> list[str]:
    """Cut a run of characters without blanks into pairs of neighbours; what touches hiragana is mostly grammar."""
    pieces = _HIRAGANA.split(run)
    return [piece[place : place + 2] for piece in pieces for place in range(len(piece) - 1)]
