"""Take off what sites hang on to a text for their own sake: "Read more", share links, "appeared first on"."""

from __future__ import annotations

import re

from broadsheet.gather.tailwords import (
    ALSO,
    CREDIT_BEGINS,
    CREDIT_VERBS,
    CREDIT_WORDS,
    CREDIT_WORDS_ASCII,
    FURNITURE,
    ONWARD,
)

_PIECE = r"(?:story|article|post|entry|piece|text|interview|report)"
_SITES = (
    r"(?:share|tweet|pin it|e-?mail(?: this!?)?|blogthis!?|digg|del\.icio\.us|stumbleupon|facebook|twitter|reddit"
    r"|linkedin|whatsapp|pinterest|print|tumblr|pocket|google\+|x)"
)
_ONWARD = (
    rf"(?:click here to )?(?:read|see|view|get|find out|learn) (?:more|on)"
    rf"(?: (?:on|at|about|from|of|in|via|here)\b[^.!?…]{{0,120}})?"
    rf"|(?:click here to )?(?:read|see|view) (?:the |this )?(?:full|whole|entire|original|complete"
    rf"|rest of (?:the|this)) ?{_PIECE}?(?: (?:on|at|here|from)\b[^.!?]{{0,80}})?"
    r"|(?:continue|keep) reading .{1,160} (?:at|on) .{1,60}"
    rf"|(?:continue|keep) reading(?:\s*(?:[“\"'«:]|at|on|this|the|here)\s?.{{0,200}})?"
    rf"|(?:full|more)(?: {_PIECE})? ?(?:here|»|…|→)"
    r"|clicca qui per (?:continuare a leggere|leggere)|lire la suite (?:de|sur)\b.{0,100}"
)
_FURNITURE = (
    r"(?:permalink|permanent link|(?:\d+ )?comments?(?: \(\d+\))?|(?:leave|add|post) a comment|join the discussion)"
    rf"(?:\s*[|·•-]\s*(?:permalink|(?:\d+ )?comments?|{_SITES}|(?:leave|add|post) a comment))*"
    rf"|(?:share|tweet|e-?mail|print|like|pin|follow) (?:this|us|it)(?: {_PIECE})?"
    rf"(?:(?: (?:on|via|with|to))? {_SITES})*"
    rf"|{_SITES}(?:[\s|·•,/]+(?:and |to )?{_SITES})+"
    rf"|(?:follow|like|find|join) us (?:on|at) {_SITES}(?:[\s,/]+(?:and |& )?(?:on )?{_SITES})*"
    r"|(?:filed under|tagged(?: with| as)?|posted in|tags)\s*:.{0,180}"
    r"|thanks for reading\b.{0,80}[.!]\s*(?:subscribe|this post)\b.{0,120}"
    r"|(?:sign up|subscribe) (?:for|to) (?:our|the|my) (?:free |daily |weekly )*(?:newsletter|updates)\b.{0,60}"
    r"|(?:©|\(c\)|copyright)[\s©]*\d{4}\b.{0,80}(?:all rights reserved|alle rechte vorbehalten|tous droits réservés)?"
    r"|originally (?:published|posted|appeared) (?:at|on|in|by)\b.{0,120}"
    r"|add to (?:facebook|digg|del\.icio\.us)(?: add to \S+)*"
    r"|submitted by ?\S+(?: ?to ?\S+)?\s*\[link\]\s*\[\d* ?comments?\]|\[link\]\s*\[comments?\]"
)
_ARROWS = r"(?:\s*(?:…|\.{3}|»|›|→|>+|\]|\)))*"
_ALONE = re.compile(rf"[\[(<«»→>|·•\s-]*(?:{_ONWARD}|{_FURNITURE}){_ARROWS}[.!:\s]*", re.IGNORECASE)
_JOINT = re.compile(
    r"(?:\.{2,}|[.!?…\])”»。！？」』؟।])\s*|[\"']\s+|\s[-–—|•·»>\[(]\s*"
)  # where a text can end and a tail begin
_TAIL = re.compile(rf"[\[(«→>|·•-]*\s*(?:{_ONWARD}){_ARROWS}\s*[.!]?\s*$", re.IGNORECASE)
_APPEARED = re.compile(
    rf"(?:(?<=[.!?…”\"»)。] )|^)(?:{CREDIT_BEGINS})(?!\w).{{0,300}}?(?:\b|(?<=[^\0-\x7f]))(?:{CREDIT_VERBS}).{{0,150}}$"
    r"|^this (?:story|article|post|entry) was (?:published|posted) (?:on|in|at|by)\b.{1,150}$"
    r"|^příspěvek .{1,250} pochází z .{1,80}$"
    r"|.{0,200}\bwas originally published in .{1,100} on Medium\b.{0,150}$"
    r"|.{1,200}\byazısı ilk (?:önce|olarak)\b.{1,150}$",
    re.IGNORECASE | re.DOTALL,
)
_ALSO = re.compile(rf"(?:{ALSO})\b\s*[:–—-]?\s*\S.{{0,150}}[^.!?…]|(?:{ALSO})\s*:.{{1,160}}", re.IGNORECASE)
_CUT_MARK = re.compile(r"(?<=[.!?。”\"»)])\s*(?:[\[(](?:…|\.{3})[\])]|\s(?:…|\.{3}))$")
_FINISHED = re.compile(r"[.!?。][”\"»)]?$")
_CUT_MARKS = ("…]", "...]", "…)", "...)", " …", " ...")
_SHARE = re.compile(r"(?:share|teilen|partager|compartir|condividi|like)\b.{0,30}", re.IGNORECASE)
_LONE_SITE = re.compile(rf"{_SITES}|bluesky|mastodon|threads|telegram|more", re.IGNORECASE)
_SOMEWHERE = re.compile(r" (?:auf|bei|on|at|sur|en|su|op|på|na|em|no|in) ")
_LONGEST_INVITATION = 90  # characters, with the name of the place where to read on
_DRESS = " \t[]()<>«»→›·•|:.!…*-–—▶►➡↗"
_READ, _SHORT = 400, 160  # characters at the end of a paragraph in which a credit, and a tail, can stand


