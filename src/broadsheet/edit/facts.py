"""Whether a text says more than its sources: names, numbers and links that none of them has.

This is a guard against invention, not a judge of truth: a text may still put known facts together wrongly. It refuses
rather too much than too little; what is refused costs a rewording, what slips through costs a reader's trust.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from broadsheet.edit.background import background
from broadsheet.edit.language import SMALL_WORDS
from broadsheet.edit.words import fold

_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\n–—(\"“”„«»‘]\s*)$")
_POSSESSIVE = re.compile(r"['’]s?$")
# The table of words in the news leaves the calendar out; these of it claim nothing.
_SMALL = frozenset({"today", "week", "weekend"}).union(*SMALL_WORDS.values())
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "hundred": "100", "hundreds": "100", "thousand": "1000", "thousands": "1000", "million": "million",
    "millions": "million", "billion": "billion", "billions": "billion", "dozen": "12", "dozens": "12", "twice": "2",
    "double": "2", "doubled": "2", "triple": "3", "half": "half", "third": "3", "quarter": "quarter",
}  # fmt: skip


def unsupported(text: str, sources: Iterable[str], language: str = "en") -> tuple[str, ...]:
    """List what a text has and none of its sources: links, numbers, names, and names never seen side by side."""
    known = "\n".join(sources)
    found = [*_links(text, known), *_numbers(text, known), *_names(text, known, language), *_pairs(text, known)]
    return tuple(dict.fromkeys(found))


def _links(text: str, known: str) -> Iterator[str]:
    there = {_bare(link) for link in _LINK.findall(known)}
    return (link for link in _LINK.findall(text) if _bare(link) not in there)


def _bare(link: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", link.lower()).rstrip("/.,;:!?)\"'”’")


def _numbers(text: str, known: str) -> Iterator[str]:
    there = set(_values(known))
    return (as_written for as_written, value in _numbers_in(text) if value not in there)


def _values(text: str) -> Iterator[str]:
    return (value for _, value in _numbers_in(text))


def _numbers_in(text: str) -> Iterator[tuple[str, str]]:
    bare = _LINK.sub(" ", text)
    for number in _NUMBER.findall(bare):
        grouped = re.fullmatch(r"\d+(?:[.,\u00a0\u202f ]\d{3})+", number)
        yield number, re.sub(r"\D", "", number) if grouped else number.replace(",", ".")
    for word in _WORD.findall(bare):
        if word.lower() in _NUMBER_WORDS:
            yield word, _NUMBER_WORDS[word.lower()]


def _names(text: str, known: str, language: str) -> Iterator[str]:
    words = background(language)
    there = {_stem(word) for word in _WORD.findall(known)}
    bare = _LINK.sub(" ", text)
    for found in _WORD.finditer(bare):
        word = found.group()
        stem = _stem(word)
        if stem in there or stem in _NUMBER_WORDS or stem in _SMALL or _is_inflected(stem, there):
            continue
        spread = words.spread(stem)
        is_name = spread is not None and spread.as_name > spread.as_word
        if not word[0].isupper():
            has_case = word.lower() != word.upper()
            if is_name or not has_case:  # a name in small letters, or a script that has no capitals to tell one by
                yield word
        elif not _SENTENCE_START.search(bare[: found.start()]) or word.isupper() or is_name or spread is None:
            yield word


def _is_inflected(stem: str, there: set[str]) -> bool:
    """Tell whether a word is one of the sources' with an ending of a letter or two: Merkels, opens."""
    return any(len(stem) - cut > 3 and stem[:-cut] in there for cut in (1, 2))


def _pairs(text: str, known: str) -> Iterator[str]:
    """Find two names side by side that each stand in the sources, but never in one run: Angela Trump."""
    capitals = [word[0].isupper() for word in _WORD.findall(text)]
    if sum(capitals) > 0.6 * len(capitals):
        return  # every word has a capital: which are names cannot be told
    runs = [[_stem(word) for word in run] for run in _runs(known)]
    names = {name for run in runs for name in run}
    together = {(one, other) for run in runs for place, one in enumerate(run) for other in run[place + 1 :]}
    for run in _runs(text):
        for one, other in pairwise(run):
            pair = (_stem(one), _stem(other))
            if pair not in together and pair[0] in names and pair[1] in names:
                yield f"{one} {other}"


def _runs(text: str) -> Iterator[list[str]]:
    """List the runs of two or more words with capitals that nothing but a space parts."""
    run: list[str] = []
    end = -1
    for found in _WORD.finditer(text):
        if run and not (found.group()[0].isupper() and text[end : found.start()] == " "):
            if len(run) > 1:
                yield run
            run = []
        if found.group()[0].isupper():
            run.append(found.group())
        end = found.end()
    if len(run) > 1:
        yield run


def _stem(word: str) -> str:
    return fold(_POSSESSIVE.sub("", word))
