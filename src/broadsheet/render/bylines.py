"""Names as they are printed: agencies and some papers send them in capitals, which a mail need not shout."""

from __future__ import annotations

import re

_KEPT = re.compile(
    r"(?:[A-Z]\.)+|[IVX]+|[B-DF-HJ-NP-TV-XZ]+"
)  # initials, numerals, abbreviations that nobody speaks as a word
_PARTICLES = frozenset(("AL", "BIN", "DA", "DE", "DEL", "DER", "DI", "DU", "EL", "LA", "TEN", "VAN", "VON", "Y", "E"))
_OFFICES = frozenset(
    ("AGENCY", "DESK", "MEDIA", "NETWORK", "NEWS", "POST", "PRESS", "RADIO", "STAFF", "TIMES", "TODAY", "TV")
)
_BEGINNING = re.compile(r"(?:^|(?<=[-’']))\w|(?<=^Mc)\w")


_JOINED = re.compile(r"(\s*[,;]\s+|\s+(?:and|und|et|y|e|i|&)\s+)")


def printed_name(name: str) -> str:
    """Write a person's name that is all in capitals as names are written: MARY O'NEIL-MCKAY is Mary O'Neil-Mckay.

    One word, a name of an office or agency, and one that has a small letter anywhere stay as they are. Several names
    in one ("ANA RUIZ and TOM OKAFOR") are each looked at alone.
    """
    if name.istitle() and not name.isupper():
        return name  # as most are
    if name.isupper():
        return _one_name(name)
    return "".join(map(_one_name, _JOINED.split(name)))  # what joins them is in small letters, and stays


def _one_name(name: str) -> str:
    words = name.split()
    if not name.isupper() or len(words) < 2 or _OFFICES.intersection(words):
        return name
    return " ".join(_word(word, first=at == 0) for at, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    if _KEPT.fullmatch(word):
        return word
    small = word.replace("İ", "i").lower()
    if word in _PARTICLES and not first:
        return small
    return _BEGINNING.sub(lambda letter: letter.group().upper(), re.sub(r"^mc(?=\w{3})", "Mc", small))
