"""The text/plain part, built from what the HTML is built from: same stories, same order, readable alone.

Lines are at most 72 columns wide, East Asian wide characters counting two; an address stands on a line of its own and
is never cut: under its story, or with the story's number in a list at the end.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from broadsheet.render.views import EditionView, SectionView, StoryView
from broadsheet.slots import Slot, section_mark

COLUMNS = 72


def plain_text(
    edition: EditionView, words: Mapping[str, str], *, columns: int = COLUMNS, list_links: bool = False
) -> str:
    """Write the edition as text with LF line ends; `list_links` puts the addresses of stories at the end.

    Where sections are marked, because some readers will not get them, each section's addresses end it.
    """
    return "\n".join(_lines(edition, words, columns, list_links)) + "\n"


def _lines(edition: EditionView, words: Mapping[str, str], columns: int, list_links: bool) -> Iterator[str]:
    yield from wrap(edition.title.upper(), columns)
    yield edition.date
    yield "=" * min(columns, max(width(edition.title), width(edition.date)))
    if edition.tagline:
        yield from wrap(edition.tagline, columns)
    for paragraph in edition.intro:
        yield ""
        yield from wrap(Markup(paragraph).unescape(), columns)  # noqa: S704 - taken back to plain text here
    if edition.lead:
        yield from _mark(edition, edition.lead_section)
        yield ""
        yield from _story(edition.lead, words, columns, list_links)
        yield from _mark(edition, edition.lead_section, ends=True)
    for position, section in enumerate(edition.sections):
        yield from _mark(edition, section.position)
        yield from _section(section, words, columns, list_links)
        if edition.marked and list_links:
            yield from _links(section.stories)
        yield from _mark(edition, section.position, ends=True)
        if position == 0 and edition.sponsor:
            yield ""
            yield from wrap(f"{words['advertisement']}: {edition.sponsor.name}", columns)
            yield from wrap(edition.sponsor.text, columns)
            yield edition.sponsor.url
    if edition.more:
        yield from _heading(words["more_on_the_web"], columns)
        for story in edition.more:
            yield from _story(story, words, columns, list_links)
    if list_links:
        yield from _links(edition.more if edition.marked else edition.stories)
    yield ""
    yield "-- "
    yield from wrap(edition.why, columns)
    for word, slot in (
        ("unsubscribe", Slot.UNSUBSCRIBE_URL),
        ("preferences", Slot.PREFERENCES_URL),
        ("view_in_browser", Slot.VIEW_URL),
    ):
        yield f"{words[word]}:"
        yield slot.token
    yield ""
    for line in edition.postal_address:
        yield from wrap(line, columns)


def _links(stories: Iterable[StoryView]) -> Iterator[str]:
    linked = [story for story in stories if story.url and story.number]
    yield from ("", *(f"[{story.number}] {story.url}" for story in linked)) if linked else ()


def _mark(edition: EditionView, position: int, *, ends: bool = False) -> Iterator[str]:
    if edition.marked:
        yield section_mark(position, ends=ends)


def _heading(title: str, columns: int) -> Iterator[str]:
    yield ""
    yield ""
    lines = wrap(title.upper(), columns)
    yield from lines
    yield "-" * max(width(line) for line in lines)


def _section(section: SectionView, words: Mapping[str, str], columns: int, list_links: bool) -> Iterator[str]:
    yield from _heading(section.title, columns)
    for position, story in enumerate(section.stories):
        if position and story.size != "line":
            yield ""
        yield from _story(story, words, columns, list_links)


def _story(story: StoryView, words: Mapping[str, str], columns: int, list_links: bool) -> Iterator[str]:
    label = f"{words['update']}: " if story.is_update else ""
    number = f"{story.number}. " if story.number else "* "
    is_listed = list_links and story.number > 0
    mark = f" [{story.number}]" if is_listed and story.url else ""
    yield from wrap(label + story.headline + mark, columns, first=number, rest=" " * len(number))
    if story.dek:
        yield from wrap(story.dek, columns, first="   ", rest="   ")
    credit = " · ".join(part for part in (story.byline, story.source) if part)
    for line in (credit, story.also):
        if line:
            yield from wrap(line, columns, first="   ", rest="   ")
    if story.url and not is_listed:
        yield f"   {story.url}"


def wrap(text: str, columns: int, *, first: str = "", rest: str = "") -> list[str]:
    """Break a text into lines; a word wider than a line is broken only in scripts that write without spaces."""
    if text.isascii():
        return _wrap_ascii(" ".join(text.split()), columns, first, rest)
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


def _wrap_ascii(text: str, columns: int, first: str, rest: str) -> list[str]:
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
