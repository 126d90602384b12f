from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render import find_theme, render_edition
from broadsheet.render.plaintext import width, wrap
from broadsheet.slots import Slot
from tests.render.editions import edition, pick, publication, story

DAILY = find_theme("daily")


def test_it_reads_alone() -> None:
    text = render_edition(edition(2, intro="Good morning."), publication(), DAILY).text
    assert (
        text
        == f"""\
THE MORNING SHEET
Tuesday, November 24, 2026
==========================
What happened, and what it means

Good morning.

1. Parliament backs the harbour bill after a night of talks
   The vote ended eleven hours of debate on the future of the port. Work
   is to begin in March.
   By Ana Ruiz · The Harbour Post
   https://news.example.org/2026/11/24/parliament-backs-the-harbour-bill-after-a-night-of-talks-0


BUSINESS
--------
2. Ministers promise a count of every bridge in the country
   The vote ended eleven hours of debate on the future of the port. Work
   is to begin in March.
   By Ana Ruiz · The Harbour Post
   https://news.example.org/2026/11/24/ministers-promise-a-count-of-every-bridge-in-the-country-1

--{" "}
You receive this e-mail because you subscribed to The Morning Sheet.
Unsubscribe:
{Slot.UNSUBSCRIBE_URL.token}
Preferences:
{Slot.PREFERENCES_URL.token}
View in browser:
{Slot.VIEW_URL.token}

The Morning Sheet, 1 Press Lane, London EC4Y 1AA
"""
    )


@pytest.mark.parametrize("tag", ["en", "de", "ja", "ar"])
def test_no_line_is_wider_than_72_columns_but_an_address(tag: str) -> None:
    dek = {"ja": "東京の港で新しい橋の建設が始まった。" * 8, "ar": "بدأ بناء الجسر الجديد في الميناء. " * 8}.get(
        tag, "word " * 60
    )
    given_ = edition([pick(of=story(n, dek=dek, title=dek[:90])) for n in range(4)])
    for line in render_edition(given_, publication(language=tag), DAILY).text.splitlines():
        assert width(line) <= 72 or re.match(r"\s*https?://\S+$", line), line


@given(
    st.lists(st.text(alphabet="ab字е́😀", min_size=1, max_size=30), max_size=30), st.integers(min_value=10, max_value=80)
)
def test_wrapping_loses_nothing(words: list[str], columns: int) -> None:
    lines = wrap(" ".join(words), columns, first="1. ", rest="   ")
    joined = "".join("".join(lines).split())
    assert joined == "1." + "".join("".join(words).split())


def test_addresses_may_stand_in_a_list_at_the_end() -> None:
    given_ = edition([pick(0), pick(1, of=story(1, url=None)), pick(2)])
    text = render_edition(given_, publication(text_links="listed"), DAILY).text
    assert "1. Parliament backs the harbour bill after a night of talks [1]\n" in text
    assert "bridge in the country\n" in text
    assert "river-towns-ask-who-pays-for-the-wall-2\n\n-- \n" in text
    assert re.findall(r"^\[(\d)\] https://", text, re.MULTILINE) == ["1", "3"]
