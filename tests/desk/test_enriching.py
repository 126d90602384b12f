from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk.test_fetching import Project
from tests.desk.test_gathering import FEED, NOW
from tests.gather.web import Web, running

PAGE = """<html><head><meta property="og:image" content="/big.jpg"><meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630"><meta content="It opens in May. The first bo..." name='description'>
<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "author": [{"name": "Ann Lee"}]}]}</script>
</head><body><article><p>The harbour opens in May after nine years of repairs, the port said.</p>
<p>The first boat leaves at six, with room for forty cars and two hundred people.</p></article></body></html>"""


@pytest.fixture
def web() -> Iterator[Web]:
    with running() as server:
        yield server


def test_pages_fill_what_stories_lack_and_the_next_gathering_changes_nothing(tmp_path: Path, web: Web) -> None:
    page = web.page("/story", PAGE, Content_Type="text/html; charset=utf-8")
    items = f"<item><title>Harbour opens</title><link>{page}</link></item>"
    items += f"<item><title>Lost</title><link>{web.url}/lost</link></item>"
    feed_url = web.page("/feed", FEED.format(items=items))
    settings = '[gathering]\nallow_hosts = ["127.0.0.1"]\nenrich = true\n'
    project = Project(tmp_path, settings)
    with project.desk() as desk:
        from broadsheet.desk.gathering import gather

        # The clock stands still in these tests; in life some time passes between seeing a story and reading its page.
        ticks = iter(range(1000))
        object.__setattr__(desk, "clock", lambda: NOW + timedelta(seconds=next(ticks)))
        report = gather(desk, [feed_url])
        assert (report.new, report.enriched, report.exit_code) == (2, 1, 0)
        stories = {story.title: story for story in desk.store.stories.between(None, NOW + timedelta(days=1))}
        full = stories["Harbour opens"]
        assert full.image is not None
        assert (full.image.url, full.image.width) == (f"{web.url}/big.jpg", 1200)
        assert (full.dek, full.authors) == ("It opens in May.", ("Ann Lee",))
        assert full.body == (
            "The harbour opens in May after nine years of repairs, the port said.",
            "The first boat leaves at six, with room for forty cars and two hundred people.",
        )
        assert stories["Lost"].image is None
        web.page("/feed", FEED.format(items=items + "<item><title>Third</title></item>"))
        again = gather(desk, [feed_url])
        assert (again.new, again.sources[0].changed) == (1, 0)
        after = desk.store.stories.get(full.id)
        assert after is not None
        assert after.image == full.image


def test_it_is_off_by_default(tmp_path: Path, web: Web) -> None:
    page = web.page("/story", PAGE)
    url = web.page("/feed", FEED.format(items=f"<item><title>T</title><link>{page}</link></item>"))
    Project(tmp_path, '[gathering]\nallow_hosts = ["127.0.0.1"]\n').gather(url)
    assert [path for path, _ in web.asked] == ["/feed"]
