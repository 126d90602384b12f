from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk import Desk
from broadsheet.desk.gathering import find_story, gather
from broadsheet.errors import ConfigError, EditionError
from broadsheet.store import Store

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

PROJECT = """\
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
[[publications.daily.sections]]
category = "Politics"
"""

STORY = "{title}\nThe council met on Monday. It voted...\n\nThe council met on Monday.\nIt voted for {title}.\n"

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Town Crier</title><link>https://crier.example/</link>
{items}</channel></rss>"""

ITEM = """<item><title>{title}</title><link>https://crier.example/{slug}</link><guid>{slug}</guid>
<description>&lt;p&gt;About {title}.&lt;/p&gt;</description><pubDate>{date}</pubDate></item>"""


def feed(*titles: str, date: str = "Mon, 23 Nov 2026 20:00:00 GMT") -> str:
    items = "".join(ITEM.format(title=title, slug=title.lower().replace(" ", "-"), date=date) for title in titles)
    return FEED.format(items=items)


@contextmanager
def desk_at(folder: Path, sources: str = "", now: datetime = NOW) -> Iterator[Desk]:
    config = parse_config(PROJECT + sources, folder=folder)
    with Store(folder / "broadsheet.db") as store:
        yield Desk(config=config, store=store, clock=lambda: now)


def test_a_folder_mixes_formats(tmp_path: Path) -> None:
    folder = tmp_path / "stories"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY.format(title="Alpha road"))
    (folder / "b.md").write_text("---\ntitle: Beta bridge\ndate: 2026-11-23\n---\nThe bridge opens. It is new.\n")
    (folder / "c.xml").write_text(feed("Gamma gate", "Delta dock"))
    (folder / "d.json").write_text('[{"title": "Epsilon end", "text": "It is over.", "tags": ["End"]}]')
    (folder / "e.jsonl").write_text('{"title": "Zeta zone", "content": "A zone."}\n')
    (folder / "f.csv").write_text("title,body,category\nEta estate,The estate grows.,Housing\n")
    (folder / "README.md").write_text("# About\n\nNo story.")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    with desk_at(tmp_path) as desk:
        report = gather(desk, [str(folder)])
        assert (report.new, report.exit_code) == (7, 0)
        notices = {Path(refusal.place).name for refusal in report.refusals}
        assert notices == {"README.md", "photo.jpg"}
        stories = {story.title: story for story in desk.store.stories.between(None, NOW + timedelta(seconds=1))}
        assert stories["Gamma gate"].url == "https://crier.example/gamma-gate"
        assert stories["Gamma gate"].dek == "About Gamma gate."
        assert stories["Gamma gate"].publisher == "Town Crier"
        assert stories["Eta estate"].categories == ("Housing",)
        assert stories["Alpha road"].dek == "The council met on Monday."


def test_gathering_again_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(feed("One", "Two"))
    with desk_at(tmp_path) as desk:
        gather(desk, [str(tmp_path / "a.xml")])
        before = desk.store.connection.total_changes
        report = gather(desk, [str(tmp_path / "a.xml")])
        assert (report.new, report.found, report.sources[0].state) == (0, 2, "unchanged")
        assert desk.store.connection.total_changes == before


def test_a_changed_story_keeps_its_id_and_has_a_history(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text(feed("Mayor resigns"))
    with desk_at(tmp_path) as desk:
        gather(desk, [str(file)])
        [before] = desk.store.stories.between(None, NOW + timedelta(seconds=1))
        file.write_text(feed("Mayor resigns").replace("<title>Mayor resigns", "<title>Mayor resigns after vote"))
        report = gather(desk, [str(file)])
        assert (report.new, report.sources[0].changed) == (0, 1)
        after = find_story(desk, before.id[:4])
        assert after.title == "Mayor resigns after vote"
        [version] = desk.store.stories.history(before.id)
        assert version.before == {"title": "Mayor resigns"}


def test_one_bad_file_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(STORY.format(title="Alpha road"))
    (tmp_path / "bad.txt").write_text("Only a title\n")
    with desk_at(tmp_path) as desk:
        report = gather(desk, [str(tmp_path / "good.txt"), str(tmp_path / "bad.txt")])
        assert report.exit_code == 4
        assert report.new == 1
        [refusal] = report.refusals
        assert (Path(refusal.place).name, refusal.reason) == ("bad.txt", "has a title but no text")


@pytest.mark.parametrize(
    ("name", "content", "words", "code"),
    [
        ("empty.xml", "", "is empty", 1),
        ("page.xml", "<!DOCTYPE html><html><head><title>x</title></head><body><p>No</p></body></html>", "web page", 1),
        ("none.xml", FEED.format(items=""), "holds no stories", 0),
        ("cut.json", '{"items": [', "not valid JSON", 1),
        ("cut.jsonl", '{"title": ', "not valid JSON", 1),
        ("cut.csv", "a,b\n1,2\n", "no column called 'title'", 1),
        ("words.xml", "just some words", "no feed", 1),
    ],
)
def test_what_is_no_feed_is_one_clear_line(tmp_path: Path, name: str, content: str, words: str, code: int) -> None:
    (tmp_path / name).write_text(content)
    with desk_at(tmp_path) as desk:
        report = gather(desk, [str(tmp_path / name)])
        [refusal] = report.refusals
        assert words in refusal.reason
        assert "\n" not in refusal.reason
        assert report.exit_code == code


def test_a_missing_path_and_an_empty_configuration_are_told(tmp_path: Path) -> None:
    with desk_at(tmp_path) as desk:
        report = gather(desk, [str(tmp_path / "nowhere")])
        assert report.exit_code == 1
        assert "no such file" in report.refusals[0].reason
        with pytest.raises(ConfigError, match="nothing to gather"):
            gather(desk)


def test_a_category_is_given_to_what_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(feed("One"))
    with desk_at(tmp_path) as desk:
        gather(desk, [str(tmp_path / "a.xml")], category="Politics")
        [story] = desk.store.stories.between(None, NOW + timedelta(seconds=1))
        assert story.categories == ("Politics",)


def test_a_named_file_of_a_configured_source_belongs_to_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(STORY.format(title="Alpha road"))
    sources = '[sources.desk]\npath = "in"\ncategory = "Local"\n'
    with desk_at(tmp_path, sources) as desk:
        gather(desk, [str(tmp_path / "in" / "a.txt")])
        [story] = desk.store.stories.between(None, NOW + timedelta(seconds=1))
        assert (story.source, story.categories) == ("desk", ("Local",))
        assert gather(desk).new == 0


def test_a_story_is_found_by_the_letters_it_alone_begins_with(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(feed("One"))
    with desk_at(tmp_path) as desk:
        gather(desk, [str(tmp_path / "a.xml")])
        with pytest.raises(EditionError, match="no story is called"):
            find_story(desk, "!!")
