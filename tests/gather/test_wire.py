from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.gather.clean import clean
from broadsheet.gather.reading import read_stories
from broadsheet.model import RawStory, Story

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

WHOLE = """\
Ferry line returns after nine years
The ferry between the islands sails again from Monday, the port authority said. The first boat,...

The first boat leaves at six, with room for forty cars.
“It was a long winter,” said Ada Quill, who runs the kiosk.
Jo Marlowe for Harbour Post News
Find more stories on Transport, Islands and Trade in Harbour Post coast
"""


def read(data: bytes | str, name: str = "ferry.txt") -> Story:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    [raw] = read_stories(stream, source="wire", place=name)
    assert isinstance(raw, RawStory)
    return clean(raw, now=NOW)


def test_a_whole_story() -> None:
    story = read(WHOLE)
    assert story.title == "Ferry line returns after nine years"
    assert story.dek == "The ferry between the islands sails again from Monday, the port authority said."
    assert story.body == (
        "The first boat leaves at six, with room for forty cars.",
        "“It was a long winter,” said Ada Quill, who runs the kiosk.",
    )
    assert (story.authors, story.publisher) == (("Jo Marlowe",), "Harbour Post News")
    assert (story.categories, story.section) == (("Transport", "Islands", "Trade"), "coast")
    assert story.url is None
    assert not story.dated


def test_the_real_example(shared_data: Path) -> None:
    [file] = (shared_data / "stories").glob("*.txt")
    story = read(file.read_bytes(), file.name)
    assert story.title == "NYT: US declined Ukraine's requests for security guarantees"
    assert story.dek.startswith("The US has declined")
    assert story.dek.endswith("close to the negotiations.")
    assert len(story.body) == 6
    assert story.body[0].startswith("The nine-page agreement")
    assert (story.authors, story.publisher) == (("Sanya Singh",), "TROIB News")
    assert (story.categories, story.section) == (("Business", "Economy", "Finance"), "business")


@pytest.mark.parametrize(
    "data",
    [
        WHOLE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + WHOLE.encode(),
        WHOLE.encode("utf-16"),
        WHOLE.encode("cp1252"),
        ("\n\n" + WHOLE + "\n\n\n").encode(),
        WHOLE.replace("\n", "\r").encode(),
    ],
    ids=["crlf", "bom", "utf-16", "cp1252", "blank lines around", "old mac"],
)
def test_the_same_story_in_other_bytes(data: bytes) -> None:
    assert read(data) == read(WHOLE)


def test_latin_1_letters_survive() -> None:
    assert read("Fête à Nîmes\n\nLe café où naît l'été.\nLa suite à Genève.".encode("latin-1")).title == "Fête à Nîmes"


def without(*beginnings: str) -> str:
    return "\n".join(line for line in WHOLE.split("\n") if not line.startswith(beginnings))


def test_without_a_byline() -> None:
    story = read(without("Jo Marlowe"))
    assert story.authors == ()
    assert (story.publisher, story.section) == ("Harbour Post", "coast")
    assert len(story.body) == 2


def test_without_a_footer() -> None:
    story = read(without("Find more"))
    assert (story.authors, story.publisher) == (("Jo Marlowe",), "Harbour Post News")
    assert (story.categories, len(story.body)) == ((), 2)


def test_without_a_teaser_the_body_begins_the_dek() -> None:
    story = read(without("The ferry between"))
    assert story.dek.startswith("The first boat leaves at six")
    assert len(story.body) == 2


def test_with_a_teaser_alone() -> None:
    story = read("Ferry returns\nThe ferry sails again. The first b...\n")
    assert story.dek == "The ferry sails again."


def test_a_paragraph_that_reads_like_a_byline_stays_in_the_text() -> None:
    story = read("A night out\n\nWe saw a play.\nIt was called Waiting for Godot.\nwaiting for Godot")
    assert len(story.body) == 3


def test_several_names_share_a_byline() -> None:
    assert read(WHOLE.replace("Jo Marlowe", "Jo Marlowe, Ada van Dijk and Bo Ray")).authors == (
        "Jo Marlowe",
        "Ada van Dijk",
        "Bo Ray",
    )


def test_a_category_with_in_and_a_comma_before_and() -> None:
    story = read(WHOLE.replace("Transport, Islands and Trade", "Women in Sport, Arts & Culture, and Trade"))
    assert story.categories == ("Women in Sport", "Arts & Culture", "Trade")


def test_what_stands_behind_the_footer_is_text_and_hides_it_not() -> None:
    story = read(WHOLE + "\nCorrection: the first boat leaves at seven.\n")
    assert (story.authors, story.section) == (("Jo Marlowe",), "coast")
    assert story.body[-1] == "Correction: the first boat leaves at seven."


def test_front_matter_wins_over_the_text() -> None:
    story = read(
        "---\nurl: https://example.org/ferry?utm_source=x\npublished_at: 2026-11-23T18:00:00+01:00\n"
        'image: { url: "https://example.org/f.jpg", alt: A ferry }\ncategories: [Sea, "Travel, far"]\n'
        "authors:\n  - Kim Poe\n---\n" + WHOLE
    )
    assert story.url == "https://example.org/ferry"
    assert story.published_at == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert story.dated
    assert story.image is not None
    assert (story.image.url, story.image.alt) == ("https://example.org/f.jpg", "A ferry")
    assert (story.categories, story.authors) == (("Sea", "Travel, far"), ("Kim Poe",))
    assert story.title == "Ferry line returns after nine years"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("  \n\n", "is empty"),
        ("A title and nothing else\n", "no text"),
        ("---\nurl: https://example.org/\n", "never closed"),
        ("---\nno colon here\n---\nTitle\n\nText.", "line 2"),
        ("---\npublished_at: soonish\n---\nTitle\n\nText.", "published_at is 'soonish'"),
    ],
)
def test_what_is_no_story_is_refused_with_its_name_and_the_reason(text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        read(text)
    assert "ferry.txt" in str(caught.value)


@given(st.text(max_size=400))
def test_any_text_becomes_a_story_or_a_refusal(text: str) -> None:
    try:
        story = read(text)
    except SourceError:
        return
    assert story.title
    assert "\n" not in story.title
