"""RawStory to Story: after this, every text is plain text, every link http(s), every time UTC. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadsheet.errors import SourceError
from broadsheet.gather.dates import parse_date
from broadsheet.gather.identity import new_id
from broadsheet.gather.links import clean_url
from broadsheet.gather.pictures import best_image
from broadsheet.gather.publishers import publisher_of
from broadsheet.gather.sentences import (
    DEK_LENGTH,
    SUMMARY_LENGTH,
    first_sentences,
    repair_dek,
    sentences_of,
)
from broadsheet.gather.tails import without_tails
from broadsheet.gather.text import line_of, paragraphs_of, tidy, unescaped
from broadsheet.model import RawStory, Story

FUTURE_MARGIN = timedelta(hours=24)  # a clock or a zone may be wrong by a day, not by more
LONGEST_TITLE = 500
LONGEST_BODY = 400  # paragraphs
_LONGEST_LINE = 5000  # characters of markup that are read for a name or a headline
_LONGEST_PARAGRAPH = 20_000
_MOST = 100  # names in one story
_NAMELESS = re.compile(
    r"(?:no[-_. ]?reply|admin|webmaster|editor|info|news|feedback|root|unknown|anonymous)$", re.IGNORECASE
)
_EMAIL = re.compile(r"[\w.+%-]+(?:@|\s?\(at\)\s?|\s?\[at\]\s?)[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the configuration adds to every story of a source; its words win over the feed's."""

    publisher: str = ""
    category: str = ""
    language: str = ""


def clean(raw: RawStory, *, now: datetime, house: House | None = None) -> Story:
    """Make a story of what a source wrote.

    Raises SourceError for one that has no title and no text to take one from.
    """
    house = house or House()
    title = line_of(raw.title[:_LONGEST_LINE])[:LONGEST_TITLE]
    summary = without_tails(paragraphs_of(unescaped(raw.summary)), title)
    body = without_tails(
        tuple(line for text in raw.paragraphs if (line := line_of(text))) or paragraphs_of(unescaped(raw.content)),
        title,
    )
    if sum(map(len, summary)) > 1.5 * sum(map(len, body)) and not raw.paragraphs:
        # The far longer text is the story, whichever element it stood in.
        summary, body = (body, summary) if body else (summary, ())
    dek = _dek(" ".join(summary), body)
    if not body and (not dek or sum(map(len, summary)) > SUMMARY_LENGTH):
        body = summary  # what the dek cannot carry is not lost
    if not title:
        title = _title_from(dek or " ".join(body or summary))
    if not title:
        raise SourceError("has neither a title nor a text", source=raw.source, place=raw.place)
    published = _trusted(parse_date(raw.published) or parse_date(raw.updated), now)
    url = clean_url(raw.url)
    return Story(
        id=new_id(raw.source, raw.guid or url or title),
        guid=tidy((raw.guid or "")[:2000]),
        title=title,
        source=raw.source,
        published_at=published or now,
        first_seen_at=now,
        url=url,
        dek=dek,
        body=tuple(paragraph[:_LONGEST_PARAGRAPH] for paragraph in body[:LONGEST_BODY]),
        authors=authors_of(raw.authors),
        publisher=tidy(house.publisher) or publisher_of(line_of(raw.publisher[:_LONGEST_LINE])[:200], url),
        categories=categories_of((house.category, *raw.categories)),
        section=line_of(raw.section[:_LONGEST_LINE])[:200],
        language=language_of(house.language or raw.language),
        image=best_image(raw.images),
        dated=published is not None,
        position=raw.position,
        embargo_at=parse_date(raw.embargo),
        expires_at=parse_date(raw.expires),
    )


def _dek(summary: str, body: tuple[str, ...]) -> str:
    if len(summary) > SUMMARY_LENGTH:
        return first_sentences(summary, DEK_LENGTH) or repair_dek("", body)
    return repair_dek(summary, body)


def _title_from(text: str) -> str:
    """Make a headline of a story that has none: its first sentence, or as many whole words as fit."""
    sentences = sentences_of(text[:2000])
    if not sentences:
        return ""
    if len(sentences[0]) <= 120:
        return sentences[0]
    return sentences[0][:100].rsplit(" ", 1)[0].rstrip(",;:–— ") + "…"


def _trusted(at: datetime | None, now: datetime) -> datetime | None:
    """Keep a date that can be true: not the zero of some clock, not in the future by more than the margin."""
    if at is None or at.year < 1980 or at > now + FUTURE_MARGIN:
        return None
    return at


def authors_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Clean bylines: no addresses, no leading "By", each name once."""
    found: dict[str, str] = {}
    for name in names[:_MOST]:
        name = name[:_LONGEST_LINE]
        line = line_of(name.replace("<", " &lt;") if _EMAIL.search(name) else name)
        if inner := re.fullmatch(r"\S+@\S+\s*\((.+)\)", line):
            line = inner[1]  # RSS 2.0: address (name)
        line = _EMAIL.sub("", line)
        line = re.sub(r"<[^>]*>|mailto:", " ", line)
        line = re.sub(r"\(\s*\)|\[\s*\]", " ", line)
        line = re.sub(r"^(?:by|von|par|por|di|door)[:\s]+(?=\S)", "", tidy(line), flags=re.IGNORECASE)
        line = line.strip(" ,;-<>\"'")
        if line and len(line) <= 300 and not _NAMELESS.match(line) and not line.startswith(("http://", "https://")):
            found.setdefault(line.casefold(), line)
    return tuple(found.values())


def categories_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Clean categories: each once, in order, whatever its case; addresses of schemes are none."""
    found: dict[str, str] = {}
    for name in names[:_MOST]:
        line = line_of(name[:_LONGEST_LINE]).strip(" ,;")
        if line and len(line) <= 120 and not line.startswith(("http://", "https://")):
            found.setdefault(line.casefold(), line)
    return tuple(found.values())


def language_of(tag: str) -> str:
    """Write a language tag the usual way (BCP 47): `en`, `en-GB`, `zh-Hant-TW`; '' for what is none."""
    found = re.match(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)\s*$", tag[:60].strip())
    if not found:
        return ""
    parts = [found[1].lower()]
    for part in re.split("[-_]", found[2])[1:]:
        parts.append(part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower())
    return "-".join(parts)


__all__ = ["House", "authors_of", "categories_of", "clean", "language_of"]
