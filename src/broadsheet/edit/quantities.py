"""Read the quantities in a text, in digits or in words, so that "£38m" and "thirty-eight million pounds" are one.

A quantity is a value with its kind (a share in per cent, a rank, a multiple) and, where the text says one, its
currency. Words for numbers are read in English; in other languages each must stand in the source, or its digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TEN_TIMES = "twenty thirty forty fifty sixty seventy eighty ninety"
_RANKS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_UNITS = {word: number for number, word in enumerate(_ONES.split())}
_TENS = {word: 10 * number for number, word in enumerate(_TEN_TIMES.split(), start=2)}
_SIZES = {
    word: size
    for size, words in (
        (10**2, "hundred"),
        (10**3, "thousand k tausend mille mil mila duizend"),
        (10**6, "million m mn mio millionen millions millón millones milhão milhões milione milioni miljoen"),
        (10**9, "billion bn milliarde milliarden mrd milliard milliards miliardo miliardi miljard"),
        (10**12, "trillion tn"),
    )
    for word in words.split()
}
_ENGLISH_SIZES = {"hundred", "thousand", "million", "billion", "trillion"}
_ORDINALS = {word: number for number, word in enumerate(_RANKS.split(), start=1)} | {
    f"{ten.removesuffix('y')}ieth": value for ten, value in _TENS.items()
}
_DECADES = {f"{ten.removesuffix('y')}ies": value for ten, value in _TENS.items()}
_OTHERS = {
    word: value
    for value, words in {
        "x2": "twice double doubled doubles doubling twofold", "x3": "thrice triple tripled triples treble trebled",
        "x4": "quadruple quadrupled", "half": "half halved halves halving", "quarter": "quarter quarters",
        "dozens": "dozens", "hundreds": "hundreds", "thousands": "thousands", "billions": "billions",
        "trillions": "trillions", "12": "dozen",
    }.items()
    for word in words.split()
}  # fmt: skip
# Two to twenty, then the tens from thirty, in German, French, Spanish, Italian, Dutch and Portuguese.
_ABROAD = (
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn "
    "neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf "
    "vingt trente quarante cinquante soixante soixante-dix quatre-vingt quatre-vingt-dix",
    "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho "
    "diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette "
    "diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien "
    "negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito "
    "dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
)
_VALUES = (*range(2, 21), *range(30, 100, 10))
_CARDINALS = {
    language: dict(zip(words.split(), _VALUES, strict=True))
    for language, words in zip(("de", "fr", "es", "it", "nl", "pt"), _ABROAD, strict=True)
}

_CURRENCIES = {
    word: sign
    for sign, words in {
        "$": "$ us$ usd dollar dollars", "€": "€ eur euro euros", "£": "£ gbp pound pounds sterling",
        "¥": "¥ jpy yen yuan", "₹": "₹ inr rupee rupees", "fr": "chf franc francs franken",
    }.items()
    for word in words.split()
}  # fmt: skip
_PER_CENT = r"%|per ?cent|prozent|pour cent|por ciento|per cento|por cento|procent"
_POINTS = r"percentage[ -]points?|prozentpunkte?n?"
_NAMES = "|".join(sorted((re.escape(word) for word in _CURRENCIES if word[-1].isalpha()), key=len, reverse=True))
_SIZE_NAMES = "|".join(sorted(_SIZES, key=len, reverse=True))
_DIGITS = re.compile(
    rf"(?P<sign>(?<![\w.,])[-\u2212](?=[\d$€£¥₹])|\bminus )?(?P<before>(?:us)?[$€£¥₹]|\b(?:usd|eur|gbp|jpy|inr|chf) ?)?"
    r"(?P<digits>\d+(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
    rf"(?P<rank>st|nd|rd|th)?(?P<decade>['’]?s\b)?(?:[ \u00a0-]?(?P<size>{_SIZE_NAMES})\b\.?)?"
    rf"(?:[ \u00a0-]?(?:(?P<points>{_POINTS})|(?P<share>{_PER_CENT})|(?P<after>[$€£¥₹]|(?:{_NAMES})\b)))?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_AFTER_WORDS = re.compile(
    rf"[ \u00a0-](?:(?P<points>{_POINTS})|(?P<share>{_PER_CENT})|(?P<after>(?:{_NAMES})\b))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value as written, what it is worth, of which kind it is ('' for a plain number), and its currency, if any."""

    text: str
    value: str
    kind: str = ""
    currency: str = ""


