"""The only place that knows the MJML engine: what it is fed, what is refused, what is mended behind it.

The engine validates nothing, prints attributes with Rust's debug format, joins words across line ends, stops at a
control character and can end the process on deep nesting. So it never sees a story: the content of text, tables and raw
parts is taken out before, and put back behind it. What is left for the engine is the layout, written by a theme.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import lru_cache

from mjml import mjml2html

from broadsheet.errors import RenderError

DEEPEST = 120  # a theme of ours stays below 20; mail clients and the engine (near 10,000) give up far above

_VOID = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
_ATTRIBUTES = r"[^<>\"]*+(?:\"[^\"]*+\"[^<>\"]*+)*+"
_TAG = re.compile(rf"<(?:!--.*?-->|(/?)(?!(?:{_VOID})\b)([a-zA-Z][\w:-]*+)({_ATTRIBUTES})>)", re.DOTALL)
_CLOSED_CONTENT = "mj-text|mj-table|mj-raw|mj-style|mj-button"
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
        pieces, places = _laid_out(layout)
    except ValueError as error:
        start = _start_of(str(error), layout, source)
        raise _refusal(f"the MJML engine says: {error}", source, start, theme, stories) from None
    if broken := next((piece for piece in pieces if "\\u{" in piece), ""):
        around = broken[max(0, broken.index("\\u{") - 60) :][:100]
        raise RenderError(
            f"an attribute was corrupted near: {around}", theme=theme, file="edition.mjml",
            advice="Write it with the filter: {{ value|attr }}.",
        )  # fmt: skip
    parts = [pieces[0]]
    for piece, place in zip(pieces[1:], places, strict=True):
        parts += (_UNNAMED_TABLE.sub(_NAMED, islands[place]) if "<table" in islands[place] else islands[place], piece)
    html = "".join(parts)
    if "mj-" in html and (left := _LEFT_OVER.search(html)):
        told = f"{left.group()}> stands where MJML does not allow it"
        raise _refusal(told, source, source.find(left.group()), theme, stories)
    return html


@lru_cache(maxsize=64)
def _laid_out(layout: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Give the engine's HTML, mended and cut where islands go back in, and their numbers. Raises ValueError.

    Kept, for a layout holds no story: an edition that is trimmed, previewed or mended meets the same one again.
    """
    html = _MSO_SEAM.sub("", mjml2html(layout, fonts={}, include_loader=_no_include))
    if name := _BODY_CLASS.search(layout):  # npm's mjml writes it on the body, too; Gmail is known by `u + .name`
        html = html.replace("<body ", f'<body class="{name[1]}" ', 1)
    cut = _PLACE.split(_UNNAMED_TABLE.sub(_NAMED, html))
    return tuple(cut[::2]), tuple(int(number) for number in cut[1::2])


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
    """Part a balanced document into the layout that the engine sees, and the contents that it does not, minified."""
    islands: list[str] = []
    layout: list[str] = []
    end = 0
    while found := _ISLAND.search(source, end):
        start, close = found.end(), source.find(f"</{found[1]}>", found.end())
        layout += (source[end:start], f"iSlAnD{len(islands)}x")
        islands.append(_BEFORE_BLOCK.sub("", source[start:close].strip()))
        end = close
    layout.append(source[end:])
    joined = _BROKEN_TAG.sub(lambda tag: " ".join(tag.group().split()), "".join(layout))
    return _LINE_START.sub("\n", joined.strip()), islands


def unbalanced(source: str) -> tuple[int, str] | None:
    """Find the first tag that is not closed, or nested too deep: where it begins, and a sentence."""
    names: list[str] = []
    numbers: list[int] = []
    for number, (closing, name, rest) in enumerate(_TAG.findall(source)):
        if closing:
            if not names:
                return _start(source, number), f"</{name}> closes nothing"
            opened = numbers.pop()
            if (open_name := names.pop()) != name:
                line = source.count("\n", 0, _start(source, opened)) + 1
                return _start(source, number), f"</{name}> stands where <{open_name}> of line {line} is open"
        elif name and rest[-1:] != "/":
            names.append(name)
            numbers.append(number)
            if len(names) > DEEPEST:
                return _start(source, number), f"nested more than {DEEPEST} deep"
    if names:
        return _start(source, numbers[-1]), f"<{names[-1]}> is never closed"
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
