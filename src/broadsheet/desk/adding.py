"""Bring in a story that no source brought: from the address of its page, or written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.errors import EditionError, SourceError
from broadsheet.model import RawStory, Story

MOST_SECONDS = 15.0
BY_HAND = "newsroom"


def story_from_address(desk: Desk, url: str) -> Story:
    """Fetch an article's page, make a clean story of what it says of itself, and keep it.

    The fetcher is that of gathering, with its bounds and its refusal of private addresses. Raises SourceError when the
    page cannot be had or is no article.
    """
    from broadsheet.desk.keeping import slug
    from broadsheet.gather.fetch import Fetcher, Limits, Request
    from broadsheet.gather.pages import with_page
    from broadsheet.gather.single_page import raw_of_page
    from broadsheet.gather.xmltree import decode_xml

    url = url.strip()
    settings = desk.config.gathering
    limits = Limits(seconds=min(settings.timeout, MOST_SECONDS), allowed_hosts=settings.allow_hosts, workers=1)
    with Fetcher(limits) as fetcher:
        fetched = fetcher.fetch(Request(url=url))
    kind = fetched.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml"):
        raise SourceError(f"is no page but {kind[:60] or 'nothing'}", place=url, advice="Give an article's address.")
    page = decode_xml(fetched.content, fetched.charset)
    raw = raw_of_page(page, fetched.url, source="")
    story = _cleaned(desk, replace(raw, source=slug(_host(fetched.url))))
    return _kept(desk, with_page(story, page, fetched.url))


def story_by_hand(
    desk: Desk, publication: Publication, *, title: str, dek: str = "", url: str = "", authors: Iterable[str] = ()
) -> Story:
    """Make a clean story of what an editor wrote, and keep it. Raises EditionError without a title."""
    if not title.strip():
        raise EditionError("a story needs a headline", advice="Write one.")
    from html import escape

    url = url.strip()
    if url and not url.startswith(("https://", "http://")):
        raise EditionError(f"{url!r} is no address of the web", advice="It begins with https://.")
    raw = RawStory(
        source=BY_HAND, title=escape(title), summary=escape(dek), url=url or None, authors=tuple(authors),
        publisher=escape(publication.title), language=publication.language, published=desk.now(),
    )  # fmt: skip
    return _kept(desk, _cleaned(desk, raw))


def _cleaned(desk: Desk, raw: RawStory) -> Story:
    from broadsheet.gather.clean import clean

    return clean(raw, now=desk.now())


def _kept(desk: Desk, story: Story) -> Story:
    """Keep a story under its identity: a page that a source brought too is the story that is known."""
    from broadsheet.gather.identity import identify, keys_of

    keys = keys_of(story)
    with desk.store.transaction():
        known = desk.store.stories.known(keys.all)
        ((kept, keys),) = identify([(story, keys)], known)
        desk.store.stories.save([kept], keys={kept.id: keys.all}, at=desk.now())
    return kept


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or ""
