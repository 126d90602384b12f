"""Read what an article's page says of itself: Open Graph, JSON-LD, meta tags, and its text by trafilatura. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from broadsheet.gather.clean import authors_of
from broadsheet.gather.links import absolute
from broadsheet.gather.pictures import best_image
from broadsheet.gather.sentences import repair_dek
from broadsheet.gather.text import line_of, tidy
from broadsheet.model import Image, Story

LARGEST = 2_000_000  # characters of a page that are read
_META = re.compile(r"<meta\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_JSON_LD = "application/ld+json"
_ARTICLES = frozenset(
    {"Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "AnalysisNewsArticle", "LiveBlogPosting"}
)


def with_page(story: Story, page: str, url: str) -> Story:
    """Fill what a story lacks (picture, dek, authors, body) from its page; what it has stays as it is."""
    page = page[:LARGEST]
    meta = meta_of(page)
    article = next(articles_of(page), {})
    if story.image is None:
        image = image_of(meta, article, url)
        story = replace(story, image=best_image([image] if image else ()))
    if not story.authors:
        names = _people(article.get("author")) or tuple(
            filter(None, [meta.get("author") or meta.get("article:author")])
        )
        story = replace(story, authors=authors_of(names))
    if not story.body:
        story = replace(story, body=_text(page))
    if not story.dek:
        described = meta.get("og:description") or meta.get("description") or _string(article.get("description"))
        story = replace(story, dek=repair_dek(line_of(described[:5000]), story.body))
    return story


def image_of(meta: dict[str, str], article: dict[str, Any], url: str) -> Image | None:
    """Find the picture that a page shows of itself elsewhere."""
    address = meta.get("og:image:secure_url") or meta.get("og:image") or meta.get("twitter:image") or ""
    width, height = meta.get("og:image:width", ""), meta.get("og:image:height", "")
    if not address:
        pictured = article.get("image")
        pictured = pictured[0] if isinstance(pictured, list) and pictured else pictured
        address = _string(pictured.get("url")) if isinstance(pictured, dict) else _string(pictured)
    if not address:
        return None
    return Image(
        url=absolute(address, url),
        width=int(width) if width.isdigit() and len(width) < 6 else None,
        height=int(height) if height.isdigit() and len(height) < 6 else None,
        alt=meta.get("og:image:alt", ""),
    )


def meta_of(page: str) -> dict[str, str]:
    """Read a page's meta tags by their names in lower case, the first of a name."""
    found: dict[str, str] = {}
    for inside in _META.findall(page):
        attributes = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(inside)}
        name = (attributes.get("property") or attributes.get("name") or "").lower()
        if name and attributes.get("content", "").strip():
            found.setdefault(name, attributes["content"].strip())
    return found


def articles_of(page: str) -> Iterator[dict[str, Any]]:
    """List what JSON-LD says of articles."""
    at = 0
    while (at := page.find(_JSON_LD, at)) >= 0:
        start, end = page.find(">", at), page.find("</script", at)
        at += len(_JSON_LD)
        if start < 0 or end < start:
            continue
        try:
            data = json.loads(page[start + 1 : end])
        except (ValueError, RecursionError):
            continue
        graph = data.get("@graph", data) if isinstance(data, dict) else data
        for thing in graph if isinstance(graph, list) else [graph]:
            kind = thing.get("@type") if isinstance(thing, dict) else None
            if isinstance(thing, dict) and not _ARTICLES.isdisjoint(kind if isinstance(kind, list) else [kind]):
                yield thing


def _people(value: Any) -> tuple[str, ...]:
    people = value if isinstance(value, list) else [value]
    return tuple(
        name for one in people if (name := _string(one.get("name")) if isinstance(one, dict) else _string(one))
    )


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _text(page: str) -> tuple[str, ...]:
    """Read an article's paragraphs; none where the extra `articles` is not installed."""
    if find_spec("trafilatura") is None:
        return ()
    import trafilatura  # what is there and cannot be imported is a fault that must be seen

    text = trafilatura.extract(page, fast=True, include_comments=False, include_tables=False) or ""
    return tuple(line for part in text.split("\n") if (line := tidy(part)))[:400]
