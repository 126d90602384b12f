"""The only place that knows the MJML engine: what it is fed, what is refused, what is mended behind it.

The engine validates nothing, prints attributes with Rust's debug format, joins words across line ends, stops at a
control character and can end the process on deep nesting. So it never sees a story: the content of text, tables and raw
parts, of title and preview, is taken out before, and put back behind it. What is left for the engine is the layout,
written by a theme.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mjml import mjml2html

from broadsheet.errors import RenderError

DEEPEST = 120  # a theme of ours stays below 20; mail clients and the engine (near 10,000) give up far above

_VOID = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
_ATTRIBUTES = r"[^<>\"]*+(?:\"[^\"]*+\"[^<>\"]*+)*+"
# The name of a tag that opens or closes something; nothing for a comment.
_TAG = re.compile(rf"<(?:(?!/?(?:{_VOID})\b)(/?[a-zA-Z][\w:-]*+){_ATTRIBUTES}(?<!/)>|!--.*?-->)", re.DOTALL)
_CLOSED_CONTENT = "mj-text|mj-table|mj-raw|mj-style|mj-button|mj-title|mj-preview"
_ISLAND = re.compile(rf"<({_CLOSED_CONTENT})\b(?:[^<>]*[^<>/])?>")
_PLACE = re.compile(r"iSlAnD(\d+)x")
_BROKEN_TAG = re.compile(r"<[a-zA-Z][^<>]*[\n\t][^<>]*>")
_LINE_START = re.compile(r"\n\s*")
_BLOCK = r"(?:table|tbody|thead|tr|td|th|p|div|h[1-6]|ul|ol|li)\b"
_BEFORE_BLOCK = re.compile(rf"\n\s*(?=</?{_BLOCK})")
_MSO_SEAM = re.compile(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>")
_UNNAMED_TABLE = re.compile(r"<table (?![^<>]*role=)")
_NAMED = '<table role="presentation" '
_BODY_CLASS = re.compile(r"<mj-body\b[^<>]*\bcss-class=\"([^\"]*)\"")
_LEFT_OVER = re.compile(r"<(/?)mj-[a-z-]+")


def compile_mjml(source: str, *, theme: str, stories: Iterable[tuple[str, str]] = ()) -> str:
    """Turn MJML into small HTML with no web fonts and no includes.

    `stories` are names and headlines in markup, read only where a fault has to name the story at hand. Raises
    RenderError.
    """
    if fault := unbalanced(source):
        raise _refusal(fault[1], source, fault[0], theme, stories)
    layout, islands = take_out(source)
    try:
        frame = _laid_out(layout)
    except ValueError as error:
        start = _start_of(str(error), _tidied(layout), source)
        raise _refusal(f"the MJML engine says: {error}", source, start, theme, stories) from None
    if frame.corrupted:
        raise RenderError(
            f"an attribute was corrupted near: {frame.corrupted}", theme=theme, file="edition.mjml",
            advice="Write it with the filter: {{ value|attr }}.",
        )  # fmt: skip
    left = frame.left_over or next((found.group() for island in islands if (found := _LEFT_OVER.search(island))), "")
    if left:
        raise _refusal(f"{left}> stands where MJML does not allow it", source, source.find(left), theme, stories)
    parts = [frame.pieces[0]]
    for piece, place in zip(frame.pieces[1:], frame.places, strict=True):
        parts += (_UNNAMED_TABLE.sub(_NAMED, islands[place]) if "<table" in islands[place] else islands[place], piece)
    return "".join(parts)


@dataclass(frozen=True)
class _Frame:
    """The engine's HTML, mended and cut where islands go back in, their numbers, and what is wrong with it."""

    pieces: tuple[str, ...]
    places: tuple[int, ...]
    corrupted: str
    left_over: str


