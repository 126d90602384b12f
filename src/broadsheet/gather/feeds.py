"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, with Dublin Core, Media RSS, iTunes and content:encoded, to RawStory.

Well-formed and repaired documents are read here, from expat's tree; what stays broken goes to feedparser.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from xml.etree.ElementTree import Element

from broadsheet.errors import SourceError
from broadsheet.gather.brokenitems import broken_feed
from broadsheet.gather.feedimages import images_in
from broadsheet.gather.links import absolute
from broadsheet.gather.sentences import is_cut
from broadsheet.gather.text import is_html, line_of
from broadsheet.gather.xmltree import DEEPEST, NotXml, TooMuchXml, parse_xml
from broadsheet.model import RawStory

MOST_ITEMS = 5000
XML = "{http://www.w3.org/XML/1998/namespace}"
_SPACES = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://search.yahoo.com/mrss": "media",
    "http://tools.search.yahoo.com/mrss": "media",
    "http://www.rssboard.org/media-rss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.itunes.com/dtds/podcast-1.0": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.google.com/schemas/play-podcasts/1.0": "itunes",
    "http://prismstandard.org/namespaces/basic/2.0": "prism",
    "http://prismstandard.org/namespaces/1.2/basic": "prism",
    "http://purl.org/rss/1.0/modules/prism": "prism",
    "http://purl.org/rss/1.0/modules/slash": "slash",
}
_RSS = (
    "http://purl.org/rss/1.0", "http://my.netscape.com/rdf/simple/0.9", "http://channel.netscape.com/rdf/simple/0.9",
    "http://backend.userland.com/rss", "http://blogs.law.harvard.edu/tech/rss", "http://my.netscape.com/publish/formats",
    "http://www.rssboard.org/rss-specification", "http://cyber.law.harvard.edu/rss", "http://purl.org/net/rss1.1",
)  # fmt: skip
_CONTAINERS = frozenset(
    {"rss", "rdf:rdf", "channel", "atom:feed", "feed", "items", "item", "entry", "atom:entry", "rdf",
     "xhtml:html", "xhtml:body", "html", "body"}
)  # fmt: skip
_ITEMS = frozenset({"item", "entry", "atom:entry", "atom:item"})

_SUMMARIES = (
    "description", "atom:summary", "summary", "dc:description", "itunes:summary", "media:description", "abstract",
    "dcterms:abstract", "itunes:subtitle", "atom:tagline",
)  # fmt: skip
_PUBLISHED = (
    "pubdate", "atom:published", "published", "dc:date", "dcterms:issued", "atom:issued", "dcterms:created",
    "atom:created", "prism:publicationdate", "date", "issued", "created",
)  # fmt: skip
_UPDATED = (
    "atom:updated", "updated", "atom:modified", "dcterms:modified", "modified", "lastbuilddate",
    "prism:modificationdate",
)  # fmt: skip

# HTML that calls itself text: whole paragraphs and links are nobody's plain words.
_MISLABELLED = re.compile(r"<p>.*</p>|<(?:a|img)\s[^<>]*(?:href|src)=[^<>]*>|<br ?/?>", re.DOTALL | re.IGNORECASE)

_KEYWORD_END = re.compile(r"[,;]|\s{2,}")

_NEAR = ("canonical", "via", "related", "self")

Parts = Mapping[str, list[Element]]


@lru_cache(maxsize=4096)
def name_of(tag: str) -> str:
    """Give an element's name with the prefix that we know its namespace by, in lower case; RSS's own have none."""
    space, brace, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    local = local.lower()
    if not brace:
        return local.rpartition(":")[2] if ":" in local else local
    key = space.strip().rstrip("/#").lower()
    known = _SPACES.get(key) or _SPACES.get(key + "#")
    if known:
        return f"{known}:{local}"
    if key.startswith(_RSS):
        return local
    if key.startswith("urn:undeclared:"):
        return f"{key.removeprefix('urn:undeclared:')}:{local}"
    return f"?{local}"


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds for everything inside an element: base address, language, and the feed's own parts."""

    base: str
    language: str
    feed: Parts