def without_tails(paragraphs: tuple[str, ...], title: str = "") -> tuple[str, ...]:
    """Give the paragraphs without tails, and without a first one that only repeats the title."""
    kept: list[str] = []
    is_sharing = False
    for paragraph in paragraphs:
        cut = "" if is_sharing and _LONE_SITE.fullmatch(paragraph) else _without_tail(paragraph)
        is_sharing = not cut and (is_sharing or _SHARE.match(paragraph) is not None)
        if cut:
            kept.append(cut)
    if title and len(kept) > 1 and kept[0].casefold().rstrip(".") == title.casefold().rstrip("."):
        del kept[0]
    return tuple(kept)


def _without_tail(paragraph: str) -> str:
    if len(paragraph) < 250 and _is_furniture(paragraph):
        return ""
    cut = paragraph
    if _may_credit(cut[-_READ:].lower()):
        cut = _cut_at(_APPEARED.search(cut, max(0, len(cut) - _READ)), cut)
    if cut.endswith(_CUT_MARKS) and (mark := _CUT_MARK.search(cut, len(cut) - 12)):
        cut = cut[: mark.start()] if _FINISHED.search(cut, max(0, mark.start() - 2), mark.start()) else cut
    for joint in _JOINT.finditer(cut, max(0, len(cut) - _SHORT)):
        if _invites(cut[joint.end() :]) or _TAIL.match(cut, joint.end()):
            cut = _without_tail(cut[: joint.end()])  # there may be another: "... Read more » Read on"
            break
    return cut.rstrip(" |•·→>-–—[(»") if cut != paragraph else paragraph


def _may_credit(end: str) -> bool:
    # A loop takes half the time of any().
    for word in CREDIT_WORDS_ASCII if end.isascii() else CREDIT_WORDS:  # noqa: SIM110 - see above
        if word in end:
            return True
    return False


def _invites(text: str) -> bool:
    """Tell whether a text only asks to read on, or to read on somewhere."""
    if len(text) > _LONGEST_INVITATION:
        return False
    plain = _plain(text)
    if plain in ONWARD:
        return True
    phrase = _SOMEWHERE.split(plain, maxsplit=1)[0]
    return phrase in ONWARD and len(phrase) > 6


def _is_furniture(paragraph: str) -> bool:
    if _plain(paragraph) in FURNITURE or _invites(paragraph):
        return True
    return any(form.fullmatch(paragraph) for form in (_ALONE, _ALSO))


def _plain(text: str) -> str:
    """Give what a phrase says without its dress: arrows, brackets, marks, the forms of the apostrophe."""
    return text.strip(_DRESS).replace("’", "'").casefold()


def _cut_at(found: re.Match[str] | None, text: str) -> str:
    return text[: found.start()] if found else text
