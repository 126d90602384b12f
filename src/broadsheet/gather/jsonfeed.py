"""JSON: JSON Feed 1.0 and 1.1 (jsonfeed.org), and plain lists of stories."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

from broadsheet.errors import SourceError
from broadsheet.gather.facts import story_of
from broadsheet.gather.feedimages import content_images
from broadsheet.gather.links import absolute
from broadsheet.model import Image, RawStory

_LISTS = ("items", "stories", "articles", "entries", "posts", "results", "data", "news")


def read_json(
    text: str, *, source: str, place: str, base: str = "", columns: Mapping[str, str] | None = None
) -> Iterator[RawStory | SourceError]:
    """Read a JSON Feed, a list of stories, or an object that holds such a list or is a story. Raises SourceError."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceError(f"is not valid JSON{where}", source=source, place=place) from None
    if isinstance(data, dict) and "jsonfeed.org" in str(data.get("version", "")):
        yield from _feed(data, source=source, place=place, base=base)
        return
    if isinstance(data, dict):
        found = next((data[name] for name in _LISTS if isinstance(data.get(name), list)), None)
        data = [data] if found is None else found
    if not isinstance(data, list):
        raise SourceError("holds neither a list of stories nor a story", source=source, place=place)
    for number, item in enumerate(data, 1):
        yield object_story(item, source=source, place=f"{place}: item {number}", base=base, columns=columns)


def object_story(
    item: object, *, source: str, place: str, base: str = "", columns: Mapping[str, str] | None = None
) -> RawStory | SourceError:
    """Read one JSON object as a story, or say why it is none."""
    if not isinstance(item, dict):
        return SourceError(f"expected an object, not {type(item).__name__}", source=source, place=place)
    try:
        return story_of(item, source=source, place=place, base=base, columns=columns)
    except SourceError as error:
        return error


def _feed(feed: dict[str, Any], *, source: str, place: str, base: str) -> Iterator[RawStory | SourceError]:
    items = feed.get("items")
    if not isinstance(items, list):
        raise SourceError("is a JSON Feed without a list of items", source=source, place=place)
    home = absolute(_text(feed.get("home_page_url")), base) or _text(feed.get("feed_url")) or base
    for number, item in enumerate(items):
        where = f"{place}: item {number + 1}"
        if not isinstance(item, dict):
            yield SourceError(f"expected an object, not {type(item).__name__}", source=source, place=where)
            continue
        link = _text(item.get("url")) or _text(item.get("external_url"))
        images = [_text(item.get("image")), _text(item.get("banner_image"))]
        attachments = item.get("attachments")
        for attachment in attachments if isinstance(attachments, list) else ():
            if isinstance(attachment, dict) and _text(attachment.get("mime_type")).startswith("image/"):
                images.append(_text(attachment.get("url")))
        url = absolute(link, home) if link else None
        content = _text(item.get("content_html"))
        if not content and (plain := _text(item.get("content_text"))):
            content = html.escape(plain, quote=False)
        yield RawStory(
            source=source,
            place=where,
            title=html.escape(_text(item.get("title")), quote=False),
            guid=_text(item.get("id")) or None,
            url=url,
            summary=html.escape(_text(item.get("summary")), quote=False),
            content=content,
            authors=_people(item) or _people(feed),
            publisher=html.escape(_text(feed.get("title")), quote=False),
            categories=tuple(filter(None, map(_text, item.get("tags") or ())))
            if isinstance(item.get("tags"), list)
            else (),
            language=_text(item.get("language")) or _text(feed.get("language")),
            images=(
                *(Image(url=absolute(image, url or home)) for image in images if image),
                *content_images(_text(item.get("content_html")), url or home),
            ),
            published=_text(item.get("date_published")) or None,
            updated=_text(item.get("date_modified")) or None,
            position=number,
        )


def _people(holder: dict[str, Any]) -> tuple[str, ...]:
    """Read `authors` of version 1.1 and `author` of 1.0; feeds that serve both write both."""
    listed = holder.get("authors")
    people = [*(listed if isinstance(listed, list) else [listed]), holder.get("author")]
    names = (_text(person.get("name")) if isinstance(person, dict) else _text(person) for person in people)
    return tuple(html.escape(name, quote=False) for name in names if name)


def _text(value: object) -> str:
    """Read a value that should be text; numbers, which the standard tells readers to accept as ids, become text."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
