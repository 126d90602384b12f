"""What a feed's bytes carry for each item, read by other means than ours: whatever is there and is empty in the story
is a miss of ours, or is excused here with its reason.

It errs on the side of the feed: any picture, any name, any address that stands anywhere in an item counts.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree

from broadsheet.errors import SourceError
from broadsheet.gather.clean import clean
from broadsheet.gather.reading import read_stories
from broadsheet.model import RawStory

CELLS = ("title", "link", "dated", "author", "image", "summary", "category")
_NAMES = {
    "title": ("title",),
    "link": ("link", "origlink"),
    "dated": ("pubdate", "published", "updated", "date", "issued", "modified", "created", "lastbuilddate"),
    "author": ("author", "creator", "byline"),
    "category": ("category", "subject", "keywords", "tag", "tags", "section"),
    "summary": ("description", "summary", "encoded", "content", "subtitle"),
}
_JSON_NAMES = {
    "title": ("title",), "link": ("url", "external_url"), "dated": ("date_published", "date_modified"),
    "author": ("author", "authors"), "image": ("image", "banner_image"), "category": ("tags",),
    "summary": ("summary", "content_html", "content_text"),
}  # fmt: skip
_IMG = re.compile(r"<img[^>]*\ssrc=[^>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)

_TRACKER = "a pixel or a button of the feed's service (FeedBurner, Medium, pheedo, Quantserve)"
_ICON = "an icon: 32 pixels or less, or a button or logo of another site by its name"
_SMILEY = "a smiley"
_MAIL = "an address or a role, and no name"
_RELATIVE = "relative to an address that the file does not hold; when fetched, its own is taken"
_NO_TEXT = "only a picture, a pixel, an empty tag, or the links of a link list"
EXCUSED: dict[tuple[str, str], tuple[int, str]] = {
    ("atoma__broken-missing-author-name.xml", "author"): (1, _MAIL),
    ("feed-rs__rss_2.0_example_4.xml", "author"): (1, _MAIL),
    ("feedjira__AtomFeedWithSpacesAroundEquals.xml", "author"): (1, _MAIL),
    ("picofeed__next_inpact_full.xml", "author"): (45, _MAIL),
    ("picofeed__rss_egscomics.xml", "author"): (20, _MAIL),
    ("rss-parser__narro.rss", "author"): (1, _MAIL),
    ("atoma__broken-xkcd.xml", "summary"): (4, _NO_TEXT),
    ("atoma__unicode.xml", "summary"): (1, _NO_TEXT),
    ("feed-rs__atom_mediarss_reddit_1.xml", "summary"): (1, _NO_TEXT),
    ("feed-rs__atom_xml_base.xml", "summary"): (1, _NO_TEXT),
    ("feed-rs__rss_2.0_reddit.xml", "summary"): (1, _NO_TEXT),
    ("feedjira__RSSWithComments.xml", "summary"): (30, _NO_TEXT),
    ("feedreader__Rss20IndianExpress.xml", "summary"): (200, _NO_TEXT),
    ("huginn__slickdeals.atom", "summary"): (79, _NO_TEXT),
    ("node-feedparser__wapowellness.xml", "summary"): (3, _NO_TEXT),
    ("rss-parser__encoding.rss", "summary"): (4, _NO_TEXT),
    ("rss-parser__feed-comment.xml", "summary"): (1, _NO_TEXT),
    ("rss-parser__reddit-atom.rss", "summary"): (21, _NO_TEXT),
    ("rss-parser__reddit-home.rss", "summary"): (19, _NO_TEXT),
    ("rss-parser__reddit.rss", "summary"): (20, _NO_TEXT),
    ("feed-extractor__json-feed-miss-base-url.json", "link"): (2, _RELATIVE),
    ("picofeed__groovehq.xml", "link"): (10, _RELATIVE),
    ("picofeed__groovehq.xml", "image"): (10, _RELATIVE),
    ("rss-parser__atom-relative-url.xml", "link"): (1, _RELATIVE),
    ("feed-rs__rss_1.0_example_1.xml", "link"): (2, "the words \"the URL of article 1\", in Japanese"),
    ("node-feedparser__atom-with-tag-uri-links.xml", "link"): (1, "a tag: identifier, which leads nowhere"),
    ("feedreader__Rss20BreakingNews.xml", "image"): (7, _TRACKER),
    ("feedreader__Rss20Reuters.xml", "image"): (10, _TRACKER),
    ("rss-parser__encoding.rss", "image"): (40, _TRACKER),
    ("feedjira__PaulDixExplainsNothing.xml", "image"): (5, _TRACKER),
    ("feedjira__PaulDixExplainsNothingAlternate.xml", "image"): (5, _TRACKER),
    ("feedjira__PaulDixExplainsNothingWFW.xml", "image"): (5, _TRACKER),
    ("feedjira__TypePadNews.xml", "image"): (3, _TRACKER),
    ("node-feedparser__guid-dupes.xml", "image"): (1, _TRACKER),
    ("node-feedparser__illegally-nested.xml", "image"): (10, _TRACKER),
    ("node-feedparser__wapowellness.xml", "image"): (3, _TRACKER),
    ("picofeed__fulltextrss.xml", "image"): (1, _TRACKER),
    ("picofeed__rue89.xml", "image"): (2, _TRACKER),
    ("feed-rs__atom_example_3.xml", "image"): (1, _TRACKER),
    ("feed-extractor__medium-feed.xml", "image"): (3, _TRACKER),
    ("huginn__slickdeals.atom", "image"): (79, _TRACKER),
    ("rss-parser__feedburner.atom", "image"): (7, _ICON),
    ("rss-parser__many-links.rss", "image"): (17, _ICON),
    ("picofeed__googleblog.xml", "image"): (7, _ICON),
    ("picofeed__podbean.xml", "image"): (1, _ICON),
    ("rss-parser__feed-test-atom-category-attribute.xml", "image"): (1, _ICON),
    ("feed-extractor__rdf-standard.xml", "image"): (3, _ICON),
    ("rss-parser__atom-feed-emoji.xml", "image"): (1, _SMILEY),
    ("huginn__cdata_rss.atom", "image"): (1, _SMILEY),
    ("feedjira__AmazonWebServicesBlog.xml", "image"): (1, "its tag stands inside of another that was never closed"),
    ("xray__rss.xml", "story"): (2, "a picture without a title or a word: nothing that a headline could say"),
    ("feedkit__AtomMedia.xml", "story"): (1, "the words of a song beside its file, and no title"),
}  # fmt: skip


def carried_in(data: bytes) -> list[set[str]] | None:
    """Tell, item by item, which cells a feed can fill. None for what cannot be read by these means."""
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        return [_carried_by_json(item) for item in json.loads(data)["items"]]
    start = data.find(b"<?xml")  # some are kept with the server's headers before them
    parser = etree.XMLParser(recover=True, huge_tree=True, load_dtd=False, no_network=True)
    tree = etree.fromstring(data[max(start, 0) :], parser)
    if tree is None:
        return None
    return [_carried_by(element) for element in tree.iter(etree.Element) if _local(element) in ("item", "entry")]


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _carried_by(item: Any) -> set[str]:
    found = set()
    for element in item.iterdescendants(etree.Element):
        name, text = _local(element), "".join(element.itertext()).strip()
        parent = element.getparent()
        if parent is item or _local(parent) == "group":
            found |= {
                cell
                for cell, names in _NAMES.items()
                if name in names and (text or (cell in ("link", "category") and element.attrib))
            }
            if name in ("guid", "id") and text.startswith("http"):
                found.add("link")
        if _is_picture(element, name, text) or _IMG.search(element.text or ""):
            found.add("image")
    return found


def _is_picture(element: Any, name: str, text: str) -> bool:
    url = element.get("url") or element.get("href") or element.get("src") or (text if text.startswith("http") else "")
    kind = element.get("type") or element.get("medium") or ""
    if not url:
        return False
    if name in ("thumbnail", "image", "img"):
        return True
    may_be = name in ("enclosure", "content") or (name == "link" and element.get("rel") == "enclosure")
    return may_be and ("image" in kind or _PICTURE.search(url) is not None)


def _carried_by_json(item: dict[str, Any]) -> set[str]:
    found = {cell for cell, names in _JSON_NAMES.items() if any(item.get(name) for name in names)}
    pictured = any(str(one.get("mime_type")).startswith("image") for one in item.get("attachments") or ())
    return found | ({"image"} if pictured or _IMG.search(str(item.get("content_html") or "")) else set())


def filled_in(data: bytes, name: str, now: datetime) -> list[set[str] | None]:
    """Tell, item by item, which cells our story has; None for an item that gave no story."""
    found: list[set[str] | None] = []
    try:
        for raw in read_stories(io.BytesIO(data), source="bench", place=name, format="feed"):
            if not isinstance(raw, RawStory):
                continue
            try:
                story = clean(raw, now=now)
            except SourceError:
                found.append(None)
                continue
            values = (
                story.title, story.url, story.dated, story.authors, story.image, story.dek or story.body,
                story.categories,
            )  # fmt: skip
            found.append({cell for cell, value in zip(CELLS, values, strict=True) if value})
    except SourceError:
        pass
    return found


def missed_in(data: bytes, name: str, now: datetime) -> Counter[str]:
    """Count the cells of a feed's stories that are empty and that the feed carries; `items` where their number differs.

    An item without a story counts as `story` when it carries a title or a text.
    """
    carried = carried_in(data)
    missed: Counter[str] = Counter()
    if carried is None:
        return missed
    filled = filled_in(data, name, now)
    if len(carried) != len(filled):
        missed["items"] = abs(len(carried) - len(filled))
        return missed
    for there, have in zip(carried, filled, strict=True):
        if have is None:
            missed["story"] += bool(there & {"title", "summary"})
        else:
            missed.update(there - have)
    return missed


def files_in(folder: Path) -> Iterator[Path]:
    """List the feeds of a folder with a manifest."""
    for entry in map(json.loads, (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()):
        yield from [path for path in (folder / entry["file"], folder / "files" / entry["file"]) if path.is_file()][:1]
