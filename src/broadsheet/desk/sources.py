"""Keep the list of sources: find a site's feed, write it into broadsheet.toml, and say how each is doing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from broadsheet.config import FILE_NAME, Source, parse_config
from broadsheet.config.tables import with_table, without_table
from broadsheet.desk.keeping import slug
from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError, SourceError

Health = Literal["good", "failing", "dropped", "gone", "never read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a source is doing. `usual` is how many items it mostly holds, None before that is known."""

    source: str
    place: str
    state: Health
    last_good_at: datetime | None = None
    failures: int = 0
    usual: int | None = None
    last: int | None = None
    error: str = ""
    stories: int = 0


def add_source(
    desk: Desk, place: str, *, name: str = "", category: str = "", is_required: bool = False
) -> tuple[str, Source]:
    """Write a source into broadsheet.toml: a file or folder, a feed, or the feed that a site's page leads to.

    Gives its name and itself. Raises SourceError where there is no feed, ConfigError where it is known already.
    """
    values: dict[str, str | bool] = {}
    title = ""
    if place.startswith(("http://", "https://")):
        values["url"], title = find_feed(desk, place)
    else:
        path = Path(place)
        if not path.exists() and not (desk.folder / path).exists():
            raise SourceError("no such file or folder", place=place, advice="An address begins with https://.")
        inside = path.resolve()
        root = desk.folder.resolve()
        values["path"] = str(inside.relative_to(root)) if inside.is_relative_to(root) else str(inside)
    for known, source in desk.config.sources.items():
        if (source.url or "") == values.get("url", "-") or (source.path or "") == values.get("path", "-"):
            raise ConfigError(f"this is the source {known!r} already", file=FILE_NAME)
    host = urlsplit(str(values.get("url", ""))).netloc
    chosen = name or _free_name(desk, slug(title)[:40].strip("-") if title else slug(host or str(values.get("path"))))
    if chosen in desk.config.sources:
        raise ConfigError(f"a source is called {chosen!r} already", advice="Give another with --name.")
    values |= {"category": category, "required": is_required}
    text = with_table(_text(desk), f"sources.{chosen}", values)
    return chosen, _write(desk, text)[chosen]


def find_feed(desk: Desk, url: str) -> tuple[str, str]:
    """Find the feed at or behind an address: its address and its title. Raises SourceError."""
    from broadsheet.gather.discover import feeds_in, usual_addresses
    from broadsheet.gather.fetch import Fetcher, FetchError, Limits, Request
    from broadsheet.gather.xmltree import decode_xml

    settings = desk.config.gathering
    with Fetcher(Limits(seconds=settings.timeout, allowed_hosts=settings.allow_hosts)) as fetcher:
        page = fetcher.fetch(Request(url=url))
        if (title := _feed_title(page.content, page.url)) is not None:
            return page.moved_to or url, title
        text = decode_xml(page.content, page.charset)
        for candidate in [*feeds_in(text, page.url)[:5], *usual_addresses(page.url)]:
            try:
                answer = fetcher.fetch(Request(url=candidate))
            except FetchError:
                continue
            if (title := _feed_title(answer.content, answer.url)) is not None:
                return answer.moved_to or candidate, title
    raise SourceError(
        "leads to no feed", place=url, advice="Look on the site for RSS, Atom or JSON Feed, and give that address."
    )


def _feed_title(content: bytes, url: str) -> str | None:
    """Give the publisher that a feed names; None for what is no feed."""
    import io

    from broadsheet.gather.reading import read_stories
    from broadsheet.gather.text import line_of
    from broadsheet.model import RawStory

    try:
        first = next(iter(read_stories(io.BytesIO(content), source="", place=url, format="feed")), None)
    except SourceError:
        return None
    return line_of(first.publisher) if isinstance(first, RawStory) else ""


def remove_source(desk: Desk, name: str) -> Source:
    """Take a source out of broadsheet.toml; its stories stay. Raises ConfigError."""
    if name not in desk.config.sources:
        known = ", ".join(desk.config.sources) or "none"
        raise ConfigError(f"no source is called {name!r}", advice=f"Known ones: {known}.")
    text = without_table(_text(desk), f"sources.{name}")
    left = _write(desk, text)
    if name in left:
        raise ConfigError(f"{name!r} is written in a way that cannot be taken out", file=FILE_NAME,
                          advice="Remove it by hand.")  # fmt: skip
    removed = desk.config.sources[name]
    with desk.store.transaction():
        desk.store.places.forget([removed.url or ""])
    return removed


def import_opml(desk: Desk, data: bytes, *, place: str) -> list[str]:
    """Add every feed of an OPML file that is not a source yet; gives the new names. Raises SourceError."""
    from broadsheet.gather.opml import read_opml

    known = {source.url for source in desk.config.sources.values()}
    text, taken, added = _text(desk), set(desk.config.sources), []
    for outline in read_opml(data, place=place):
        if outline.url in known:
            continue
        wanted = slug(outline.title or urlsplit(outline.url).netloc)[:40].strip("-") or "source"
        name = _free(wanted, taken)
        taken.add(name)
        added.append(name)
        text = with_table(text, f"sources.{name}", {"url": outline.url, "category": outline.category})
    if added:
        _write(desk, text)
    return added


def export_opml(desk: Desk) -> str:
    """Write the configured feeds as OPML."""
    from broadsheet.gather.opml import Outline, write_opml

    return write_opml(
        (
            Outline(url=source.url, title=source.publisher or name, category=source.category)
            for name, source in desk.config.sources.items()
            if source.url
        ),
        title="Sources of " + ", ".join(publication.title for publication in desk.config.publications.values()),
    )


def source_health(desk: Desk) -> list[SourceHealth]:
    """Say how every configured source is doing."""
    from broadsheet.gather.manners import has_dropped, usual_count

    found = []
    for name, source in desk.config.sources.items():
        place = desk.store.places.get(source.url) if source.url else None
        stories = desk.store.stories.count(name)
        if place is None:
            state: Health = "good" if stories else "never read"
            found.append(SourceHealth(source=name, place=source.url or source.path or "", state=state, stories=stories))
            continue
        last = place.counts[-1] if place.counts else None
        state = "never read" if place.last_good_at is None else "good"
        if place.failures:
            state = "failing"
        elif last is not None and has_dropped(place.counts[:-1], last):
            state = "dropped"
        found.append(
            SourceHealth(
                source=name,
                place=place.place,
                state="gone" if place.is_gone else state,
                last_good_at=place.last_good_at,
                failures=place.failures,
                usual=usual_count(place.counts),
                last=last,
                error=place.error,
                stories=stories,
            )
        )
    return found


def _free_name(desk: Desk, wanted: str) -> str:
    return _free(wanted, desk.config.sources)


def _free(wanted: str, taken: Sequence[str] | set[str] | dict[str, Source]) -> str:
    if wanted not in taken:
        return wanted
    return next(f"{wanted}-{number}" for number in count(2) if f"{wanted}-{number}" not in taken)


def _text(desk: Desk) -> str:
    return (desk.folder / FILE_NAME).read_bytes().decode("utf-8-sig")


def _write(desk: Desk, text: str) -> dict[str, Source]:
    """Write broadsheet.toml if it is still good, as a whole or not at all; gives the sources it then has."""
    file = desk.folder / FILE_NAME
    config = parse_config(text, folder=desk.folder, file=str(file))
    draft = file.with_suffix(".toml.new")
    draft.write_bytes(text.encode("utf-8"))
    os.replace(draft, file)
    return config.sources
