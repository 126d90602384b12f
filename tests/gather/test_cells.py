"""No cell of a story is empty that its feed carries, over all real feeds; what is excused has its reason beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.carried import EXCUSED, files_in, missed_in

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BARE = '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item><title>One</title>{}</item></channel></rss>'


def test_every_cell_that_a_real_feed_carries_is_filled(shared_data: Path) -> None:
    found: dict[tuple[str, str], int] = {}
    for file in files_in(shared_data / "feeds"):
        for cell, count in missed_in(file.read_bytes(), file.name, NOW).items():
            if count:
                found[file.name, cell] = count
    assert found == {key: count for key, (count, _) in EXCUSED.items()}


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ('<media:content url="https://a.example/1x1.gif" medium="image"/>', "image"),
        ("<author>ann@a.example</author>", "author"),
        ("<link>javascript:alert(1)</link>", "link"),
        ("<pubDate>last week</pubDate>", "dated"),
    ],
)
def test_what_the_check_cannot_fail_to_see(written: str, cell: str) -> None:
    assert missed_in(BARE.format(written).encode(), "feed.xml", NOW) == {cell: 1}
