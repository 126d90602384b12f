"""Read an article's page that stands for itself, with no feed that speaks for it. Pure."""

from __future__ import annotations

import re
from typing import Any

from broadsheet.errors import SourceError
from broadsheet.gather.links import absolute
from broadsheet.gather.pages import LARGEST, articles_of, meta_of
from broadsheet.model import RawStory

_TITLE = re.compile(r"<title[^<>]*>(.{1,2000}?)</title", re.IGNORECASE | re.DOTALL)
_CANONICAL = re.compile(r"<link\s[^<>]*rel=[\"']?canonical[\"'\s][^<>]*>", re.IGNORECASE)
_HREF = re.compile(r"href=[\"']?([^\"'\s>]+)", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html\s[^<>]*?lang=[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)


def raw_of_page(page: str, url: str, *, source: str) -> RawStory:
    """Take what a page says of itself (Open Graph, JSON-LD, meta tags, its title); the rest is left to `with_page`.

    Raises SourceError for a page that names no headline.
    """
    page = page[:LARGEST]
    meta = meta_of(page)
    article: dict[str, Any] = next(articles_of(page), {})
    titled = _TITLE.search(page)
    title = meta.get("og:title") or _text(article.get("headline")) or (titled[1] if titled else "")
    if not title.strip():
        raise SourceError("names no headline", place=url, advice="Write the story by hand.")
    published = (
        meta.get("article:published_time") or _text(article.get("datePublished")) or meta.get("date") or ""
    )  # fmt: skip
    spoken = _LANGUAGE.search(page)
    return RawStory(
        source=source,
        title=title,
        url=_canonical(page, meta, url),
        summary=meta.get("og:description") or meta.get("description") or _text(article.get("description")),
        publisher=meta.get("og:site_name") or _publisher(article),
        section=meta.get("article:section") or _text(article.get("articleSection")),
        categories=tuple(filter(None, [meta.get("article:section") or _text(article.get("articleSection"))])),
        language=spoken[1] if spoken else "",
        published=published or None,
    )


def _canonical(page: str, meta: dict[str, str], url: str) -> str:
    """Find the address that a page prefers, which must be of its own host: a page cannot speak for another's."""
    from urllib.parse import urlsplit

    tag = _CANONICAL.search(page)
    href = _HREF.search(tag[0]) if tag else None
    wished = absolute(href[1], url) if href else meta.get("og:url", "")
    try:
        same = urlsplit(wished).hostname == urlsplit(url).hostname and wished.startswith(("http://", "https://"))
    except ValueError:
        same = False
    return wished if same else url


def _publisher(article: dict[str, Any]) -> str:
    publisher = article.get("publisher")
    return _text(publisher.get("name")) if isinstance(publisher, dict) else _text(publisher)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