def quantities(text: str, language: str = "en") -> Iterator[Quantity]:
    """Find the quantities in a text."""
    for found in _DIGITS.finditer(text):
        yield from _in_digits(found)
    words = [(found.group().lower(), found) for found in _WORDS.finditer(text)]
    place = 0
    while place < len(words):
        length, quantity = _in_words(text, words, place)
        if quantity:
            yield quantity
        place += length
    cardinals = _CARDINALS.get(language, {})
    for word, found in words:
        if word in cardinals:
            yield Quantity(found.group(), str(cardinals[word]))
        elif any(word.endswith(ten) and word != ten for ten, value in cardinals.items() if value >= 20):
            yield Quantity(found.group(), word)  # neununddreißig: as it is written


def is_number_word(word: str) -> bool:
    """Tell whether an English word speaks of a number; "one" may be a person."""
    return word in _UNITS or word in _TENS or word in _SIZES or word in _ORDINALS or word in _DECADES or word in _OTHERS


def supported(quantity: Quantity, known: set[Quantity]) -> bool:
    """Tell whether one of the known quantities is worth the same, of the same kind and, where told, currency."""
    return any(
        (one.value, one.kind) == (quantity.value, quantity.kind) and quantity.currency in ("", one.currency)
        for one in known
    )


def _in_digits(found: re.Match[str]) -> Iterator[Quantity]:
    digits = found["digits"]
    is_grouped = re.fullmatch(r"\d+(?:[.,\u00a0\u202f ]\d{3})+", digits)
    number = Decimal(re.sub(r"\D", "", digits) if is_grouped else digits.replace(",", "."))
    size = (found["size"] or "").lower()
    text = found.group().strip().rstrip(".")
    if found["rank"]:
        yield Quantity(text, f"{number:f}", "rank")
        return
    if found["decade"]:
        yield Quantity(text, f"{int(number) % 100}", "decade")
    kind = "points" if found["points"] else "%" if found["share"] else ""
    currency = _CURRENCIES.get((found["before"] or found["after"] or "").strip().lower(), "")
    sign = "-" if found["sign"] else ""
    yield Quantity(text, sign + _plain(number * _SIZES.get(size, 1)), kind, currency)


def _in_words(text: str, words: list[tuple[str, re.Match[str]]], start: int) -> tuple[int, Quantity | None]:
    """Read the number that begins at a word. Gives how many words it takes, at least one, and the quantity."""
    word, found = words[start]
    if word in _DECADES:
        return 1, Quantity(found.group(), str(_DECADES[word]), "decade")
    if word in _ORDINALS or word.removesuffix("s") in _ORDINALS:
        return 1, Quantity(found.group(), str(_ORDINALS.get(word) or _ORDINALS[word.removesuffix("s")]), "rank")
    if word in _OTHERS:
        return 1, Quantity(found.group(), _OTHERS[word])
    if word == "millions":
        return 1, Quantity(found.group(), word)
    place, total, part = start, 0, 0
    while place < len(words):
        word, found = words[place]
        gap = text[words[place - 1][1].end() : found.start()] if place > start else " "
        if gap not in (" ", "-", "\u00a0") or (
            word in _ENGLISH_SIZES and place == start and not _is_one_of(text, found)
        ):
            break
        if word in _UNITS or word in _TENS:
            if part % 100 and not (part % 10 == 0 and part % 100 >= 20 and _UNITS.get(word, 10) < 10):
                break
            part += _UNITS.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word in _ENGLISH_SIZES:
            total, part = total + max(part, 1) * _SIZES[word], 0
        elif word != "and" or not part or part % 100 or place + 1 >= len(words) or not _is_small(words[place + 1][0]):
            break
        place += 1
    if place == start or (place == start + 1 and words[start][0] == "one"):
        return max(1, place - start), None
    last = words[place - 1][1]
    if place < len(words) and words[place][0] in _ORDINALS and text[last.end() : words[place][1].start()] == "-":
        last, ordinal = words[place][1], _ORDINALS[words[place][0]]  # twenty-first
        return place + 1 - start, Quantity(text[words[start][1].start() : last.end()], str(part + ordinal), "rank")
    unit = _AFTER_WORDS.match(text, last.end())
    kind = "" if unit is None else "points" if unit["points"] else "%" if unit["share"] else ""
    currency = _CURRENCIES.get((unit["after"] or "").lower(), "") if unit else ""
    before = text[: words[start][1].start()].lower()
    sign = "-" if before.endswith("minus ") else ""
    as_written = text[words[start][1].start() : last.end()]
    return place - start, Quantity(as_written, f"{sign}{total + part}", kind, currency)


def _is_one_of(text: str, found: re.Match[str]) -> bool:
    """Tell whether a size stands by itself, as in "a million", and not behind digits, which have it already."""
    return not re.search(r"[\d][ \u00a0-]?$", text[: found.start()])


def _is_small(word: str) -> bool:
    return word in _UNITS or word in _TENS


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
