"""Stories brought in by an editor: found by search, fetched from an address, written by hand, another telling."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from broadsheet.desk import editing
from tests.web.preview.conftest import HOSTILE, NOW, Room, act, mail, notice, story

ARTICLE = """<!doctype html><html lang="en-GB"><head><title>Ferry fares to fall | The Ledger</title>
<meta property="og:title" content="Ferry fares to fall &amp;lt;b&amp;gt; in May">
<meta property="og:site_name" content="The Ledger">
<meta property="og:description" content="Crossings will cost a fifth less."><meta name="author" content="Ada Lovelace">
<meta property="article:published_time" content="2026-11-24T05:00:00Z"><link rel="canonical" href="/ferry?utm_source=x">
<script>top.owned = 1</script></head>
<body><article><p>Crossings will cost a fifth less from May.</p></article></body></html>"""


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, text = ("text/html", ARTICLE) if self.path.startswith("/ferry") else ("application/pdf", "%PDF")
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def trust(room: Room) -> None:
    config = room.folder / "broadsheet.toml"
    config.write_text(config.read_text() + '\n[gathering]\nallow_hosts = ["127.0.0.1"]\n', encoding="utf-8")


def test_an_article_is_fetched_cleaned_and_added(client: httpx2.Client, room: Room, site: str) -> None:
    refused = act(client, room, do="address", url=f"{site}/ferry", section="News")
    assert refused.status_code == 422
    assert "is refused" in refused.json()["notice"]
    trust(room)
    assert act(client, room, do="address", url=f"{site}/ferry?utm_source=x", section="Sport").json()["done"]
    pick = room.edition.sections[1].picks[-1]
    assert pick.headline == "Ferry fares to fall <b> in May"
    assert (pick.dek, pick.story.publisher) == ("Crossings will cost a fifth less.", "The Ledger")
    assert (pick.story.url, pick.story.authors) == (f"{site}/ferry", ("Ada Lovelace",))
    assert pick.is_pinned
    for path, told in (("/gone", "answers 404"), ("/file.pdf", "no page but application/pdf")):
        answer = act(client, room, do="address", url=site + path, section="News")
        assert answer.status_code == 422
        assert told in answer.json()["notice"]
    for url in ("file:///etc/passwd", "javascript:alert(1)", "http://169.254.169.254/latest"):
        assert act(client, room, do="address", url=url, section="News").status_code == 422


def test_a_story_is_written_by_hand(client: httpx2.Client, room: Room) -> None:
    form = {"do": "write", "title": HOSTILE, "dek": "All of it <b>bold</b>.", "section": "News"}
    assert act(client, room, **form, url="javascript:alert(1)").status_code == 422
    assert act(client, room, **form | {"title": " "}).status_code == 422
    assert act(client, room, **form, url="https://example.org/own").json()["done"]
    pick = room.edition.sections[0].picks[-1]
    assert pick.headline == " ".join(HOSTILE.split())
    assert (pick.dek, pick.story.source, pick.story.publisher) == ("All of it <b>bold</b>.", "newsroom", "The Daily")
    assert "<script" not in client.get("/mail").text


def test_search_finds_by_title_text_and_source(client: httpx2.Client, room: Room) -> None:
    def found(words: str) -> list[str]:
        html = client.get("/search", params={"q": words}).json()["html"]
        return [title for title in ("Harbour opens", "Council counts", "Bridge closed", "Rowers win") if title in html]

    assert found("hârbour OPENS") == ["Harbour opens"]
    assert found("what sport1 is about") == ["Rowers win"]
    assert found("wire") == ["Harbour opens", "Council counts", "Bridge closed", "Rowers win"]
    assert found("nothing of the kind") == []
    html = client.get("/search", params={"q": "news"}).json()["html"]
    assert "stands in News 1" in html
    assert "<script" not in html
    assert "stories that score higher fill its 3 places" in html


@pytest.mark.slow
def test_an_editor_searches_adds_and_writes(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    page.get_by_text("Add a story").click()
    page.get_by_label("Search all stories").fill("bridge paint")
    page.locator("#found", has_text="1 of 1 stories").wait_for()
    page.locator("#found").get_by_role("button", name="Add: Bridge closed").click()
    notice(page, "Added to the section.")
    mail(page).get_by_text("Bridge closed for painting").filter(visible=True).first.wait_for()
    page.locator("#found", has_text="stands in News 4").wait_for()
    page.get_by_text("Write a story by hand").click()
    page.get_by_label("Headline", exact=True).fill("A word from the editors")
    page.get_by_label("Dek", exact=True).fill("We are moving house.")
    page.locator("#write").click()
    notice(page, "Written, and added to the section.")
    mail(page).get_by_text("We are moving house.").first.wait_for()
    assert page.get_by_label("Headline", exact=True).input_value() == ""
    assert page.evaluate("window.owned") is None


@pytest.mark.slow
def test_another_telling_is_chosen(room: Room, enter: Callable[..., Any]) -> None:
    with room.desk() as desk:
        one = "Minister Okafor resigns over the Calder bridge contracts after an audit"
        desk.store.stories.save([
            story("tell1", one, 1),
            story("tell2", "Okafor resigns as minister over Calder bridge contracts, audit finds", 2),
        ])  # fmt: skip
        editing.pick_edition(desk, desk.config.publication(), NOW.date())
        pick = next(p for p in room.edition.picks if p.also_reported_by)
    other = pick.also_reported_by[0]
    page = enter()
    page.locator(f"#why-{pick.story.id} summary").click()
    page.get_by_role("button", name=f"Print this one: {other.title}").click()
    notice(page, "This telling is printed instead.")
    ids = [p.story.id for p in room.edition.picks]
    assert other.id in ids
    assert pick.story.id not in ids
    page.locator(f"#why-{other.id} summary").click()
    page.get_by_role("button", name=f"Print this one: {pick.story.title}").wait_for()
