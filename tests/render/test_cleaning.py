from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.cleaning import clean, direction_of, shorten
from broadsheet.slots import used


@given(st.text(), st.integers(min_value=1, max_value=100))
def test_a_shortened_text_is_short_and_begins_like_the_whole(text: str, longest: int) -> None:
    short = shorten(text, longest)
    assert len(short) <= max(longest, 1)
    assert text.startswith(short.removesuffix("…"))


@given(st.text())
def test_a_clean_text_is_one_line_without_controls_or_tokens(text: str) -> None:
    washed = clean(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in washed)
    assert used(washed) == ()
    assert clean(washed) == washed


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        ("One sentence here. And then another one.", 25, "One sentence here."),
        ("One sentence that goes on and on", 20, "One sentence that…"),
        ("A comma, then more words follow", 9, "A comma…"),
        ("日本の首相が発言した。続報を待つ。", 12, "日本の首相が発言した。"),
        ("👩\u200d👩\u200d👧\u200d👦👩\u200d👩\u200d👧\u200d👦", 10, "👩\u200d👩\u200d👧\u200d👦…"),
        ("🇩🇪🇫🇷🇯🇵", 4, "🇩🇪…"),
    ],
)
def test_a_text_is_cut_where_a_reader_would(text: str, longest: int, short: str) -> None:
    assert shorten(text, longest) == short


@pytest.mark.parametrize(
    ("text", "direction"), [("Hello", "ltr"), ("123 שלום", "rtl"), ("«العربية»", "rtl"), ("42 – 7", ""), ("", "")]
)
def test_a_text_runs_the_way_of_its_first_letter(text: str, direction: str) -> None:
    assert direction_of(text) == direction