def read_feed(
    data: bytes, *, source: str, place: str, base: str = "", charset: str = ""
) -> Iterator[RawStory | SourceError]:
    """Read RSS or Atom. Raises SourceError for what is no feed."""
    try:
        root = parse_xml(data, charset=charset)
    except NotXml:
        yield from _read_broken(data, source=source, place=place, base=base, charset=charset)
        return
    except TooMuchXml:
        raise SourceError("has more tags than any feed needs", source=source, place=place) from None
    position = 0
    for item, around in _items(root, base):
        if position == MOST_ITEMS:
            yield SourceError(f"holds more than {MOST_ITEMS:,} items; the rest is not read", source=source, place=place)
            return
        yield _story(item, around, source=source, place=f"{place}: item {position + 1}", position=position)
        position += 1
    if not position and name_of(root.tag).lstrip("?") not in _CONTAINERS:
        kind = root.tag.rpartition("}")[2][:40]
        raise SourceError(f"is XML, but no feed: its root is <{kind}>", source=source, place=place)


def _read_broken(data: bytes, *, source: str, place: str, base: str, charset: str) -> Iterator[RawStory | SourceError]:
    """Read what is not well-formed item by item, or with feedparser where no items can be told apart."""
    from broadsheet.gather.loosefeeds import read_loosely

    head, items = broken_feed(data, charset=charset)
    feed = _parts(head)
    around = _Around(base=base or _home(feed), language="", feed=feed)
    number = 0
    for number, item in enumerate(islice(items, MOST_ITEMS), 1):
        yield _story(item, around, source=source, place=f"{place}: item {number}", position=number - 1)
    if not number:
        found = read_loosely(data, source=source, place=place, base=base, charset=charset)
        if not found:
            raise SourceError("is no feed that can be read", source=source, place=place)
        yield from found


def _items(root: Element, base: str) -> Iterator[tuple[Element, _Around]]:
    """Walk to every item in document order, also those that stand illegally in one another."""
    start = _Around(base=base, language="", feed={})
    stack: list[tuple[Element, _Around, int]] = [(root, start, 0)]
    feed: Parts = {}
    while stack:
        element, around, depth = stack.pop()
        name = name_of(element.tag).lstrip("?")
        around = _Around(
            base=absolute(element.get(f"{XML}base") or "", around.base),
            language=element.get(f"{XML}lang") or around.language,
            feed=around.feed,
        )
        if name in ("channel", "atom:feed", "feed"):
            feed = _parts(element)
            home = "" if around.base.startswith("http") else _home(feed)
            around = replace(around, feed=feed, base=absolute(around.base, home) or home)
        if name in _ITEMS:
            # In RSS 1.0 the items stand beside the channel, not in it.
            yield element, around if around.feed else replace(around, feed=feed)
        if depth < DEEPEST:
            stack += [
                (child, around, depth + 1)
                for child in reversed(element)
                if name_of(child.tag).lstrip("?") in _CONTAINERS
            ]


def _parts(element: Element) -> dict[str, list[Element]]:
    parts: dict[str, list[Element]] = {}
    for child in element:
        parts.setdefault(name_of(child.tag).removeprefix("?"), []).append(child)
    return parts


