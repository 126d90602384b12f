"""The only place that knows the MJML engine: what it is fed, what is refused, what is mended behind it.

The engine validates nothing, prints attributes with Rust's debug format, joins words across line ends, stops at a
control character and can end the process on deep nesting. So it never sees a story: the content of text, tables and raw
parts is taken out before, and put back behind it. What is left for the engine is the layout, written by a theme.
"""

from __future__ import annotations

import itertools
import re

from mjml import mjml2html

from broadsheet.errors import RenderError

DEEPEST = 120  # a theme of ours stays below 20; mail clients and the engine (near 10,000) give up far above

_VOID = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
_TAG = re.compile(rf"<!--.*?-->|<(/?)(?!(?:{_VOID})\b)([a-zA-Z][\w:-]*)((?:[^<>\"]+|\"[^\"]*\")*)>", re.DOTALL)
_CLOSED_CONTENT = "mj-text|mj-table|mj-raw|mj-style|mj-button"
_ISLAND = re.compile(rf"<({_CLOSED_CONTENT})\b(?:[^<>]*[^<>/])?>")
_PLACE = re.compile(r"iSlAnD(\d+)x")
_BROKEN_TAG = re.compile(r"<[a-zA-Z][^<>]*[\n\t][^<>]*>")
_LINE_START = re.compile(r"\n\s*")
_BLOCK = r"(?:table|tbody|thead|tr|td|th|p|div|h[1-6]|ul|ol|li)\b"
_BEFORE_BLOCK = re.compile(rf"\n\s*(?=</?{_BLOCK})")
_MSO_SEAM = re.compile(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>")
_UNNAMED_TABLE = re.compile(r"<table (?![^<>]*role=)")
_LEFT_OVER = re.compile(r"<(/?)mj-[a-z-]+")


def compile_mjml(source: str, *, theme: str) -> str:
    """Turn MJML into small HTML with no web fonts and no includes. Raises RenderError."""
    if fault := unbalanced(source):
        raise RenderError(fault[1], theme=theme, file="edition.mjml", line=fault[0])
    layout, islands = take_out(source)
    try:
        html = mjml2html(layout, fonts={}, include_loader=_no_include)
    except ValueError as error:
        line = _line_of(str(error), layout, source)
        raise RenderError(f"the MJML engine says: {error}", theme=theme, file="edition.mjml", line=line) from None
    if "\\u{" in html:
        around = html[max(0, html.index("\\u{") - 60) :][:100]
        raise RenderError(
            f"an attribute was corrupted near: {around}", theme=theme, file="edition.mjml",
            advice="Write it with the filter: {{ value|attr }}.",
        )  # fmt: skip
    html = _PLACE.sub(lambda place: islands[int(place[1])], html)
    if left := _LEFT_OVER.search(html):
        raise RenderError(
            f"{left.group()}> was left in the HTML", theme=theme, file="edition.mjml",
            advice="It stands where MJML does not allow it.",
        )  # fmt: skip
    return _UNNAMED_TABLE.sub('<table role="presentation" ', _MSO_SEAM.sub("", html))


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
    """Find the first tag that is not closed, or nested too deep, as line and sentence."""
    stack: list[tuple[str, int]] = []
    for number, (closing, name, rest) in enumerate(_TAG.findall(source)):
        if not name or rest.endswith("/"):
            continue
        if not closing:
            stack.append((name, number))
            if len(stack) > DEEPEST:
                return _line(source, number), f"nested more than {DEEPEST} deep"
        elif not stack:
            return _line(source, number), f"</{name}> closes nothing"
        elif (opened := stack.pop())[0] != name:
            place = f"where <{opened[0]}> of line {_line(source, opened[1])} is open"
            return _line(source, number), f"</{name}> stands {place}"
    if stack:
        return _line(source, stack[-1][1]), f"<{stack[-1][0]}> is never closed"
    return None


def _line(source: str, number: int) -> int:
    start = next(itertools.islice(_TAG.finditer(source), number, None)).start()
    return source.count("\n", 0, start) + 1


def _line_of(message: str, layout: str, source: str) -> int | None:
    """Find the line of the tag that the engine names by its place in the layout, in bytes."""
    place = re.search(r"position (\d+):(\d+)", message)
    if place is None:
        return None
    tag = layout.encode()[int(place[1]) : int(place[2])].decode(errors="replace")
    start = source.find(tag)
    return source.count("\n", 0, start) + 1 if tag and start >= 0 else None


def _no_include(path: str) -> str:
    raise ValueError(f"mj-include is not used here ({path}); include a part with Jinja")