@lru_cache(maxsize=64)
def _laid_out(layout: str) -> _Frame:
    """Have the engine make HTML of a layout. Raises ValueError.

    Kept, for a layout holds nothing of an edition but how many parts it has: the next one mostly meets the same again.
    """
    html = _MSO_SEAM.sub("", mjml2html(_tidied(layout), fonts={}, include_loader=_no_include))
    if name := _BODY_CLASS.search(layout):  # npm's mjml writes it on the body, too; Gmail is known by `u + .name`
        html = html.replace("<body ", f'<body class="{name[1]}" ', 1)
    broken, left = html.find("\\u{"), _LEFT_OVER.search(html)
    cut = _PLACE.split(_UNNAMED_TABLE.sub(_NAMED, html))
    return _Frame(
        pieces=tuple(cut[::2]),
        places=tuple(int(number) for number in cut[1::2]),
        corrupted=html[max(0, broken - 60) :][:100] if broken >= 0 else "",
        left_over=left.group() if left else "",
    )


def _refusal(
    message: str, source: str, start: int | None, theme: str, stories: Iterable[tuple[str, str]]
) -> RenderError:
    """Say what is wrong with a document, and show the place, for the document itself is not kept."""
    if start is None:
        return RenderError(message, theme=theme, file="edition.mjml")
    places = {at: story for story, headline in stories if (at := source.rfind(headline, 0, start)) >= 0}
    around = source[max(source.rfind("\n", 0, start) + 1, start - 100) : start + 60].partition("\n")[0].strip()
    return RenderError(
        message, theme=theme, file="edition.mjml", line=source.count("\n", 0, start) + 1,
        story=places[max(places)] if places else "", advice=f"It stands near: {around}",
    )  # fmt: skip


def take_out(source: str) -> tuple[str, list[str]]:
    """Part a balanced document into the layout that the engine is given, and the contents that it is not, minified."""
    islands: list[str] = []
    layout: list[str] = []
    end = 0
    while found := _ISLAND.search(source, end):
        start, close = found.end(), source.find(f"</{found[1]}>", found.end())
        layout += (source[end:start], f"iSlAnD{len(islands)}x")
        islands.append(_BEFORE_BLOCK.sub("", source[start:close].strip()))
        end = close
    layout.append(source[end:])
    return "".join(layout), islands


def _tidied(layout: str) -> str:
    """Write each tag of a layout on one line, with no space before a line: the engine stumbles over both."""
    joined = _BROKEN_TAG.sub(lambda tag: " ".join(tag.group().split()), layout)
    return _LINE_START.sub("\n", joined.strip())


def unbalanced(source: str) -> tuple[int, str] | None:
    """Find the first tag that is not closed, or nested too deep: where it begins, and a sentence."""
    names = _TAG.findall(source)
    open_ones: list[int] = []
    for number, name in enumerate(names):
        if name[:1] == "/":
            if not open_ones:
                return _start(source, number), f"<{name}> closes nothing"
            opened = open_ones.pop()
            if (open_name := names[opened]) != name[1:]:
                line = source.count("\n", 0, _start(source, opened)) + 1
                return _start(source, number), f"<{name}> stands where <{open_name}> of line {line} is open"
        elif name:
            open_ones.append(number)
            if len(open_ones) > DEEPEST:
                return _start(source, number), f"nested more than {DEEPEST} deep"
    if open_ones:
        return _start(source, open_ones[-1]), f"<{names[open_ones[-1]]}> is never closed"
    return None


def _start(source: str, number: int) -> int:
    return next(itertools.islice(_TAG.finditer(source), number, None)).start()


def _start_of(message: str, layout: str, source: str) -> int | None:
    """Find the tag that the engine names by its place in the layout, in bytes."""
    place = re.search(r"position (\d+):(\d+)", message)
    if place is None:
        return None
    tag = layout.encode()[int(place[1]) : int(place[2])].decode(errors="replace")
    start = source.find(tag)
    return start if tag and start >= 0 else None


def _no_include(path: str) -> str:
    raise ValueError(f"mj-include is not used here ({path}); include a part with Jinja")
