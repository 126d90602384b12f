"""The items of a document that is broken as a whole, each read on its own, by whatever it holds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder

from broadsheet.gather.xmltree import DEEPEST, NAMESPACES, NotXml, repaired, xml_text

_ITEM_TAG = re.compile(r"<(/?)(?:\w+:)?(?:item|entry)(?=[\s>])[^<>]{0,2000}>", re.IGNORECASE)
_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<data>.*?)(?:\]\]>|$)|<!--.*?-->"
    r"|<(?P<closing>/?)(?P<name>[A-Za-z_][\w.-]*(?::[\w.-]+)?)(?P<inside>[^<>]*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w:.-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
# An item's own parts: where one begins, the one before has ended, whether that was said or not.
_PARTS_TEXT = (
    "title link guid id description summary content content:encoded pubdate published updated dc:date author dc:creator"
    " category comments enclosure"
)
_PARTS = frozenset(_PARTS_TEXT.split())
_VOID = frozenset({"br", "img", "hr", "wbr", "input", "meta"})


def broken_feed(data: bytes, *, charset: str = "") -> tuple[Element, Iterator[Element]]:
    """Read what a broken document says of itself before its first item, and its items, one after another.

    `charset` is what the server said of it. Raises TooMuchXml.
    """
    text = xml_text(data, charset)
    first = _ITEM_TAG.search(text)
    head = _salvaged(text[: first.start()] if first else "")
    return next((one for one in head.iter() if one.tag in ("channel", "feed")), head), _items(text)


def _items(text: str) -> Iterator[Element]:
    start = None
    for found in _ITEM_TAG.finditer(text):
        if start is not None:
            yield _item(text[start : found.end() if found[1] else found.start()])
        start = None if found[1] else found.start()
    if start is not None:
        yield _item(text[start:])


def _item(text: str) -> Element:
    try:
        return next(iter(repaired(f"<rss>{text}</rss>")))
    except (NotXml, StopIteration):
        return _salvaged(text)


def _salvaged(text: str) -> Element:
    """Read an item whose tags do not match: each part ends at its end tag, or where the next one begins."""
    builder = TreeBuilder()
    builder.start("item", {})
    opened: list[str] = []
    at = 0

    def end(kept: int) -> None:
        while len(opened) > kept:
            builder.end(_qualified(opened.pop()))

    for found in _TOKEN.finditer(text):
        builder.data(html.unescape(text[at : found.start()]))
        at = found.end()
        name = (found["name"] or "").lower()
        if found["data"] is not None:
            builder.data(found["data"])
        elif found["closing"]:
            if name in opened:
                end(opened.index(name))
        elif name and name.rpartition(":")[2] not in ("item", "entry"):
            if name in _PARTS and opened and opened[0] in _PARTS:
                end(0)
            if len(opened) < DEEPEST:
                builder.start(_qualified(name), _attributes(found["inside"]))
                opened.append(name)
                if found["inside"].endswith("/") or name in _VOID:
                    end(len(opened) - 1)
    builder.data(html.unescape(text[at:]))
    end(0)
    builder.end("item")
    return builder.close()


def _qualified(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{NAMESPACES.get(prefix, f'urn:undeclared:{prefix}')}}}{local}" if colon else name


def _attributes(inside: str) -> dict[str, str]:
    return {name: html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(inside)}
