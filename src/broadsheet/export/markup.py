"""Read finished HTML place by place, and cut pieces out of it: on the text as it stands, nothing is re-serialised.

Finished HTML comes from our own render room, so it is well formed; parsing it anew would move what mail clients need
(conditional comments, odd attributes) and is not done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from broadsheet.slots import Slot

_PARTS = re.compile(
    r"""(?P<style><style\b[^>]*>.*?</style\s*>)
    |(?P<condition><!--\[if\b[^\]]*\]>(?:<!-->|-->)?|(?:<!--)?<!\[endif\]-->)
    |(?P<comment><!--.*?-->)
    |(?P<tag></?[A-Za-z!?](?:[^>"']|"[^"]*"|'[^']*')*>)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""(?P<lead>\s(?P<name>[\w:-]+)\s*=\s*)(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL)
_URL_ATTRIBUTES = frozenset({"href", "src", "background", "action", "cite", "poster", "longdesc"})
_BODY = re.compile(r"<body\b(?P<attributes>[^>]*)>(?P<inner>.*)</body\s*>", re.DOTALL | re.IGNORECASE)
_HIDDEN = re.compile(
    r"<(?P<name>div|span)\b[^>]*display:\s*none[^>]*>(?P<text>[^<]*)</(?P=name)>", re.DOTALL | re.IGNORECASE
)
_SEPARATOR = r"(?:\s|&nbsp;|&#160;|&middot;|&bull;|&#183;|&#8226;|&ndash;|\u00a0|[·•|–—/-])"
_BLOCKS = frozenset({"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "mj-text", "mj-button"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What to do with each kind of place in a document."""

    text: Callable[[str], str]
    attribute: Callable[[str], str]
    url: Callable[[str], str]
    css: Callable[[str], str]
    condition: Callable[[str], str]
    comment: Callable[[str], str]


def rewrite(html: str, places: Places) -> str:
    """Apply `places` to every text, attribute, address, style sheet, comment and conditional comment.

    What stands inside conditional comments is read as HTML, as the clients they are meant for do.
    """
    pieces = []
    end = 0
    for part in _PARTS.finditer(html):
        if part.start() > end:
            pieces.append(places.text(html[end : part.start()]))
        if part.lastgroup == "style":
            opening, _, rest = part.group().partition(">")
            sheet, _, _ = rest.rpartition("</")
            pieces.append(f"{opening}>{places.css(sheet)}</style>")
        elif part.lastgroup == "tag":
            pieces.append(_rewrite_tag(part.group(), places))
        elif part.lastgroup == "condition":
            pieces.append(places.condition(part.group()))
        elif part.lastgroup == "comment":
            pieces.append(places.comment(part.group()))
        end = part.end()
    if end < len(html):
        pieces.append(places.text(html[end:]))
    return "".join(pieces)


def _rewrite_tag(tag: str, places: Places) -> str:
    def value(found: re.Match[str]) -> str:
        change = places.url if found["name"].lower() in _URL_ATTRIBUTES else places.attribute
        return f"{found['lead']}{found['quote']}{change(found['value'])}{found['quote']}"

    return _ATTRIBUTE.sub(value, tag)


def style_sheets(html: str) -> str:
    """Join everything that stands inside style elements."""
    return "\n".join(part.group() for part in _PARTS.finditer(html) if part.lastgroup == "style")


def links(html: str) -> list[str]:
    """List the targets of all links, as a browser would read them, in order."""
    return [
        unescape(found["value"])
        for part in _PARTS.finditer(html)
        if part.lastgroup == "tag" and re.match(r"<a\b", part.group(), re.IGNORECASE)
        for found in _ATTRIBUTE.finditer(part.group())
        if found["name"].lower() == "href"
    ]


def pictures(html: str) -> list[str]:
    """List the sources of all pictures, each once, as a browser would read them."""
    sources = [
        unescape(found["value"])
        for part in _PARTS.finditer(html)
        if part.lastgroup == "tag"
        for found in _ATTRIBUTE.finditer(part.group())
        if found["name"].lower() in ("src", "background")
    ]
    return list(dict.fromkeys(sources))


def with_sources(html: str, sources: Mapping[str, str]) -> str:
    """Give pictures other sources, named as a browser reads them."""

    def changed(found: re.Match[str]) -> str:
        source = sources.get(unescape(found["value"])) if found["name"].lower() in ("src", "background") else None
        return found.group() if source is None else f"{found['lead']}{found['quote']}{source}{found['quote']}"

    return _PARTS.sub(
        lambda part: _ATTRIBUTE.sub(changed, part.group()) if part.lastgroup == "tag" else part.group(), html
    )


def fragment(html: str, *, keep_style: bool) -> str:
    """Take the body of a document, with its style sheets in front where the platform keeps them."""
    body = _BODY.search(html)
    if body is None:
        return html
    inner = body["inner"].strip()
    look = "".join(
        f' {found["name"]}="{found["value"]}"'
        for found in _ATTRIBUTE.finditer(body["attributes"])
        if found["name"].lower() in ("style", "lang", "dir")
    )
    if look:
        inner = f"<div{look}>{inner}</div>"
    if not keep_style:
        return re.sub(r"<style\b.*?</style\s*>", "", inner, flags=re.DOTALL | re.IGNORECASE)
    head = re.sub(r"<!--\[if\b[^\]]*\]>(?!<!-->|-->).*?<!\[endif\]-->", "", html[: body.start()], flags=re.DOTALL)
    return "\n".join([*re.findall(r"<style\b.*?</style\s*>", head, re.DOTALL | re.IGNORECASE), inner])


def without_preheader(html: str, preheader: str) -> str:
    """Take out the hidden element that holds the preheader, which is the first text of the body."""
    for hidden in _HIDDEN.finditer(html):
        if preheader and unescape(hidden["text"]).strip().startswith(preheader.strip()[:20]):
            return html[: hidden.start()] + html[hidden.end() :]
    return html


def before_body_end(html: str, piece: str) -> str:
    """Put a piece of HTML at the very end of the body."""
    close = html.lower().rfind("</body")
    return f"{html}\n{piece}" if close < 0 else html[:close] + piece + html[close:]


def without_link(html: str, slot: Slot) -> str:
    """Take out every link to a slot, its words, and the separator that parted it from its neighbour."""
    link = _link_to(slot)
    html = re.sub(f"{link}{_SEPARATOR}+(?=<a\\b)", "", html, flags=re.DOTALL | re.IGNORECASE)
    return re.sub(f"{_SEPARATOR}*{link}", "", html, flags=re.DOTALL | re.IGNORECASE)


def _link_to(slot: Slot) -> str:
    return rf"<a\b[^>]*\bhref=[\"']{slot.token}[\"'][^>]*>(?:(?!</a>).)*</a>"


def with_element(html: str, slot: Slot, element: str) -> str:
    """Turn every link to a slot into the element by which a platform makes that link itself."""
    found = re.compile(r"<a\b(?P<attributes>[^>]*)>(?P<words>(?:(?!</a>).)*)</a>", re.DOTALL | re.IGNORECASE)

    def element_for(link: re.Match[str]) -> str:
        if slot.token not in link["attributes"]:
            return link.group()
        style = re.search(r"""\sstyle=("[^"]*"|'[^']*')""", link["attributes"])
        return f"<{element}{style.group() if style else ''}>{link['words']}</{element}>"

    return found.sub(element_for, html)


def without_block(html: str, slot: Slot) -> str:
    """Take out the innermost block of text (paragraph, heading, div) that holds a slot, as often as it stands.

    A block that cannot be found is left as it is: the caller sees that the slot still stands.
    """
    while True:
        for start, end in _blocks(html):
            inner = html[start:end]
            if slot.token in inner:
                html = html[:start] + html[end:]
                break
        else:
            return html


def _blocks(html: str) -> Iterator[tuple[int, int]]:
    """Give the extent of each block element, inner ones before those around them."""
    open_blocks: list[tuple[str, int]] = []
    for part in _PARTS.finditer(html):
        if part.lastgroup != "tag":
            continue
        name = re.match(r"</?([\w-]+)", part.group())
        if name is None or name[1].lower() not in _BLOCKS:
            continue
        if not part.group().startswith("</"):
            open_blocks.append((name[1].lower(), part.start()))
        elif open_blocks and open_blocks[-1][0] == name[1].lower():
            yield open_blocks.pop()[1], part.end()
