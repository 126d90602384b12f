"""Simulate what happens to a mail on its way to the eye: dark modes, Gmail's cut, paper. Text in, text out.

None of this is what a client does to the letter; each view says that it is a simulation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser

from broadsheet.model import Finding

_ASKS = r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)"
_ASKS_FOR_DARK = re.compile(_ASKS, re.IGNORECASE)
_BOTH_SCHEMES = re.compile(r"\blight\s+dark\b")
_PRINT = re.compile(r"@media\s+(?:only\s+)?(print|screen)\b", re.IGNORECASE)
_ALWAYS, _NEVER = "(min-width:0)", "(max-width:0)"
_PLACE = re.compile(r"line (\d+), column (\d+)$")
_TAG = re.compile(r"<[a-zA-Z][a-zA-Z0-9:-]*(?=[\s>/])")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)  # fmt: skip
# What Gmail's apps and Outlook's do where a mail brings no dark palette of its own: colours are turned, pictures kept.
_INVERTED = (
    "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}"
    "img,video,[background],[style*='background-image']{filter:invert(1) hue-rotate(180deg)}</style>"
)
# Browsers print no backgrounds unless asked to.
_ON_PAPER = "<style>*{background:transparent!important;box-shadow:none!important}</style>"


def in_scheme(page: str, scheme: str) -> str:
    """Let a page look as in a client that is "light" or "dark", whatever the browser around it prefers."""
    page = _ASKS_FOR_DARK.sub(lambda found: _ALWAYS if found[1].lower() == scheme else _NEVER, page)
    head, end, body = page.partition("</head>")
    return _BOTH_SCHEMES.sub(scheme, head) + end + body


def inverted(page: str) -> str:
    """Turn the colours of a page's light form, as clients do that take no notice of its dark palette."""
    return in_scheme(page, "light").replace("</head>", f"{_INVERTED}</head>", 1)


def on_paper(page: str) -> str:
    """Let a page look as a browser prints it: the rules for print, and no backgrounds."""
    page = _PRINT.sub(lambda found: f"@media {'all' if found[1].lower() == 'print' else 'not all'}", page)
    return in_scheme(page, "light").replace("</head>", f"{_ON_PAPER}</head>", 1)


def clipped(page: str, limit: int, note: str) -> str:
    """Cut a page after `limit` bytes, as Gmail does, close what is open, and put a note (HTML) where the cut is.

    A page within the limit is whole, and the note stands at its end.
    """
    data = page.encode()
    kept = data[:limit].decode(errors="ignore")
    if len(data) > limit:
        for opening, closing in (("<!--", "-->"), ("<", ">")):
            if kept.rfind(opening) > kept.rfind(closing):
                kept = kept[: kept.rfind(opening)]
    reader = _Open()
    reader.feed(kept)
    closing = "".join(f"</{name}>" for name in reversed(reader.names) if name not in ("html", "body"))
    body, end, _ = kept.rpartition("</body>")
    return (body if end else kept + closing) + note + "</body></html>"


def marked(html: str, findings: Iterable[Finding]) -> str:
    """Give the element at which a finding points an attribute with the finding's number: data-finding="0 3"."""
    starts = [0, *(found.end() for found in re.finditer("\n", html))]
    numbers: dict[int, list[int]] = {}
    for number, finding in enumerate(findings):
        place = _PLACE.search(finding.place)
        if place is None or int(place[1]) > len(starts):
            continue
        tag = _tag_at(html, starts[int(place[1]) - 1] + int(place[2]) - 1)
        if tag is not None:
            numbers.setdefault(tag, []).append(number)
    return _with_numbers(html, numbers)


def _tag_at(html: str, offset: int) -> int | None:
    """Find the end of the name of the tag at an offset, or of the last one before it."""
    here = _TAG.match(html, offset)
    if here is None:
        before = [found.end() for found in _TAG.finditer(html, max(0, offset - 2000), offset)]
        return before[-1] if before else None
    return here.end()


def _with_numbers(html: str, numbers: Mapping[int, list[int]]) -> str:
    parts: list[str] = []
    done = 0
    for at in sorted(numbers):
        parts += (html[done:at], f' data-finding="{" ".join(map(str, numbers[at]))}"')
        done = at
    return "".join((*parts, html[done:]))


class _Open(HTMLParser):
    """Follows which elements are open."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.names.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.names:
            del self.names[len(self.names) - 1 - self.names[::-1].index(tag) :]
