"""Stories as tables of facts: front matter, rows of CSV, objects of JSON. One list of names, one way to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from broadsheet.errors import SourceError
from broadsheet.gather.dates import parse_date
from broadsheet.gather.feedimages import content_images
from broadsheet.gather.frontmatter import list_of, text_of
from broadsheet.gather.links import absolute
from broadsheet.model import Image, RawStory

# Our name for a fact, and the names that others give it. The first that holds something is read.
NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline", "name", "subject"),
    "url": ("url", "link", "permalink", "canonical_url", "href", "web_url", "source_url", "external_url"),
    "guid": ("guid", "id", "uuid", "_id", "key"),
    "dek": ("dek", "summary", "description", "excerpt", "abstract", "teaser", "lede", "standfirst", "subtitle",
            "short_description"),
    "body": ("body", "content", "text", "content_html", "content_text", "article", "full_text", "body_html",
             "paragraphs", "html"),
    "authors": ("authors", "author", "byline", "by", "creator", "writer", "reporter"),
    "publisher": ("publisher", "publication", "outlet", "site", "site_name", "source_name"),
    "categories": ("categories", "category", "tags", "tag", "keywords", "topics", "topic", "subjects"),
    "section": ("section", "desk", "department"),
    "language": ("language", "lang", "locale"),
    "image": ("image", "image_url", "picture", "photo", "thumbnail", "lead_image", "banner_image",
              "featured_image", "img", "images"),
    "published_at": ("published_at", "published", "date", "date_published", "pubdate", "pub_date", "datetime",
                     "publish_date", "publication_date", "created_at", "created", "time", "timestamp", "posted_at"),
    "updated_at": ("updated_at", "updated", "date_modified", "modified", "modified_at", "last_modified"),
    "embargo_at": ("embargo_at", "embargo", "embargo_until", "not_before"),
    "expires_at": ("expires_at", "expires", "expiry", "unpublish_at"),
}  # fmt: skip


def story_of(
    facts: Mapping[str, Any], *, source: str, place: str, columns: Mapping[str, str] | None = None, base: str = ""
) -> RawStory:
    """Read one story from a table of facts. `columns` says which fact is called what where the usual names fail.

    Raises SourceError for a date that cannot be read.
    """
    found = {ours: _fact(facts, ours, columns or {}) for ours in NAMES}
    body = found["body"]
    image, alt = _image(found["image"], facts)
    for name in ("published_at", "updated_at", "embargo_at", "expires_at"):
        date = text_of(found[name]).strip()
        if date and parse_date(date) is None:
            raise SourceError(
                f"{name} is {date[:60]!r}: expected a date such as 2026-11-24T06:30:00Z", source=source, place=place
            )
    written = text_of(found["url"]).strip()
    url = absolute(written, base) if written else ""
    content = "" if isinstance(body, list) else text_of(body)
    return RawStory(
        source=source,
        place=place,
        title=text_of(found["title"]),
        guid=text_of(found["guid"]).strip() or None,
        url=url or None,
        summary=text_of(found["dek"]),
        content=content,
        paragraphs=tuple(map(text_of, body)) if isinstance(body, list) else (),
        authors=list_of(found["authors"]),
        publisher=text_of(found["publisher"]),
        categories=list_of(found["categories"]),
        section=text_of(found["section"]),
        language=text_of(found["language"]),
        images=(Image(url=absolute(image, url or base), alt=alt),)
        if image
        else tuple(content_images(content, url or base)),
        published=text_of(found["published_at"]) or None,
        updated=text_of(found["updated_at"]) or None,
        embargo=text_of(found["embargo_at"]) or None,
        expires=text_of(found["expires_at"]) or None,
    )


def with_facts(raw: RawStory, facts: Mapping[str, Any]) -> RawStory:
    """Let a file's front matter win over what was found in its text. Raises SourceError."""
    if not facts:
        return raw
    told = story_of(facts, source=raw.source, place=raw.place)
    told = replace(told, categories=told.categories or raw.categories, authors=told.authors or raw.authors)
    changes: dict[str, Any] = {}
    for name in RawStory.__dataclass_fields__:
        value = getattr(told, name)
        if name not in ("source", "place", "position") and value:
            changes[name] = value
    if told.paragraphs or told.content:
        changes.setdefault("paragraphs", ())
    return replace(raw, **changes)


def with_title_and_text(raw: RawStory) -> RawStory:
    """Give a story that a file holds alone, if it has both. Raises SourceError."""
    if not raw.title.strip():
        raise SourceError("has no title", source=raw.source, place=raw.place)
    if not (raw.summary.strip() or raw.content.strip() or any(map(str.strip, raw.paragraphs))):
        raise SourceError("has a title but no text", source=raw.source, place=raw.place)
    return raw


def _fact(facts: Mapping[str, Any], ours: str, columns: Mapping[str, str]) -> Any:
    if ours in columns:
        return _at(facts, columns[ours])
    for name in NAMES[ours]:
        value = facts.get(name)
        if value not in (None, "", [], {}):
            return value
    return None


def _at(facts: Mapping[str, Any], path: str) -> Any:
    """Find a fact by name; a dotted name reaches into objects (`author.name`)."""
    if path in facts:
        return facts[path]
    value: Any = facts
    for step in path.split("."):
        if isinstance(value, list) and value:
            value = value[0]
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _image(value: Any, facts: Mapping[str, Any]) -> tuple[str, str]:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping):
        url = value.get("url") or value.get("src") or value.get("href") or ""
        return text_of(url).strip(), text_of(value.get("alt") or value.get("caption") or "")
    alt = facts.get("image_alt") or facts.get("alt") or ""
    return text_of(value).strip(), text_of(alt)
