"""OPML 2.0: lists of feeds, in and out. Folders become categories."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from broadsheet.errors import SourceError
from broadsheet.gather.text import tidy
from broadsheet.gather.xmltree import DEEPEST, NotXml, TooMuchXml, parse_xml


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list."""

    url: str
    title: str = ""
    category: str = ""


def read_opml(data: bytes, *, place: str) -> list[Outline]:
    """Read the feeds of a list, each address once. Raises SourceError."""
    try:
        root = parse_xml(data)
    except (NotXml, TooMuchXml):
        raise SourceError("is no OPML that can be read", place=place) from None
    if root.tag.lower() != "opml":
        raise SourceError(f"is no OPML: its root is <{root.tag[:40]}>", place=place)
    found: dict[str, Outline] = {}
    stack: list[tuple[Element, str, int]] = [(root, "", 0)]
    while stack:
        element, folder, depth = stack.pop()
        attributes = {name.lower(): value for name, value in element.attrib.items()}
        title = tidy(attributes.get("title") or attributes.get("text") or "")
        url = attributes.get("xmlurl", "").strip()
        if url.startswith(("http://", "https://")):
            category = folder or tidy(attributes.get("category", "").split(",")[0].rpartition("/")[2])
            found.setdefault(url, Outline(url=url, title=title, category=category))
        elif element.tag.lower() == "outline":
            folder = title
        if depth < DEEPEST:
            stack += [(child, folder, depth + 1) for child in reversed(element) if isinstance(child.tag, str)]
    return list(found.values())


def write_opml(outlines: Iterable[Outline], *, title: str) -> str:
    """Write a list of feeds, those of one category under a folder of its name."""
    folders: dict[str, list[Outline]] = {}
    for outline in outlines:
        folders.setdefault(outline.category, []).append(outline)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{html.escape(title)}</title></head>", "  <body>"]
    for category, members in folders.items():
        indent = "    "
        if category:
            lines.append(f'    <outline text="{html.escape(category)}" title="{html.escape(category)}">')
            indent = "      "
        lines += [
            f'{indent}<outline type="rss" text="{html.escape(one.title)}" title="{html.escape(one.title)}"'
            f' xmlUrl="{html.escape(one.url)}"/>'
            for one in members
        ]
        if category:
            lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])
