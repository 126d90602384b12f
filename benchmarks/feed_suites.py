"""What feed parsers' own suites expect of each item, in one shape."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from broadsheet.gather.clean import authors_of, categories_of
from broadsheet.gather.dates import parse_date
from broadsheet.gather.links import clean_url
from broadsheet.gather.text import tidy

_GOFEED_DATES = ("publishedParsed", "published", "pubDateParsed", "pubDate", "updatedParsed", "updated")


@dataclass(slots=True)
class Values:
    """What somebody says of one item. Several values of a kind mean: any of them."""

    title: str = ""
    links: set[str] = field(default_factory=set)
    dates: set[datetime] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    images: set[str] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)


def links_of(links: Iterable[str | None]) -> set[str]:
    return {url for link in links if link and (url := clean_url(link) or link.strip())}


def dates_of(values: Iterable[Any]) -> set[datetime]:
    return {at.replace(microsecond=0) for value in values if value and (at := parse_date(value))}


def names_of(names: Iterable[str]) -> set[str]:
    return {tidy(name).casefold() for name in names if name and name.strip()}


def expected_gofeed(item: dict[str, Any]) -> Values:
    """Read gofeed's own shapes: the universal one, and those of its RSS and Atom parsers."""
    people = item.get("authors") or [item.get("author")]
    names = [person.get("name") if isinstance(person, dict) else person for person in people if person]
    content = item.get("content")
    text = content.get("value") if isinstance(content, dict) else content
    links = [item.get("link")] + [
        link.get("href")
        for link in item.get("links") or ()
        if isinstance(link, dict) and link.get("rel", "alternate") == "alternate"
    ]
    categories = [
        (category.get("label") or category.get("term") or category.get("value") or "")
        if isinstance(category, dict)
        else category
        for category in item.get("categories") or ()
    ]
    return Values(
        title=item.get("title") or "",
        links=links_of(links),
        dates=dates_of(item.get(key) for key in _GOFEED_DATES),
        authors=names_of(authors_of(tuple(filter(None, names)))),
        texts=list(filter(None, [text, item.get("description"), item.get("summary")])),
        images=links_of([(item.get("image") or {}).get("url") if isinstance(item.get("image"), dict) else None]),
        categories=names_of(categories_of(tuple(categories))),
    )  # fmt: skip


def expected_rss_parser(item: dict[str, Any]) -> Values:
    """Read rss-parser's shape."""
    enclosure = item.get("enclosure") or {}
    texts = (item.get("content:encoded"), item.get("content"), item.get("summary"))
    names = [value for value in (item.get("creator"), item.get("author")) if isinstance(value, str)]
    categories = [
        category if isinstance(category, str) else category.get("_") or (category.get("$") or {}).get("term") or ""
        for category in item.get("categories") or ()
    ]
    return Values(
        title=item.get("title") or "" if isinstance(item.get("title"), str) else "",
        links=links_of([item.get("link") if isinstance(item.get("link"), str) else None]),
        dates=dates_of([item.get("isoDate"), item.get("pubDate")]),
        authors=names_of(authors_of(tuple(names[:1]))),
        texts=[text for text in texts if isinstance(text, str) and text],
        images=links_of([enclosure.get("url")]) if str(enclosure.get("type", "")).startswith("image") else set(),
        categories=names_of(categories_of(tuple(categories))),
    )  # fmt: skip


def expected_feed_rs(item: dict[str, Any]) -> Values:
    """Read feed-rs's shape."""
    media = item.get("media") or ()
    images = [thumbnail["image"]["uri"] for group in media for thumbnail in group.get("thumbnails") or ()]
    images += [
        content["url"]
        for group in media
        for content in group.get("content") or ()
        if content.get("url") and str(content.get("content_type") or "").startswith("image")
    ]
    texts = [(item.get("content") or {}).get("body"), (item.get("summary") or {}).get("content")]
    return Values(
        title=(item.get("title") or {}).get("content") or "",
        links=links_of(link.get("href") for link in item.get("links") or () if link.get("rel") in (None, "alternate")),
        dates=dates_of([item.get("published"), item.get("updated")]),
        authors=names_of(authors_of(tuple(author.get("name") or "" for author in item.get("authors") or ()))),
        texts=[text for text in texts if text],
        images=links_of(images),
        categories=names_of(
            categories_of(tuple(c.get("label") or c.get("term") or "" for c in item.get("categories") or ()))
        ),
    )


@dataclass(slots=True)
class Case:
    """One feed and what its suite expects of its items."""

    suite: str
    name: str
    data: bytes
    items: list[Values]


def cases_in(folder: Path, feeds: Path | None) -> Iterator[Case]:
    """Read the suites of a folder. `feeds` holds the real feeds that two of them speak of."""
    for archive in sorted(folder.glob("*.tar.gz")):
        with tarfile.open(archive) as tar:
            files = {
                member.name: handle.read()
                for member in tar.getmembers()
                if member.isfile() and (handle := tar.extractfile(member))
            }
        for name, content in sorted(files.items()):
            if not name.endswith(".json"):
                continue
            try:
                data = json.loads(_decoded(content))
            except ValueError:
                continue
            if not isinstance(data, dict):
                continue
            if "entries" in data and "feed_type" in data:
                stem = Path(name).name.removesuffix(".json").removesuffix(".serde")
                yield from _real(feeds, f"feed-rs__{stem}", name, "feed-rs", data["entries"], expected_feed_rs)
            elif isinstance(data.get("feed"), dict):
                stem = Path(name).name.removesuffix(".json")
                yield from _real(
                    feeds,
                    f"rss-parser__{stem}",
                    name,
                    "rss-parser",
                    data["feed"].get("items") or [],
                    expected_rss_parser,
                )
            elif f"{name.removesuffix('.json')}.xml" in files:
                items = data.get("items") or data.get("entries") or []
                source = files[f"{name.removesuffix('.json')}.xml"]
                yield Case("gofeed", name, source, [expected_gofeed(item or {}) for item in items])


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _real(
    feeds: Path | None, stem: str, name: str, suite: str, items: list[Any], read: Callable[[dict[str, Any]], Values]
) -> Iterator[Case]:
    folder = Path(name).parent.name
    stems = (stem, stem.replace("__", f"__{folder}_"))
    for candidate in sorted(feeds.glob(f"{stem.partition('__')[0]}__*")) if feeds else ():
        if candidate.stem in stems:
            yield Case(suite, name, candidate.read_bytes(), [read(item) for item in items])
            return


# --- judging ----------------------------------------------------------------------------------------------------------
