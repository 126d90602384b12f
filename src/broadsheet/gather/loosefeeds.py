"""Feeds that are not well-formed XML, read by feedparser."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

import feedparser

from broadsheet.gather.feedimages import content_images, image_from
from broadsheet.gather.links import absolute
from broadsheet.gather.xmltree import xml_text
from broadsheet.model import Image, RawStory

LARGEST, MOST_TAGS = 1_000_000, 40_000  # characters and tags: it is slow, and broken feeds are small


def read_loosely(data: bytes, *, source: str, place: str, base: str = "", charset: str = "") -> list[RawStory]:
    """Read what can be read of a broken feed; nothing where that is no feed at all."""
    text = xml_text(data, charset)[:LARGEST]
    if text.count("<") > MOST_TAGS:
        return []
    parsed = feedparser.parse(
        text.encode("utf-8", "replace"),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )
    feed = parsed.feed
    home = absolute(feed.get("link") or "", base) or base
    return [
        _story(entry, feed, source=source, place=f"{place}: item {number + 1}", home=home, position=number)
        for number, entry in enumerate(parsed.entries)
    ]


def _story(
    entry: Mapping[str, Any], feed: Mapping[str, Any], *, source: str, place: str, home: str, position: int
) -> RawStory:
    base = (entry.get("title_detail") or {}).get("base") or home
    base = absolute(base, home) if base else home
    link = entry.get("feedburner_origlink") or entry.get("link") or ""
    url = absolute(link, base) if link else None
    contents = [part for part in entry.get("content") or () if part.get("value")]
    content = max((_markup(part) for part in contents), key=len, default="")
    summary = _markup(entry.get("summary_detail") or {"value": entry.get("summary") or ""})
    if contents and entry.get("summary") == contents[0].get("value"):
        summary = ""
    return RawStory(
        source=source,
        place=place,
        title=_markup(entry.get("title_detail") or {"value": entry.get("title") or ""}),
        guid=entry.get("id"),
        url=url,
        summary=summary,
        content=content,
        authors=tuple(
            author.get("name") or ""
            for author in entry.get("authors") or feed.get("authors") or ()
            if author.get("name")
        ),
        publisher=(entry.get("source") or {}).get("title") or feed.get("title") or "",
        categories=tuple(tag.get("label") or tag.get("term") or "" for tag in entry.get("tags") or ()),
        language=(entry.get("title_detail") or {}).get("language") or feed.get("language") or "",
        images=tuple(_images(entry, content or summary, url or base)),
        published=entry.get("published") or entry.get("created"),
        updated=_updated(entry),
        position=position,
    )


def _updated(entry: Mapping[str, Any]) -> str | None:
    # `get` would answer with the date of publication, and warn.
    return entry["updated"] if "updated" in entry else None  # noqa: SIM401 - see above


def _markup(detail: Mapping[str, Any]) -> str:
    value = str(detail.get("value") or "")
    return html.escape(value, quote=False) if detail.get("type") == "text/plain" and "<" not in value else value


def _images(entry: Mapping[str, Any], content: str, base: str) -> Iterator[Image]:
    for media in entry.get("media_content") or ():
        if media.get("url") and (media.get("medium") == "image" or str(media.get("type", "")).startswith("image")):
            yield image_from(media["url"], media, base)
    for link in entry.get("enclosures") or ():
        if link.get("href") and str(link.get("type", "")).startswith("image"):
            yield Image(url=absolute(link["href"], base))
    for media in entry.get("media_thumbnail") or ():
        if media.get("url"):
            yield image_from(media["url"], media, base)
    if (entry.get("image") or {}).get("href"):
        yield Image(url=absolute(entry["image"]["href"], base))
    yield from content_images(content, base)