def _story(item: Element, around: _Around, *, source: str, place: str, position: int) -> RawStory:
    parts = _parts(item)
    for group in parts.get("media:group", ()):
        for name, elements in _parts(group).items():
            parts.setdefault(name, []).extend(elements)
    base = around.base
    url = link_of(parts, base) or None
    content = _longest(
        parts, ("content:encoded", "atom:content", "content", "xhtml:body", "xhtml:div", "fulltext", "encoded")
    )
    summary = _summary(parts, _SUMMARIES)
    own_source = next(iter(parts.get("source", ()) or parts.get("atom:source", ())), None)
    source_parts = _parts(own_source) if own_source is not None else {}
    return RawStory(
        source=source,
        place=place,
        title=_first(parts, ("title", "atom:title", "dc:title", "media:title", "itunes:title")),
        guid=_plain(parts, ("guid", "atom:id", "id", "dc:identifier")) or _about(item) or None,
        url=url,
        summary=summary,
        content=content,
        authors=_authors(parts) or _authors(source_parts) or _people(around.feed, ("atom:author",)),
        publisher=_first(source_parts, ("title", "atom:title"))
        or (html.escape((own_source.text or "").strip(), quote=False) if own_source is not None else "")
        or _first(around.feed, ("title", "atom:title")),
        categories=_categories(parts),
        language=_plain(parts, ("dc:language", "language"))
        or item.get(f"{XML}lang")
        or around.language
        or _plain(around.feed, ("language", "dc:language")),
        images=tuple(images_in(parts, content, summary, url or base)),
        published=_plain(parts, _PUBLISHED) or None,
        updated=_plain(parts, _UPDATED) or None,
        position=position,
    )


def link_of(parts: Parts, base: str) -> str:
    """Find the address that an item or a feed is about."""
    candidates: list[str] = []
    for element in parts.get("feedburner:origlink", ()):
        candidates.append(_base(element, (element.text or "").strip(), base))
    for element in reversed(parts.get("link", ())):  # of several, the last is what readers of RSS take
        text = (element.text or "").strip() or (element.get("href") or "").strip()
        if text and element.get("rel", "alternate") == "alternate":
            candidates.append(_base(element, text, base))
    atom = [element for element in parts.get("atom:link", ()) if (element.get("href") or "").strip()]
    alternates = [element for element in atom if element.get("rel", "alternate") in ("alternate", "")]
    pages = [element for element in alternates if "html" in (element.get("type") or "html")]
    for element in pages + alternates:
        candidates.append(_base(element, (element.get("href") or "").strip(), base))
    for element in parts.get("guid", ()):
        text = (element.text or "").strip()
        if text.startswith(("http://", "https://")) and element.get("isPermaLink", "true").lower() != "false":
            candidates.append(text)
    for name in ("atom:id", "id"):
        candidates += [
            text for element in parts.get(name, ()) if (text := (element.text or "").strip()).startswith("http")
        ]
    for element in parts.get("guid", ()):
        candidates += [text for text in [(element.text or "").strip()] if text.startswith(("http://", "https://"))]
    if not candidates:  # better than no address at all
        candidates = [_base(link, (link.get("href") or "").strip(), base) for link in atom if link.get("rel") in _NEAR]
    candidates = list(filter(None, candidates))
    return next((link for link in candidates if link.startswith(("http://", "https://"))), (candidates or [""])[0])


def _home(feed: Parts) -> str:
    """Find the address that a feed's relative links start from where nobody says: its site's, else its own."""
    own = [element.get("href") or "" for element in feed.get("atom:link", ()) if element.get("rel") == "self"]
    return next((link for link in (link_of(feed, ""), *own) if link.startswith("http")), "")


def _base(element: Element, link: str, base: str) -> str:
    own = element.get(f"{XML}base")
    return absolute(link, absolute(own, base) if own else base)


def _about(item: Element) -> str:
    return next((value for key, value in item.attrib.items() if key.endswith("}about") or key == "about"), "")


def _plain(parts: Parts, names: tuple[str, ...]) -> str:
    """Read the first of some parts that holds text, as it stands."""
    for name in names:
        for element in parts.get(name, ()):
            if text := _all_text(element):
                return text
    return ""


def _first(parts: Parts, names: tuple[str, ...]) -> str:
    """Read the first of some parts that holds anything, as HTML."""
    for name in names:
        for element in parts.get(name, ()):
            if text := markup_of(element).strip():
                return text
    return ""


