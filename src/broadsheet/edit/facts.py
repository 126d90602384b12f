"""Whether a text says more than its sources: names, numbers and links that none of them has.

This is a guard against invention, not a judge of truth: a text may still put known facts together wrongly. It refuses
rather too much than too little; what is refused costs a rewording, what slips through costs a reader's trust.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from broadsheet.edit.background import Background, background
from broadsheet.edit.language import CALENDAR, SMALL_WORDS
from broadsheet.edit.quantities import is_number_word, quantities, supported
from broadsheet.edit.words import fold

_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?\b"
    r"|\b(?:javascript|vbscript|data|file|ftp|tel|sms|mailto|intent):\S+"
    r"|\b[a-z0-9-]+ ?(?:[(\[] ?dot ?[)\]]|\bdot\b) ?[a-z]{2,}\b",
    re.IGNORECASE,
)
_DOTS = {ord(dot): "." for dot in "。．｡․"}
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\n–—(\"“”„«»‘]\s*)$")
_POSSESSIVE = re.compile(r"['’]s?$")
# The table of words in the news leaves the calendar out; these of it claim nothing.
_SMALL = frozenset({"today", "week", "weekend"}).union(*SMALL_WORDS.values())
# Days and months in small letters, as a model may write them; these claim nothing, or are other words, too.
_DAYS = CALENDAR - {"today", "week", "weekend", "sun", "sat", "mon", "dec"}


def unsupported(text: str, sources: Iterable[str], language: str = "en") -> tuple[str, ...]:
    """List what a text has and none of its sources: links, numbers, names, and names never seen side by side."""
    known, text = _normal("\n".join(sources)), _normal(text)
    found = [
        *_links(text, known), *_numbers(text, known, language), *_names(text, known, language),
        *_pairs(text, known, language),
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))


def _normal(text: str) -> str:
    """Write letters and digits of full width, dots of other scripts, and initials with dots, as the plain ones."""
    plain = unicodedata.normalize("NFKC", text).translate(_DOTS)
    return _INITIALS.sub(lambda found: found.group().replace(".", ""), plain)


def _links(text: str, known: str) -> Iterator[str]:
    there = {_bare(link) for link in _LINK.findall(known)}
    return (link for link in _LINK.findall(text) if _bare(link) not in there)


def _bare(link: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", link.lower()).rstrip("/.,;:!?)\"'”’")


def _numbers(text: str, known: str, language: str) -> Iterator[str]:
    there = set(quantities(_LINK.sub(" ", known), language))
    return (one.text for one in quantities(_LINK.sub(" ", text), language) if not supported(one, there))


def _names(text: str, known: str, language: str) -> Iterator[str]:
    words = background(language)
    as_written = frozenset(_WORD.findall(known))
    there = {_stem(word) for word in as_written}
    bare = _LINK.sub(" ", text)
    for found in _WORD.finditer(bare):
        word = found.group()
        stem = _stem(word)
        if stem in _SMALL and _is_initials(word, bare) and word not in as_written:
            yield word  # US is no us
            continue
        if stem in there or is_number_word(stem) or stem in _SMALL or _is_inflected(stem, there):
            continue
        if stem in _DAYS:
            yield word
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


def _is_initials(word: str, text: str) -> bool:
    """Tell whether a word is written in capitals where the words around it are not."""
    return len(word) > 1 and word.isupper() and text != text.upper()


def _pairs(text: str, known: str, language: str) -> Iterator[str]:
    """Find two names side by side that each stand in the sources, but never in one run: Angela Trump."""
    spreads = background(language)
    words = [word for word in _WORD.findall(text) if not _is_name(_stem(word), spreads)]
    if sum(word[0].isupper() for word in words) > 0.6 * len(words):
        return  # every word has a capital: which are names cannot be told
    runs = [[_stem(word) for word in run] for run in _runs(known)]
    names = {name for run in runs for name in run}
    alone = {_stem(word) for word in _WORD.findall(known) if word[0].isupper() and _is_name(_stem(word), spreads)}
    together = {(one, other) for run in runs for place, one in enumerate(run) for other in run[place + 1 :]}
    for run in _runs(text):
        for one, other in pairwise(run):
            pair = (_stem(one), _stem(other))
            if pair not in together and (names.issuperset(pair) or alone.issuperset(pair)):
                yield f"{one} {other}"


def _is_name(stem: str, spreads: Background) -> bool:
    """Tell whether the news writes a word as a name, or does not know it."""
    spread = spreads.spread(stem)
    return stem not in _SMALL and (spread is None or spread.as_name > spread.as_word)


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
        # Whose a thing is makes no name of the two: Norwick's Anna Berg.
        end = -1 if _POSSESSIVE.search(found.group()) else found.end()
    if len(run) > 1:
        yield run


def _stem(word: str) -> str:
    return fold(_POSSESSIVE.sub("", word))
