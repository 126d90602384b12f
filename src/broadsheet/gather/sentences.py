"""Find where sentences end, and mend teasers that were cut at a fixed length.

A false end would print half a sentence; a missed end only makes the dek a sentence shorter. In doubt there is no end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

DEK_LENGTH = 320  # characters: a dek taken from the body stops at the sentence that would pass this
SUMMARY_LENGTH = 700  # characters: a source's own summary is kept whole up to here

_CLOSERS = "\"'”’»›)]}」』）】〉》“‟"
_WIDE = "。！？｡"
_END = re.compile(rf"(?:[.!?…]+|[؟।॥۔։።]+|[{_WIDE}]+)[{re.escape(_CLOSERS)}]*(?:\s»)?")
_ELLIPSIS_TAIL = re.compile(
    r"(?:[\s,;:–—-]*(?:\[\s*(?:\.{2,}|…)\s*\]|\(\s*(?:\.{2,}|…)\s*\)|&hellip;|\.{2,}|…))+[\s\"'”’»)\]]*$"
)
# Never the end of a sentence: what follows belongs to them.
_TITLES_TEXT = (
    "mr mrs ms mx dr prof rev hon gov sen rep pres gen col maj capt lt sgt cpl cmdr adm st mt ft messrs mme mlle"
    " mgr msgr supt insp det vs v cf viz approx ca hr fr sra srta dra ing dipl bzw ca evtl ggf"
    " inkl str usw vgl zz zzt hrsg jh cit al eds ed et mm m bros dept ave blvd rd"
)
# Shortened words that may also end a sentence: an end only before a word that often begins one.
_SHORTENED_TEXT = (
    "jr sr inc corp ltd co llc plc bros etc jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed"
    " thu thurs fri sat sun a.m p.m e.g i.e u.s u.k u.n e.u d.c ph.d b.a m.a m.d usw u.a z.b d.h ariz calif"
    " colo conn fla ill ind mass mich minn okla ore pa tenn tex va vt wash wis"
)
_STARTERS_TEXT = (
    "the a an this that these those it he she they we you i his her their its our in on at for from with after before"
    " when while since if as by but and or so yet then there here what who why how however meanwhile although"
    " der die das ein eine er sie es wir ich im am in nach vor mit für aber und le la les un une il elle ils nous on"
    " dans à après mais et el los las en pero y su il lo gli una nel ma o os as um uma no na de het een"
)
# Shortened only before a number: "No. 10", but "He said no."
_NUMBERED = frozenset(
    {
        "no",
        "nos",
        "nr",
        "vol",
        "fig",
        "figs",
        "pp",
        "p",
        "s",
        "art",
        "abs",
        "bd",
        "op",
        "tel",
        "z",
        "c",
        "ch",
        "max",
        "min",
    }
)
_TITLES, _SHORTENED, _STARTERS = (frozenset(text.split()) for text in (_TITLES_TEXT, _SHORTENED_TEXT, _STARTERS_TEXT))
_PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"), ("「", "」"), ("『", "』"))
_READ = 5000  # characters of a body in which its first sentences are looked for


def sentences_of(text: str) -> tuple[str, ...]:
    """Cut a text at the ends of its sentences. The last piece may be unfinished."""
    pieces = []
    start = 0
    for end in _ends(text):
        pieces.append(text[start:end].strip())
        start = end
    if rest := text[start:].strip():
        pieces.append(rest)
    return tuple(pieces)


def whole_sentences(text: str) -> str:
    """Keep a text up to its last finished sentence; '' where it holds none.

    Prefers an end at which quotation marks and brackets are closed.
    """
    head, was_cut = _without_ellipsis(text)
    ends = _ends(head)
    if was_cut and ends and ends[-1] == len(head) and _is_shortened(_word_before(head, len(head.rstrip(_CLOSERS)) - 1)):
        ends.pop()  # "of the U.S. ..." does not end there for sure
    best = next((end for end in reversed(ends) if is_balanced(head[:end])), ends[-1] if ends else 0)
    return head[:best].strip()


def is_cut(text: str) -> bool:
    """Tell whether a text ends in an ellipsis, as a service writes where it cut."""
    return _without_ellipsis(text)[1]


def repair_dek(teaser: str, body: Sequence[str] = ()) -> str:
    """Give a dek of whole sentences: the teaser's, else the body's first ones. Never a cut word, never `...`.

    A teaser that is a finished phrase without a full stop is kept only where there is no body to fall back on.
    """
    own = whole_sentences(teaser)
    if own and is_balanced(own):
        return own
    opening = first_sentences(" ".join(body[:3]), DEK_LENGTH)
    if own or opening:
        return opening if opening and is_balanced(opening) else own or opening
    return "" if is_cut(teaser) else teaser.strip()


def first_sentences(text: str, length: int) -> str:
    """Give the first whole sentences of a text within a length in characters; at least one where there is one."""
    best = ""
    for end in _ends(text[:_READ]):
        piece = text[:end].strip()
        if best and len(piece) > length:
            break
        if is_balanced(piece) or not best:
            best = piece
    return best


def _without_ellipsis(text: str) -> tuple[str, bool]:
    """Take the ellipsis off the end of a text that was cut, and tell whether there was one."""
    text = text.strip()
    start = max(0, len(text) - 60)
    found = _ELLIPSIS_TAIL.search(text, start)
    if not found:
        return text, False
    head = text[: found.start()].rstrip()
    # Four dots are a full stop and an ellipsis: the sentence was finished.
    return (head + "." if found.group().strip().startswith("....") else head), True


def _ends(text: str) -> list[int]:
    """List the offsets behind the text's finished sentences."""
    return [found.end() for found in _END.finditer(text) if _is_end(text, found)]


