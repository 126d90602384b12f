from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import load_config, parse_config
from broadsheet.config.tables import with_table, without_table
from broadsheet.desk import open_desk
from broadsheet.desk.gathering import gather
from broadsheet.desk.sources import add_source, export_opml, import_opml, remove_source, source_health
from broadsheet.errors import ConfigError, SourceError
from broadsheet.gather.discover import feeds_in
from broadsheet.gather.opml import read_opml
from tests.desk.test_gathering import PROJECT, feed
from tests.gather.web import Web, running

TEXT = PROJECT + '# our own\n[gathering]\nallow_hosts = ["127.0.0.1"]\n\n[sources.desk]\npath = "stories"   # by hand\n'


@pytest.fixture
def web() -> Iterator[Web]:
    with running() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "broadsheet.toml").write_text(TEXT)
    return tmp_path


def add(project: Path, place: str, **options: str) -> str:
    with open_desk(project) as desk:
        return add_source(desk, place, **options)[0]  # type: ignore[arg-type]  # texts only


def test_a_sites_feed_is_found_from_its_address(project: Path, web: Web) -> None:
    web.page(
        "/",
        "<html><head><link rel='alternate' type='application/rss+xml' href='/comments/feed' title='Comments'>"
        "<link rel=alternate type=application/atom+xml href=/news.xml></head></html>",
    )
    web.page("/news.xml", feed("One"))
    name = add(project, web.url + "/", category="Local")
    assert name == "town-crier"
    source = load_config(project).sources[name]
    assert (source.url, source.category) == (f"{web.url}/news.xml", "Local")
    assert (project / "broadsheet.toml").read_text().startswith(TEXT.rstrip("\n"))


def test_a_feed_at_a_usual_place_is_found_too(project: Path, web: Web) -> None:
    web.page("/", "<html><body>Nothing is announced here</body></html>")
    web.page("/feed.xml", feed("One"))
    add(project, web.url + "/", name="crier")
    assert load_config(project).sources["crier"].url == f"{web.url}/feed.xml"
    with pytest.raises(ConfigError, match="is the source 'crier' already"):
        add(project, f"{web.url}/feed.xml")


def test_a_site_without_a_feed_is_told_and_nothing_is_written(project: Path, web: Web) -> None:
    with pytest.raises(SourceError, match="leads to no feed"):
        add(project, web.page("/", "<html></html>"))
    with pytest.raises(SourceError, match="no such file"):
        add(project, "nowhere.xml")
    assert (project / "broadsheet.toml").read_text() == TEXT


def test_a_folder_is_added_by_its_path_and_removed_again(project: Path) -> None:
    (project / "wire").mkdir()
    assert add(project, str(project / "wire")) == "wire"
    assert load_config(project).sources["wire"].path == "wire"
    with open_desk(project) as desk:
        remove_source(desk, "wire")
    assert (project / "broadsheet.toml").read_text() == TEXT
    with open_desk(project) as desk, pytest.raises(ConfigError, match="no source is called"):
        remove_source(desk, "wire")


def test_health_says_how_each_source_is_doing(project: Path, web: Web) -> None:
    (project / "stories").mkdir()
    add(project, web.page("/a.xml", feed("One")), name="good")
    add(project, web.page("/b.xml", feed("Two")), name="bad")
    web.page("/b.xml", "", 500)
    with open_desk(project) as desk:
        gather(desk)
        found = {one.source: one for one in source_health(desk)}
    assert (found["good"].state, found["good"].stories, found["good"].last) == ("good", 1, 1)
    assert (found["bad"].state, found["bad"].failures, found["bad"].error) == ("failing", 1, "the server answers 500")
    assert found["desk"].state == "never read"


def test_opml_goes_in_and_out(project: Path) -> None:
    opml = b"""<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
      <outline text="News &amp; Views"><outline type="rss" text="A" xmlUrl="https://a.example/feed"/>
      <outline text="B &quot;b&quot;" xmlUrl="https://b.example/feed?x=1&amp;y=2"/></outline>
      <outline text="A again" xmlUrl="https://a.example/feed"/><outline text="C" xmlurl="https://c.example/"/>
      <outline text="bad" xmlUrl="javascript:x"/></body></opml>"""
    with open_desk(project) as desk:
        assert import_opml(desk, opml, place="x.opml") == ["a", "b-b", "c"]
    with open_desk(project) as desk:
        assert import_opml(desk, opml, place="x.opml") == []
        out = export_opml(desk)
    again = read_opml(out.encode(), place="out")
    assert [(one.url, one.category) for one in again] == [
        ("https://a.example/feed", "News & Views"),
        ("https://b.example/feed?x=1&y=2", "News & Views"),
        ("https://c.example/", ""),
    ]
    with pytest.raises(SourceError, match="is no OPML"):
        read_opml(feed("One").encode(), place="x")


def test_links_that_look_like_feeds_are_tried_after_announced_ones() -> None:
    page = (
        '<a href="/rss">RSS</a><link rel="alternate" type="application/feed+json" href="f.json">'
        '<a href="/feedback">no</a>'
    )
    assert feeds_in(page, "https://a.example/x/") == ["https://a.example/x/f.json", "https://a.example/rss"]


@given(st.text(max_size=60))
def test_any_value_can_be_written_and_read_back(value: str) -> None:
    value = value.encode("utf-8", "ignore").decode()
    text = with_table(TEXT, "sources.x", {"path": "p", "publisher": value})
    assert parse_config(text, folder=Path()).sources["x"].publisher.strip() == value.strip()
    assert without_table(text, "sources.x") == TEXT


def test_comments_of_other_tables_stay() -> None:
    text = "# top\n[a]\nx = 1\n\n# about b\n[b]\ny = 2\n[b.c]\nz = 3\n\n# about d\n[d]\n"
    assert without_table(text, "b") == "# top\n[a]\nx = 1\n\n# about d\n[d]\n"
