"""The text/plain part, built from what the HTML is built from: same stories, same order, readable alone.

Lines are at most 72 columns wide, East Asian wide characters counting two; an address stands on a line of its own and
is never cut: under its story, or with the story's number in a list at the end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from broadsheet.render.views import EditionView, SectionView, StoryView
from broadsheet.slots import Slot, section_mark

COLUMNS = 72
# Latin, Greek and Cyrillic with their punctuation: each character takes one column, and only the space parts words.
_NARROW = re.compile("[ -~¡-¬®-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*")


def plain_text(
    edition: EditionView, words: Mapping[str, str], *, columns: int = COLUMNS, list_links: bool = False
) -> str:
    """Write the edition as text with LF line ends; `list_links` puts the addresses of stories at the end.

    Where sections are marked, because some readers will not get them, each section's addresses end it.
    """
    listed = list_links
    lines = [
        *wrap(edition.title.upper(), columns),
        edition.date,
        "=" * min(columns, max(width(edition.title), width(edition.date))),
    ]
    if edition.tagline:
        lines += wrap(edition.tagline, columns)
    for paragraph in edition.intro:
        lines += ("", *wrap(Markup(paragraph).unescape(), columns))  # noqa: S704 - taken back to plain text here
    if edition.lead:
        lines += (
            *_mark(edition, edition.lead_section),
            "",
            *_story(edition.lead, words, columns, listed),
            *_mark(edition, edition.lead_section, ends=True),
        )
    for position, section in enumerate(edition.sections):
        lines += _mark(edition, section.position)
        lines += _section(section, words, columns, listed)
        if edition.marked and listed:
            lines += _links(section.stories)
        lines += _mark(edition, section.position, ends=True)
        if position == 0 and (sponsor := edition.sponsor):
            lines += ("", *wrap(f"{words['advertisement']}: {sponsor.name}", columns), *wrap(sponsor.text, columns))
            lines.append(sponsor.url)
    if edition.more:
        lines += _heading(words["more_on_the_web"], columns)
        for story in edition.more:
            lines += _story(story, words, columns, listed)
    if listed:
        lines += _links(edition.more if edition.marked else edition.stories)
    lines += ("", "-- ", *wrap(edition.why, columns))
    for word, slot in (
        ("unsubscribe", Slot.UNSUBSCRIBE_URL),
        ("preferences", Slot.PREFERENCES_URL),
        ("view_in_browser", Slot.VIEW_URL),
    ):
        lines += (f"{words[word]}:", slot.token)
    lines.append("")
    for line in edition.postal_address:
        lines += wrap(line, columns)
    return "\n".join(lines) + "\n"


def _links(stories: Iterable[StoryView]) -> list[str]:
    linked = [story for story in stories if story.url and story.number]
    return ["", *(f"[{story.number}] {story.url}" for story in linked)] if linked else []


def _mark(edition: EditionView, position: int, *, ends: bool = False) -> tuple[str, ...]:
    return (section_mark(position, ends=ends),) if edition.marked else ()


def _heading(title: str, columns: int) -> list[str]:
    lines = wrap(title.upper(), columns)
    return ["", "", *lines, "-" * max(map(width, lines))]


def _section(section: SectionView, words: Mapping[str, str], columns: int, listed: bool) -> list[str]:
    lines = _heading(section.title, columns)
    for position, story in enumerate(section.stories):
        if position and story.size != "line":
            lines.append("")
        lines += _story(story, words, columns, listed)
    return lines


def _story(story: StoryView, words: Mapping[str, str], columns: int, listed: bool) -> list[str]:
    number = f"{story.number}. " if story.number else "* "
    is_listed = listed and story.number > 0
    headline = f"{words['update']}: {story.headline}" if story.is_update else story.headline
    if is_listed and story.url:
        headline += f" [{story.number}]"
    lines = wrap(headline, columns, first=number, rest=" " * len(number))
    credit = f"{story.byline} · {story.source}" if story.byline and story.source else story.byline or story.source
    for part in (story.dek, credit, story.also):
        if part:
            lines += wrap(part, columns, first="   ", rest="   ")
    if story.url and not is_listed:
        lines.append(f"   {story.url}")
    return lines


def wrap(text: str, columns: int, *, first: str = "", rest: str = "") -> list[str]:
    """Break a text into lines; a word wider than a line is broken only in scripts that write without spaces."""
    if "  " not in text and ((text.isascii() and text.isprintable()) or _NARROW.fullmatch(text)):
        return _wrap_narrow(text, columns, first, rest)
    lines: list[str] = []
    line, used = first, len(first)
    empty = True
    for word in text.split():
        needed = width(word)
        if not empty and used + 1 + needed <= columns:
            line, used = f"{line} {word}", used + 1 + needed
            continue
        if not empty:
            lines.append(line)
            line, used, empty = rest, len(rest), True
        for piece in _pieces(word, columns - used):
            if not empty:
                lines.append(line)
                line = rest
            line, used, empty = line + piece, len(rest) + width(piece), False
    if not empty:
        lines.append(line)
    return lines or [first.rstrip()]


def _wrap_narrow(text: str, columns: int, first: str, rest: str) -> list[str]:
    lines: list[str] = []
    while len(first) + len(text) > columns:
        cut = text.rfind(" ", 0, columns - len(first) + 1)
        if cut < 0 and (cut := text.find(" ")) < 0:
            break
        lines.append(first + text[:cut])
        first, text = rest, text[cut + 1 :]
    return [*lines, first + text if text else first.rstrip()]


def width(text: str) -> int:
    """Count the columns of a text in a fixed-width font (UAX #11; marks count nothing)."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def _pieces(word: str, columns: int) -> Iterator[str]:
    if width(word) <= columns or not any(unicodedata.east_asian_width(character) in "WF" for character in word):
        yield word
        return
    piece, used = "", 0
    for character in word:
        step = width(character)
        if used + step > columns and not (step == 2 and unicodedata.category(character) in ("Po", "Pe", "Pf")):
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + step
    if piece:
        yield piece
