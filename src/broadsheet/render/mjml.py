"""The only place that knows the MJML engine: what it is fed, what is refused, what is mended behind it.

The engine validates nothing, prints attributes with Rust's debug format, joins words across line ends, and can end the
process on deep nesting. Each is met here before or after; a test notices when an engine upgrade changes one of them.
"""

from __future__ import annotations

import re

from mjml import mjml2html

from broadsheet.errors import RenderError

DEEPEST = 120  # the engine overflows its stack near 10,000; a theme of ours stays below 20

_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>", re.DOTALL)
_VOID = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "wbr", "area", "base", "col", "embed", "source", "track")
)
_BROKEN_TAG = re.compile(r"<[a-zA-Z][^<>]*[\n\t][^<>]*>")
_LINE_START = re.compile(r"\s*\n\s*")
_INLINE = r"(?:a|abbr|b|bdi|bdo|br|cite|code|em|font|i|img|mark|q|s|small|span|strike|strong|sub|sup|time|u)\b"
_BETWEEN_INLINE = re.compile(rf"(</?{_INLINE}[^<>]*>)\n(?=</?{_INLINE})")
_MSO_SEAM = re.compile(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>")
_UNNAMED_TABLE = re.compile(r"<table (?![^<>]*role=)")
_SCRIPT_BREAK = re.compile(r"<(/?)mj-[a-z-]+")


def prepare(source: str) -> str:
    """Write MJML so that the engine keeps every space that a reader would see, and no line end stands in a tag."""
    source = _BROKEN_TAG.sub(lambda found: " ".join(found.group().split()), source)
    return _BETWEEN_INLINE.sub(r"\1 ", _LINE_START.sub("\n", source.strip()))


def compile_mjml(source: str, *, theme: str) -> str:
    """Turn MJML into HTML with no web fonts and no includes. Raises RenderError."""
    source = prepare(source)
    if fault := unbalanced(source):
        raise RenderError(fault[1], theme=theme, file="edition.mjml", line=fault[0])
    try:
        html = mjml2html(source, fonts={}, include_loader=_no_include)
    except ValueError as error:
        line = _line(source, str(error))
        raise RenderError(f"the MJML engine says: {error}", theme=theme, file="edition.mjml", line=line) from None
    if left := _SCRIPT_BREAK.search(html):
        raise RenderError(
            f"<{left.group()[1:]}> was left in the HTML", theme=theme, file="edition.mjml",
            advice="It stands where MJML does not allow it, or an mj-raw before it is not balanced.",
        )  # fmt: skip
    if "\\u{" in html:
        around = html[max(0, html.index("\\u{") - 60) :][:100]
        raise RenderError(
            f"an attribute was corrupted near: {around}", theme=theme, file="edition.mjml",
            advice="Write it with the filter: {{ value|attr }}.",
        )  # fmt: skip
    html = _MSO_SEAM.sub("", html)
    return _UNNAMED_TABLE.sub('<table role="presentation" ', html)


def unbalanced(source: str) -> tuple[int, str] | None:
    """Find the first tag that is not closed, or nested too deep, as line and sentence."""
    stack: list[tuple[str, int]] = []
    for found in _TAG.finditer(source):
        name = found[2]
        if name is None or found[4] or name.lower() in _VOID:
            continue
        if not found[1]:
            stack.append((name, found.start()))
            if len(stack) > DEEPEST:
                return source.count("\n", 0, found.start()) + 1, f"nested more than {DEEPEST} deep"
        elif not stack or stack[-1][0] != name:
            here = source.count("\n", 0, found.start()) + 1
            if not stack:
                return here, f"</{name}> closes nothing"
            opened = source.count("\n", 0, stack[-1][1]) + 1
            return here, f"</{name}> stands where <{stack[-1][0]}> of line {opened} is still open"
        else:
            stack.pop()
    if stack:
        return source.count("\n", 0, stack[-1][1]) + 1, f"<{stack[-1][0]}> is never closed"
    return None


def _no_include(path: str) -> str:
    raise ValueError(f"mj-include is not used here ({path}); include a part with Jinja")


def _line(source: str, message: str) -> int | None:
    place = re.search(r"position (\d+):\d+", message)
    return source.encode()[: int(place[1])].count(b"\n") + 1 if place else None
