"""Every place in a feed's item where a picture can stand, in the order in which they deserve trust."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from broadsheet.gather.links import absolute
from broadsheet.gather.text import images_of
from broadsheet.model import Image

_ADDRESS = ("url", "href", "resource")  # of RSS, of Atom, of an RSS 1.0 module
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)


def images_in(parts: Mapping[str, list[Element]], content: str, summary: str, base: str) -> Iterator[Image]:
    """List an item's pictures with absolute addresses."""
    thumbnails = list(parts.get("media:thumbnail", ()))
    for media in parts.get("media:content", ()):
        url = (media.get("url") or "").strip()
        medium, kind = (media.get("medium") or "").lower(), (media.get("type") or "").lower()
        alt = ""
        for child in media:
            local = child.tag.rpartition("}")[2].lower() if isinstance(child.tag, str) else ""
            if local == "thumbnail":
                thumbnails.append(child)
            elif local in ("description", "title", "text") and not alt:
                alt = (child.text or "").strip()
        if url and (
            medium == "image" or kind.startswith("image") or (not medium and not kind and _could_be_picture(url))
        ):
            yield image_from(url, {**media.attrib, "alt": alt}, base)
    for enclosure in (*parts.get("enclosure", ()), *_enclosing_links(parts)):
        url = next((value for key, value in enclosure.attrib.items() if key.endswith(_ADDRESS)), "").strip()
        kind = (enclosure.get("type") or "").lower()
        if url and (
            kind.startswith("image") or (not kind.startswith(("audio", "video")) and _PICTURE_FILE.search(url))
        ):
            yield image_from(url, {}, base)
    for thumbnail in thumbnails:
        if url := (thumbnail.get("url") or thumbnail.text or "").strip():
            yield image_from(url, thumbnail.attrib, base)
    for name in ("itunes:image", "image", "thumbnail", "thumb", "cover", "img", "image_link", "imageurl"):
        for element in parts.get(name, ()):
            inner = next((child.text for child in element if str(child.tag).endswith(("url", "link"))), None)
            url = (element.get("href") or element.get("url") or inner or element.text or "").strip()
            if url.startswith(("http", "/")):
                yield image_from(url, {}, base)
    yield from content_images(content, base)
    if summary != content:
        yield from content_images(summary, base)


def _enclosing_links(parts: Mapping[str, list[Element]]) -> Iterator[Element]:
    """List the links to something other than the story's page."""
    links = (*parts.get("atom:link", ()), *parts.get("link", ()))
    return (link for link in links if (link.get("rel") or "").endswith(("enclosure", "thumbnail", "image")))


def _could_be_picture(url: str) -> bool:
    return _PICTURE_FILE.search(url) is not None or "image" in url.lower()


def content_images(content: str, base: str) -> Iterator[Image]:
    """List the pictures in a text with absolute addresses."""
    for attributes in images_of(content) if "<img" in content.lower() else ():
        url = attributes.get("data-src") or attributes.get("src") or ""
        if url:
            yield image_from(url, attributes, base)


def image_from(url: str, attributes: Mapping[str, str], base: str) -> Image:
    """Make a picture of an element's attributes; sizes that are no numbers are none."""
    return Image(
        url=absolute(url, base),
        width=_pixels(attributes.get("width")),
        height=_pixels(attributes.get("height")),
        alt=attributes.get("alt") or "",
    )


def _pixels(value: str | None) -> int | None:
    text = (value or "").strip().removesuffix("px").split(".")[0]
    return int(text) if text.isdigit() and len(text) < 6 else None