def _is_end(text: str, found: re.Match[str]) -> bool:
    mark = found.group().rstrip(_CLOSERS + " ")
    if mark[0] in _WIDE:
        return True
    after = text[found.end() : found.end() + 40]
    if after and not after[0].isspace():
        return False
    if mark.endswith("…") or (mark.endswith("..") and "?" not in mark and "!" not in mark):
        return False
    following = after.lstrip()
    if not following:
        return True
    opening = following.lstrip("\"'“”‘’«»„([{¿¡—–- ")
    if opening[:1].islower():
        return False
    if mark != ".":
        return True
    word = _word_before(text, found.start())
    if word.lower() in _TITLES or (word.lower() in _NUMBERED and opening[:1].isdigit()):
        return False
    if _is_shortened(word) or (word.isdigit() and len(word) <= 2):
        first = re.match(r"[^\W\d_]+", opening)
        return first is not None and first.group().lower() in _STARTERS
    return True


def _word_before(text: str, at: int) -> str:
    """Give the word that ends at an offset, without the quotes and brackets before it."""
    words = text[max(0, at - 40) : at].split()
    return words[-1].lstrip("([{\"'“‘«„") if words and not text[at - 1 : at].isspace() else ""


def _is_shortened(word: str) -> bool:
    """Tell whether a word is an abbreviation that may stand in mid-sentence: `Inc`, `U.S`, `J`."""
    word = word.rstrip(".")
    is_name = word[:1].isupper() or "." in word  # "on Sun. Police", but "in the sun. Police"
    return (
        (word.lower() in _SHORTENED and (is_name or word in ("etc", "usw", "plc")))
        or word.lower() in _TITLES
        or (re.fullmatch(r"(?:[^\W\d_]\.)*[^\W\d_]", word) is not None and (word.isupper() or "." in word))
    )


def is_balanced(text: str) -> bool:
    """Tell whether every quotation mark and bracket that is opened is closed."""
    if "„" in text:  # which “ closes
        text = text.replace("“", "”").replace("„", "“")
    if any(text.count(opening) > text.count(closing) for opening, closing in _PAIRS):
        return False
    return text.count('"') % 2 == 0
