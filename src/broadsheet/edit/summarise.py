"""Texts that fit: whole sentences up to a length, and a subject and preheader drafted from what the edition prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from broadsheet.edit.candidates import title_key
from broadsheet.edit.names import standard_for
from broadsheet.model import Pick, Story

SUBJECT_LENGTH = 70  # the most of which the checks say nothing
PREHEADER_LENGTH = 140

_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)|[。！？]")
_BEFORE = re.compile(r"([\w &]{3,30}) (?:›|»|\||>) (?=\w)")
_AFTER = re.compile(r"(?<=\S) [-–—|] ([^-–—|]{2,40})$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“'‘])(?:[A-Z]|[A-Z](?:\.[A-Za-z])+|[a-z](?:\.[a-z])+|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Sen|Rep|Gov|Gen|Col|Lt|Sgt"
    r"|Capt|Rev|Hon|Pres|vs|No|Nos|Inc|Co|Corp|Ltd|Bros|etc|approx|ca|bzw|usw|Nr|Hr|Fr|Mme|Mlle|M|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.$"
)


def headline_of(story: Story) -> str:
    """Give the headline we print unless an editor writes another: the title, without what a site puts around it.

    That is a section's name before it ("Business › ..."), and the publisher's own after it ("... - The Daily").
    """
    title = " ".join(story.title.split())
    if (found := _BEFORE.match(title)) and standard_for(found[1]):
        title = title[found.end() :]
    if (found := _AFTER.search(title)) and title_key(found[1]) in {title_key(story.publisher), title_key(story.source)}:
        title = title[: found.start()]
    return title


def dek_of(story: Story, length: int) -> str:
    """Give the dek we print unless an editor writes another: the source's, else the body's beginning, made to fit."""
    dek = trim(story.dek or next(iter(story.body), ""), length)
    return "" if dek.casefold() == story.title.casefold() else dek


def sentences(text: str) -> list[str]:
    """Cut a text into sentences. A full stop after an abbreviation, an initial or within a number ends none."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        sentence = text[start : end.end()].strip()
        rest = text[end.end() :].lstrip()
        if rest and (rest[0].islower() or (end.group()[0] == "." and _ABBREVIATION.search(sentence))):
            continue
        if sentence:
            found.append(sentence)
        start = end.end()
    if tail := text[start:].strip():
        found.append(tail)
    return found


def trim(text: str, length: int) -> str:
    """Shorten a text to a length in characters: whole sentences where one fits, else whole words and an ellipsis.

    A length of 0 leaves the text as it is.
    """
    text = " ".join(text.split())
    if not length or len(text) <= length:
        return text
    kept = ""
    for sentence in sentences(text):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > length:
            break
        kept = longer
    return kept or _whole_words(text, length)


def draft_subject(pattern: str, title: str, day: date, picks: Sequence[Pick], lead: str | None) -> str:
    """Draft the subject: the lead's headline, or the publication's pattern with its places filled."""
    headline = next((pick.headline for pick in picks if pick.story.id == lead), title)
    if not pattern:
        return _whole_words(headline, SUBJECT_LENGTH)
    places = {"lead": headline, "title": title, "date": day.isoformat(), "count": str(len(picks))}
    spare = SUBJECT_LENGTH - len(re.sub(r"\{lead\}", "", pattern))
    places["lead"] = _whole_words(headline, max(20, spare))
    return re.sub(r"\{(\w+)\}", lambda place: places.get(place[1], place[0]), pattern)


def draft_preheader(picks: Sequence[Pick], lead: str | None) -> str:
    """Draft the preheader: the next headlines, as many whole ones as fit; a lone lead's dek."""
    others = [
        pick.headline for pick in sorted(picks, key=lambda one: (-one.score, one.position)) if pick.story.id != lead
    ]
    line = ""
    for headline in others:
        longer = f"{line} · {headline}" if line else _whole_words(headline, PREHEADER_LENGTH)
        if len(longer) > PREHEADER_LENGTH:
            break
        line = longer
    return line or next((trim(pick.dek, PREHEADER_LENGTH) for pick in picks), "")


def _whole_words(text: str, length: int) -> str:
    """Cut at a word's end, never within one unless a single word is longer than all the room there is."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    head = text[: max(1, length - 1)]
    if text[len(head)] != " " and " " in head:
        head = head[: head.rindex(" ")]
    return head.rstrip(" ,;:–—-.(\"'“‘«/") + "…"