def _summary(parts: Parts, names: tuple[str, ...]) -> str:
    """Read the first of some parts that was not cut short; the first of all where each was."""
    texts = [text for name in names for element in parts.get(name, ()) if (text := markup_of(element).strip())]
    whole = (text for text in texts if not is_cut(line_of(text[-200:])))
    return next(whole, texts[0]) if texts else ""


def _longest(parts: Parts, names: tuple[str, ...]) -> str:
    return max((markup_of(element).strip() for name in names for element in parts.get(name, ())), key=len, default="")


def markup_of(element: Element) -> str:
    """Read a text construct as HTML, whatever it was written as: Atom's text, html and xhtml, Atom 0.3's modes, RSS."""
    kind, mode = (element.get("type") or "").lower(), (element.get("mode") or "").lower()
    is_atom = name_of(element.tag).startswith("atom:")
    if len(element):
        written = "".join(element.itertext()) if is_atom and kind == "html" else ""
        return written if is_html(written) else inner_html(element)
    text = element.text or ""
    if mode == "base64" or (is_atom and "/" in kind and not kind.startswith("text/") and not kind.endswith("xml")):
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return text
    if is_atom and mode != "escaped" and kind in ("", "text", "text/plain") and not _MISLABELLED.search(text):
        return html.escape(text, quote=False)
    return text


def inner_html(element: Element) -> str:
    """Write the inside of an element as HTML, without recursion: depth is the writer's, not ours."""
    out: list[str] = [html.escape(element.text or "", quote=False)]
    stack: list[tuple[Element | str, int]] = [(child, 0) for child in reversed(element)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, str):
            out.append(node)
            continue
        tail = html.escape(node.tail or "", quote=False)
        if not isinstance(node.tag, str):
            out.append(tail)
            continue
        tag = node.tag.rpartition("}")[2]
        attributes = "".join(f' {key}="{html.escape(value)}"' for key, value in node.attrib.items() if "}" not in key)
        out.append(f"<{tag}{attributes}>" + html.escape(node.text or "", quote=False))
        stack.append((("" if tag in ("br", "img", "hr", "wbr") else f"</{tag}>") + tail, depth))
        if depth < DEEPEST:
            stack += [(child, depth + 1) for child in reversed(node)]
    return "".join(out)


def _authors(parts: Parts) -> tuple[str, ...]:
    return (
        _people(parts, ("atom:author",))
        or _people(parts, ("dc:creator",))
        or _people(parts, ("author",))
        or _people(parts, ("itunes:author", "dc:author", "creator", "byline"))
        or tuple(
            (element.text or "").strip()
            for element in parts.get("media:credit", ())
            if (element.get("role") or "").lower() in ("author", "writer") and (element.text or "").strip()
        )
    )


def _people(parts: Parts, names: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for name in names:
        for element in parts.get(name, ()):
            inner = _parts(element)
            text = _plain(inner, ("atom:name", "name"))
            if not text and not any(name in inner for name in ("atom:email", "email", "atom:uri", "uri")):
                text = _all_text(element)
            found.append(html.escape(text, quote=False) if "@" in text else text)
    return tuple(filter(None, found))


def _all_text(element: Element) -> str:
    """Read a short text, also one inside of markup."""
    return (element.text or "").strip() or " ".join("".join(element.itertext()).split())


def _categories(parts: Parts) -> tuple[str, ...]:
    found: list[str] = []
    for name in (
        "category", "atom:category", "dc:subject", "itunes:category", "media:category", "prism:section",
        "slash:section", "section",
    ):  # fmt: skip
        for element in parts.get(name, ()):
            text = element.get("label") or element.get("term") or _all_text(element) or element.get("text") or ""
            found.append(text)
    for name in ("itunes:keywords", "media:keywords", "keywords"):
        for element in parts.get(name, ()):
            found += _KEYWORD_END.split(element.text or "")
    return tuple(text.strip() for text in found if text.strip())
