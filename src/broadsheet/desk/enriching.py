"""Fill what new stories lack from their pages: picture, dek, authors, text. Off unless the configuration says so."""

from __future__ import annotations

from datetime import datetime

from broadsheet.desk.opening import Desk
from broadsheet.gather.fetch import Fetched, Fetcher, Limits, Request
from broadsheet.gather.identity import keys_of
from broadsheet.gather.pages import with_page
from broadsheet.gather.xmltree import decode_xml

MOST = 200  # pages in one gathering


def enrich(desk: Desk, since: datetime) -> int:
    """Read the pages of stories first seen since a time that have no picture or no dek; gives how many were filled.

    A page that cannot be read leaves its story as it is.
    """
    lacking = [
        story
        for story in desk.store.stories.between(since, desk.now(), backlog=False)
        if story.url and (story.image is None or not story.dek)
    ][:MOST]
    by_id = {story.id: story for story in lacking}
    requests = [Request(url=story.url, source=story.id) for story in lacking if story.url]
    settings = desk.config.gathering
    limits = Limits(
        seconds=settings.timeout,
        allowed_hosts=settings.allow_hosts,
        workers=settings.connections,
        spacing=settings.spacing,
    )
    filled = []
    with Fetcher(limits) as fetcher:
        for request, answer in fetcher.fetch_all(requests):
            if isinstance(answer, Fetched) and "html" in answer.headers.get("content-type", "html"):
                story = by_id[request.source]
                better = with_page(story, decode_xml(answer.content, answer.charset), answer.url)
                if better != story:
                    filled.append(better)
    if filled:
        with desk.store.transaction():
            keys = {story.id: keys_of(story).all for story in filled}
            desk.store.stories.save(filled, keys=keys, at=desk.now())
    return len(filled)
