"""Who comes in, who may act, and what the answers allow."""

from __future__ import annotations

import httpx2
import pytest

from broadsheet.model import EditionStatus
from tests.web.preview.conftest import Room, act


def test_the_link_brings_the_key_once_and_a_cookie_keeps_it(room: Room) -> None:
    with httpx2.Client(base_url=room.url, timeout=60) as visitor:
        answer = visitor.get(room.link)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert room.link.partition("token=")[2].lower() not in cookie
        page = visitor.get("/")
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "style=" not in page.text
        assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/regions", "/mail", "/changes", "/export?platform=html", "/preview.js"])
def test_nothing_is_shown_without_the_key(room: Room, path: str) -> None:
    for cookies in ({}, {f"broadsheet-preview-{room.url.rpartition(':')[2]}": "é guess"}):
        headers = [(b"Cookie", "; ".join(f"{k}={v}" for k, v in cookies.items()).encode())]
        assert httpx2.get(room.url + path, headers=headers, timeout=60).status_code == 403
    assert httpx2.get(f"{room.url}/open?token=guess", timeout=60).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example", ""])
def test_a_foreign_name_of_this_machine_reaches_nothing(client: httpx2.Client, room: Room, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code in (400, 421)
    token = room.link.partition("/open")[2]
    assert client.get(f"/open{token}", headers={"Host": host}).status_code in (400, 421)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_act(client: httpx2.Client, room: Room, headers: dict[str, str]) -> None:
    revision = client.get("/regions").json()["revision"]
    answer = client.post("/act", data={"do": "skip", "reason": "x", "revision": revision}, headers=headers)
    assert answer.status_code == 403
    assert room.edition.status is EditionStatus.DRAFT


def test_reading_changes_nothing_and_long_bodies_are_refused(client: httpx2.Client, room: Room) -> None:
    assert client.get("/act?do=skip&reason=x").status_code == 405
    assert client.put("/act").status_code in (403, 405)
    assert client.post("/act", content=b"x" * 70_000).status_code == 413
    assert room.edition.status is EditionStatus.DRAFT


def test_the_mail_stands_in_a_sandbox(client: httpx2.Client) -> None:
    shown = client.get("/mail?mode=dark&images=off")
    policy = shown.headers["content-security-policy"]
    assert "sandbox allow-same-origin allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "img-src 'none'" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "<script" not in shown.text
    assert "prefers-color-scheme" not in shown.text
    assert client.get("/mail?view=text").headers["content-type"].startswith("text/plain")


def test_what_was_decided_on_an_older_state_is_refused(client: httpx2.Client, room: Room) -> None:
    old = client.get("/regions").json()
    first = act(client, room, do="words", story="news1", headline="The first editor's", dek="What news1 is about.")
    assert first.json()["done"]
    for form in (
        {"do": "words", "story": "news1", "headline": "The second editor's"},
        {"do": "drop", "story": "news1"},
        {"do": "approve", "hash": old["hash"]},
        {"do": "test", "email": "robin@example.org"},
        {"do": "skip", "reason": "x"},
    ):
        answer = client.post("/act", data={"revision": old["revision"]} | form, headers={"Accept": "application/json"})
        assert answer.status_code == 409
        assert "changed by Robin while you looked at it" in answer.json()["notice"]
        assert "The first editor&#39;s" in answer.json()["regions"]["edition"]
    assert "The first editor's" in room.headlines()
    assert room.edition.status is EditionStatus.DRAFT
    assert not (room.folder / "outbox").exists()


def test_a_changed_theme_is_seen_and_keeps_what_was_seen_from_being_approved(client: httpx2.Client, room: Room) -> None:
    before = client.get("/changes").json()["state"]
    assert client.get("/changes").json()["state"] == before
    seen = client.get("/regions").json()
    config = room.folder / "broadsheet.toml"
    config.write_text(config.read_text().replace("1 Press Lane", "22 Press Lane"), encoding="utf-8")
    assert client.get("/changes").json()["state"] != before
    answer = act(client, room, do="approve", hash=seen["hash"])
    assert answer.status_code == 409
    assert room.edition.status is EditionStatus.DRAFT
    assert answer.json()["hash"] != seen["hash"]
    assert act(client, room, do="approve", hash=answer.json()["hash"]).json()["done"]
    config.write_text("[publications", encoding="utf-8")
    assert "The last good configuration is shown" in client.get("/regions").json()["regions"]["inbox"]


def test_blocking_findings_must_be_acknowledged(client: httpx2.Client, room: Room) -> None:
    config = room.folder / "broadsheet.toml"
    config.write_text(f"{config.read_text()}\n[checks]\nsubject-shouting = 'block'\n", encoding="utf-8")
    act(client, room, do="words", subject="READ ALL OF THIS NOW")
    seen = client.get("/regions").json()
    assert "blocking: 1" in seen["regions"]["state"]
    refused = act(client, room, do="approve", hash=seen["hash"])
    assert refused.status_code == 422
    assert act(client, room, do="approve", hash=seen["hash"], acknowledged="subject-shouting").json()["done"]
    with room.desk() as desk:
        acknowledged = desk.store.editions.revisions(room.edition.id)[-2]
    assert (acknowledged.verb, acknowledged.value["rule"]) == ("acknowledge", "subject-shouting")


def test_every_button_does_what_it_says(client: httpx2.Client, room: Room) -> None:
    assert room.headlines() == ["Harbour opens to ferries", "Council counts its trees", room.headlines()[2]]
    assert act(client, room, do="down", story="news1").json()["notice"] == "Moved down."
    assert room.headlines()[1] == "Harbour opens to ferries"
    assert act(client, room, do="up", story="news2").json()["notice"] == "Nothing was different."
    assert act(client, room, do="section", story="news2", section="Sport").json()["done"]
    assert room.headlines(1)[-1] == "Council counts its trees"
    assert act(client, room, do="add", story="news4", section="News").json()["done"]
    assert "Bridge closed for painting" in room.headlines()
    assert act(client, room, do="lead", story="sport1").json()["done"]
    assert room.edition.lead == "sport1"
    assert act(client, room, do="words", intro="Good morning.\r\n\r\nRead on.").json()["done"]
    assert room.edition.intro == "Good morning.\n\nRead on."
    assert act(client, room, do="words", subject=" ").status_code == 422
    assert act(client, room, do="words", story="news1", headline="Ours", dek="").json()["done"]
    assert act(client, room, do="reset", story="news1").json()["done"]
    assert "Harbour opens to ferries" in room.headlines()
    assert act(client, room, do="skip").status_code == 422
    assert act(client, room, do="skip", reason="holiday").json()["done"]
    assert act(client, room, do="drop", story="news1").status_code == 422
    assert act(client, room, do="reopen").json()["done"]
    assert act(client, room, do="drop", story="news1").json()["done"]
    assert act(client, room, do="pick").json()["done"]
    assert "Harbour opens to ferries" not in room.headlines()
    assert act(client, room, do="fly").status_code == 422
    assert act(client, room, do="test", email="no address").status_code == 422


def test_an_export_is_downloaded_and_a_form_works_without_the_script(client: httpx2.Client, room: Room) -> None:
    answer = client.get("/export?platform=html")
    assert answer.content.startswith(b"PK")
    assert "daily-2026-11-24-html.zip" in answer.headers["content-disposition"]
    assert client.get("/export?platform=fax").status_code == 422
    revision = client.get("/regions").json()["revision"]
    page = client.post("/act", data={"do": "drop", "story": "news1", "revision": revision})
    assert "Dropped." in page.text
    assert page.text.startswith("<!doctype html>")
