"""Tables and objects beside the stories that they become."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import ConfigError, SourceError
from broadsheet.gather.clean import clean
from broadsheet.gather.reading import read_stories, sniff
from broadsheet.model import RawStory, Story

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def read(
    data: str | bytes, name: str, columns: Mapping[str, str] | None = None
) -> tuple[list[Story], list[SourceError]]:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    found = list(read_stories(stream, source="s", place=name, columns=columns))
    stories = [clean(one, now=NOW) for one in found if isinstance(one, RawStory)]
    return stories, [one for one in found if isinstance(one, SourceError)]


def test_a_table_with_usual_names() -> None:
    [story], _ = read(
        'Title,Link,Summary,Author,Tags,Date,Image URL,id\n"Harbour, old",https://a.example/h,"It opens. ""Soon"".",'
        '"Ann Lee, Bo Ray","Sea, Trade",2026-11-23,https://a.example/h.jpg,77\n',
        "t.csv",
    )
    assert (story.title, story.url, story.guid) == ("Harbour, old", "https://a.example/h", "77")
    assert (story.dek, story.authors, story.categories) == (
        'It opens. "Soon".',
        ("Ann Lee", "Bo Ray"),
        ("Sea", "Trade"),
    )
    assert story.published_at == datetime(2026, 11, 23, tzinfo=UTC)
    assert story.image is not None


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings_are_told_apart(delimiter: str, encoding: str) -> None:
    text = delimiter.join(["title", "text"]) + "\r\n" + delimiter.join(["Fête", "À Nîmes."]) + "\r\n"
    [story], _ = read(text.encode(encoding), "t.csv")
    assert (story.title, story.dek) == ("Fête", "À Nîmes.")


def test_columns_are_mapped_by_the_configuration() -> None:
    mapping = {"title": "Headline (EN)", "body": "Copy", "published_at": "When", "categories": "Desk"}
    text = "Headline (EN);Copy;When;Desk\nHarbour opens;It opens. Soon.;23.11.2026 18:30;Sea\n"
    [story], _ = read(text, "t.csv", mapping)
    assert (story.title, story.body, story.categories) == ("Harbour opens", ("It opens. Soon.",), ("Sea",))
    assert story.published_at == datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    with pytest.raises(SourceError, match="has no column called 'Titel': it has Headline"):
        read(text, "t.csv", {"title": "Titel"})


def test_dotted_names_reach_into_objects() -> None:
    item = {"data": {"head": "Harbour", "by": [{"name": "Ann Lee"}, {"name": "Bo"}]}, "text": "It opens."}
    [story], _ = read(json.dumps([item]), "t.json", {"title": "data.head", "authors": "data.by"})
    assert (story.title, story.authors) == ("Harbour", ("Ann Lee", "Bo"))


def test_a_bad_row_is_refused_by_its_line_and_the_others_go_on() -> None:
    stories, refused = read("title,text\nA,x.\nB,y.,z\n\nC,z.\n", "t.csv")
    assert [story.title for story in stories] == ["A", "C"]
    assert [(one.place, one.reason) for one in refused] == [("t.csv:3", "has 3 fields under 2 column names")]
    lines = '{"title": "A"}\nnot json\n[1]\n{"title": "B", "date": "soonish"}\n{"title": "C"}\n'
    stories, refused = read(lines, "t.jsonl")
    assert [(story.title, story.position) for story in stories] == [("A", 0), ("C", 1)]
    assert [one.place for one in refused] == ["t.jsonl:2", "t.jsonl:3", "t.jsonl:4"]
    assert "published_at is 'soonish'" in refused[2].reason


def test_line_breaks_in_fields_do_not_move_the_count_of_lines() -> None:
    stories, refused = read('title,text\n"A\nA","x\n\ny."\nB,y.,z\n', "t.csv")
    assert (stories[0].title, stories[0].body) == ("A A", ("x", "y."))
    assert refused[0].place == "t.csv:6"


@pytest.mark.parametrize("wrapper", ["items", "articles", "stories", "results"])
def test_a_list_may_lie_in_an_object(wrapper: str) -> None:
    stories, _ = read(json.dumps({wrapper: [{"headline": "A", "content": "<p>One.</p><p>Two.</p>"}]}), "t.json")
    assert (stories[0].title, stories[0].body) == ("A", ("One.", "Two."))


def test_a_single_object_and_paragraphs_as_a_list() -> None:
    [story], _ = read(
        '{"title": "A", "body": ["One.", "Two."], "image": {"url": "https://a.example/i.jpg", "alt": "I"}}', "t.json"
    )
    assert story.body == ("One.", "Two.")
    assert story.image is not None
    assert story.image.alt == "I"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xef\xbb\xbf <rss>", "feed"), (b'{"a": 1}\n{"a": 2}\n', "jsonl"), (b'{\n "a": 1}', "json"), (b"[1]", "json"),
        (b"A title\n\nText", "wire"), ("<?xml".encode("utf-16"), "feed"),
    ],
)  # fmt: skip
def test_a_form_is_told_by_its_looks(data: bytes, kind: str) -> None:
    assert sniff(data) == kind


def test_markdown_with_yaml_and_toml_front_matter() -> None:
    text = (
        "# Harbour *opens*\n\nIt [opens](https://x.example). Soon.\n\n![B](https://a.example/b.jpg)\n\n- one\n- two\n"
    )
    for matter in (
        "---\ntags:\n  - Sea\n  - Trade\nauthor: Ann Lee\n---\n",
        '+++\ntags = ["Sea", "Trade"]\nauthor = "Ann Lee"\n+++\n',
    ):
        [story], _ = read(matter + text, "t.md")
        assert (story.title, story.body) == ("Harbour opens", ("It opens. Soon.", "one", "two"))
        assert (story.categories, story.authors) == (("Sea", "Trade"), ("Ann Lee",))
        assert story.image is not None
        assert (story.image.url, story.image.alt) == ("https://a.example/b.jpg", "B")
    with pytest.raises(SourceError, match="has no title"):
        read("Just text.", "t.md")


def test_an_unknown_part_of_a_story_is_refused_in_the_configuration() -> None:
    from pathlib import Path

    from broadsheet.config import parse_config
    from tests.desk.test_gathering import PROJECT

    with pytest.raises(ConfigError, match="did you mean `title`"):
        parse_config(PROJECT + '[sources.a]\npath = "a.csv"\ncolumns = { titel = "x" }\n', folder=Path())


@given(st.binary(max_size=200), st.sampled_from(["t.csv", "t.jsonl", "t.json", "t.md", "t.txt", "t.xml"]))
def test_any_bytes_in_any_form_give_stories_or_refusals(data: bytes, name: str) -> None:
    try:
        for one in read_stories(io.BytesIO(data), source="s", place=name):
            assert isinstance(one, RawStory | SourceError)
    except SourceError:
        pass
