"""Take off what sites hang on to a text for their own sake: "Read more", share links, "appeared first on"."""

from __future__ import annotations

import re

_PIECE = r"(?:story|article|post|entry|piece|text|interview|report)"
_SITES = (
    r"(?:share|tweet|pin it|e-?mail(?: this!?)?|blogthis!?|digg|del\.icio\.us|stumbleupon|facebook|twitter|reddit"
    r"|linkedin|whatsapp|pinterest|print|tumblr|pocket|google\+|x)"
)
_OTHER_TONGUES = (
    "clicca qui per (?:continuare a leggere|leggere)|weiterlesen"
    "|mehr lesen|zum (?:ganzen )?artikel|lire la suite(?: (?:de|sur)\\b.{0,100})?|lire plus|leer más"
    "|seguir leyendo|sigue leyendo|leggi tutto|continua a leggere|continua|lees (?:meer|verder)|leia mais"
    "|continue lendo|czytaj (?:więcej|dalej)|læs mere|läs mer|les mer|читать (?:далее|полностью|дальше)|далее"
    "|devamını oku|阅读全文|続きを読む|더 ?보기|lue lisää"
)
_ONWARD = (
    rf"(?:click here to )?(?:read|see|view|get|find out|learn) (?:more|on)"
    rf"(?: (?:on|at|about|from|of|in|via|here)\b[^.!?…]{{0,120}})?"
    rf"|(?:click here to )?(?:read|see|view) (?:the |this )?(?:full|whole|entire|original|complete"
    rf"|rest of (?:the|this)) ?{_PIECE}?(?: (?:on|at|here|from)\b[^.!?]{{0,80}})?"
    rf"|(?:continue|keep) reading(?:\s*(?:[“\"'«:]|at|on|this|the|here)\s?.{{0,200}})?"
    rf"|(?:full|more)(?: {_PIECE})? ?(?:here|»|…|→)|{_OTHER_TONGUES}"
)
_FURNITURE = (
    r"(?:permalink|permanent link|(?:\d+ )?comments?(?: \(\d+\))?|(?:leave|add|post) a comment|join the discussion)"
    rf"(?:\s*[|·•-]\s*(?:permalink|(?:\d+ )?comments?|{_SITES}|(?:leave|add|post) a comment))*"
    rf"|(?:share|tweet|e-?mail|print|like|pin|follow) (?:this|us|it)(?: {_PIECE})?"
    rf"(?:(?: (?:on|via|with|to))? {_SITES})*"
    rf"|{_SITES}(?:[\s|·•,/]+(?:and |to )?{_SITES})+"
    r"|submitted by ?\S+(?: ?to ?\S+)?\s*\[link\]\s*\[\d* ?comments?\]|\[link\]\s*\[comments?\]"
)
_ARROWS = r"(?:\s*(?:…|\.{3}|»|›|→|>+|\]|\)))*"
_ALONE = re.compile(rf"[\[(<«»→>|·•\s-]*(?:{_ONWARD}|{_FURNITURE}){_ARROWS}[.!:\s]*", re.IGNORECASE)
_JOINT = re.compile(r"[.!?…\])”\"'»]\s*|\s[-–—|•·»>\[(]\s*")  # where a text can end and a tail begin
_TAIL = re.compile(rf"[\[(«→>|·•-]*\s*(?:{_ONWARD}){_ARROWS}\s*[.!]?\s*$", re.IGNORECASE)
_APPEARED = re.compile(
    rf"(?:the {_PIECE}|this {_PIECE}|der beitrag|l[’']article|la entrada|o post|het bericht)\b.{{0,300}}?\b"
    r"(?:(?:first )?appeared (?:first )?(?:on|in|at)|was (?:originally |first )?(?:published|posted)"
    r" (?:first )?(?:on|in|at|by)|erschien zuerst (?:auf|bei)|est apparu en premier sur|apareció primero en"
    r"|apareceu primeiro em|verscheen eerst op)\b.{0,150}$",
    re.IGNORECASE | re.DOTALL,
)
_CREDITS = ("appeared", "published", "posted", "erschien", "paru", "apareci", "apareceu", "verscheen")
_READ, _SHORT = 400, 160  # characters at the end of a paragraph in which a credit, and a tail, can stand


def without_tails(paragraphs: tuple[str, ...], title: str = "") -> tuple[str, ...]:
    """Give the paragraphs without tails, and without a first one that only repeats the title."""
    kept = [cut for paragraph in paragraphs if (cut := _without_tail(paragraph))]
    if title and len(kept) > 1 and kept[0].casefold().rstrip(".") == title.casefold().rstrip("."):
        del kept[0]
    return tuple(kept)


def _without_tail(paragraph: str) -> str:
    if len(paragraph) < 200 and _ALONE.fullmatch(paragraph):
        return ""
    cut = paragraph
    end = cut[-_READ:].lower()
    if any(word in end for word in _CREDITS):
        cut = _cut_at(_APPEARED.search(cut, max(0, len(cut) - _READ)), cut)
    for joint in _JOINT.finditer(cut, max(0, len(cut) - _SHORT)):
        if _TAIL.match(cut, joint.end()):
            cut = _without_tail(cut[: joint.end()])  # there may be another: "... Read more » Read on"
            break
    return cut.rstrip(" |•·→>-–—[(»") if cut != paragraph else paragraph


def _cut_at(found: re.Match[str] | None, text: str) -> str:
    return text[: found.start()] if found else text
