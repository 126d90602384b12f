"""Plain-text wire stories: title; teaser, cut by the wire service; blank line; a paragraph a line; byline; footer.

    NAME for PUBLISHER
    Find more stories on A, B and C in PUBLISHER SECTION

Any part but the title and some text may be missing. Front matter before it wins over what is found in it.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from broadsheet.errors import SourceError
from broadsheet.gather.facts import with_facts, with_title_and_text
from broadsheet.gather.frontmatter import split_front_matter
from broadsheet.gather.sentences import is_cut
from broadsheet.model import RawStory

_BYLINE = re.compile(r"(?:by\s+)?(?P<names>\S.{0,120}?)\s+for\s+(?P<publisher>\S.{0,80})$", re.IGNORECASE)
_FOOTER = re.compile(r"find more (?:stories|articles|news) on\s+(?P<rest>.+?)\.?$", re.IGNORECASE)
_PARTICLE_NAMES = "de da do dos del della di du van von der den ter ten la le el al bin ibn abu af av zu y e and"
_PARTICLES = frozenset(_PARTICLE_NAMES.split())


def read_wire(text: str, *, source: str, place: str) -> RawStory:
    """Read one wire story. Raises SourceError where there is no title or no text."""
    facts, text = split_front_matter(text, place=place)
    lines = [line.strip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    if not lines and not facts.get("title"):
        raise SourceError("is empty" if not facts else "has neither a title nor a text", source=source, place=place)
    behind = _take_behind_footer(lines)
    footer = _take_last(lines, _FOOTER)
    byline = _take_byline(lines, before_footer=footer is not None)
    footer = footer or _take_last(lines, _FOOTER)
    lines += behind
    title = lines[0] if lines else ""
    teaser, body = _parts(lines[1:])
    authors: tuple[str, ...] = ()
    publisher = ""
    if byline:
        authors = _names(byline["names"])
        publisher = byline["publisher"].strip(" .")
    categories, section, footer_publisher = _read_footer(footer, publisher)
    raw = RawStory(
        source=source,
        place=place,
        guid=f"file:{PurePath(place).name}" if place != "-" else None,
        title=title,
        summary=teaser,
        paragraphs=body,
        authors=authors,
        publisher=publisher or footer_publisher,
        categories=categories,
        section=section,
    )
    return with_title_and_text(with_facts(raw, facts))


def _take_behind_footer(lines: list[str]) -> list[str]:
    """Take away the few lines that stand behind the footer, where there are such."""
    for number in range(len(lines) - 2, max(1, len(lines) - 6), -1):
        if _FOOTER.match(lines[number]):
            behind = lines[number + 1 :]
            del lines[number + 1 :]
            return behind
    return []


def _take_last(lines: list[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    """Take the last line away if it is what the pattern says; blank lines before it go too."""
    if len(lines) < 2 or not (found := pattern.match(lines[-1])):
        return None
    lines.pop()
    while lines and not lines[-1]:
        lines.pop()
    return found


def _take_byline(lines: list[str], *, before_footer: bool) -> re.Match[str] | None:
    """Take the byline away. A last paragraph such as "Waiting for Godot" is one only where a footer follows."""
    if len(lines) < 3:
        return None
    found = _BYLINE.match(lines[-1])
    if not found or (lines[-1].endswith((".", "!", "?", "”", '"', "…")) and not before_footer):
        return None
    words = re.sub(r"[,&/]", " ", found["names"]).split()
    if not before_footer and len(words) < 2:
        return None
    if len(words) > 14 or any(word[0].islower() and word.lower() not in _PARTICLES for word in words):
        return None
    if found["publisher"][0].islower() and not before_footer:
        return None
    return _take_last(lines, _BYLINE)


def _parts(lines: list[str]) -> tuple[str, tuple[str, ...]]:
    """Tell the teaser from the body: the block under the title is the teaser if a blank line ends it."""
    spaced = not lines or not lines[0]
    while lines and not lines[0]:
        lines = lines[1:]
    end = lines.index("") if "" in lines else len(lines)
    block, rest = lines[:end], tuple(line for line in lines[end:] if line)
    if not rest:
        if block and is_cut(block[0]):
            return block[0], tuple(block[1:])
        return ("", tuple(block)) if len(block) > 1 or spaced else (block[0], ()) if block else ("", ())
    if spaced and not is_cut(" ".join(block)):
        return "", (*block, *rest)  # no teaser stood directly under the title
    return " ".join(block), rest


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split(r",\s*(?:and\s+)?|\s+(?:and|&)\s+|\s*/\s*", text) if name.strip())


def _read_footer(footer: re.Match[str] | None, publisher: str) -> tuple[tuple[str, ...], str, str]:
    """Read categories, section and publisher from a footer: `A, B and C in PUBLISHER SECTION`."""
    if not footer:
        return (), "", ""
    rest = footer["rest"]
    places = [found.start() for found in re.finditer(r"\s+in\s+", rest)]
    if not places:
        return _categories(rest), "", ""
    first_word = publisher.split()[0].casefold() if publisher else ""
    cut = next(
        (at for at in places if first_word and rest[at:].split()[1].casefold().startswith(first_word)), places[-1]
    )
    tail = rest[cut:].split()[1:]
    shared = 0
    for mine, theirs in zip(tail, publisher.split(), strict=False):
        if mine.casefold() != theirs.casefold():
            break
        shared += 1
    if not shared:
        # Nothing says where the publisher's name ends: the section is written in small letters, or is the last word.
        shared = next(
            (number for number, word in enumerate(tail) if number and word[0].islower()), max(1, len(tail) - 1)
        )
    return _categories(rest[:cut]), " ".join(tail[shared:]), " ".join(tail[:shared])


def _categories(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(",")]
    last = re.sub(r"^and\s+", "", parts[-1], flags=re.IGNORECASE)
    if len(parts) == 1 or last == parts[-1]:
        # "A and B", and "A, B and C": the last "and" joins; with a comma before "and" it is already parted.
        head, joint, tail = last.rpartition(" and ")
        parts[-1:] = [head, tail] if joint else [last]
    else:
        parts[-1] = last
    return tuple(part.strip() for part in parts if part.strip())
