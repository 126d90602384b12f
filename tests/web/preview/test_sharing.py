"""A shared preview: who may log in, what a session is worth, and that a viewer changes nothing."""

from __future__ import annotations

import re
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from broadsheet.errors import ConfigError
from broadsheet.web.preview import deeds
from broadsheet.web.preview.accounts import Accounts
from broadsheet.web.preview.desk_page import DeskPage
from broadsheet.web.preview.serving import Share
from broadsheet.web.preview.standings import FILE_NAME, Standings
from tests.certificates import certificate_for
from tests.web.preview.conftest import NOW, Clock, Room, act, log_in, notice, sharing


def test_nothing_is_shown_or_done_before_the_login(room: Room, shared: str) -> None:
    with httpx2.Client(base_url=shared, timeout=60, headers={"Origin": shared}) as client:
        assert client.get("/").headers["location"] == "/login"
        for path in ("/regions", "/mail", "/changes", "/search?q=x", "/export?platform=html", "/preview.js"):
            assert client.get(path).status_code == 401, path
        assert client.post("/act", data={"do": "skip", "reason": "x"}).status_code == 401
        page = client.get("/login")
        assert "unsafe" not in page.headers["content-security-policy"]
        assert 'type="password"' in page.text
        assert client.get("/preview.css").status_code == 200


def test_a_login_gives_a_session_that_ends(room: Room, shared: str, clock: Clock) -> None:
    with log_in(shared, "Robin", "correct horse battery") as client:
        answer = client.post("/login", data={"name": "robin", "password": "correct horse battery"})
        cookie = answer.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Max-Age=43200"))
        assert "horse" not in cookie
        assert client.get("/").status_code == 200
        regions = client.get("/regions").json()
        done = client.post(
            "/act", data={"do": "drop", "story": "news1", "revision": regions["revision"]},
            headers={"Accept": "application/json"},
        )  # fmt: skip
        assert done.json()["done"]
        with room.desk() as desk:
            assert desk.store.editions.revisions(room.edition.id)[-1].by == "robin"
        kept = dict(client.cookies)
        assert client.post("/logout").headers["location"] == "/login"
        assert httpx2.get(f"{shared}/regions", cookies=kept, timeout=60).status_code == 401
    with log_in(shared, "ada", "a difference engine") as client:
        assert client.get("/regions").status_code == 200
        clock.now += timedelta(hours=12, seconds=1)
        assert client.get("/regions").status_code == 401


def test_a_forged_or_changed_session_is_none(shared: str) -> None:
    with log_in(shared, "vera", "only looking at it") as client:
        (cookie,) = client.cookies.values()
    for forged in ("", "x", cookie[:-1], "A" + cookie, '["robin",9999999999,"x"].sig', "é"):
        headers = [(b"Cookie", f"broadsheet-desk={forged}".encode())]
        assert httpx2.get(f"{shared}/regions", headers=headers, timeout=60).status_code == 401


def test_guessing_ends_soon(shared: str, clock: Clock) -> None:
    with httpx2.Client(base_url=shared, timeout=60, headers={"Origin": shared}) as client:
        answers = [client.post("/login", data={"name": "robin", "password": f"guess {n}"}) for n in range(8)]
        assert {answer.status_code for answer in answers} == {403}
        right = {"name": "robin", "password": "correct horse battery"}
        refused = client.post("/login", data=right)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
        clock.now += timedelta(minutes=16)
        assert client.post("/login", data=right).status_code == 303


def test_another_site_or_name_cannot_log_in_or_act(shared: str) -> None:
    with log_in(shared, "robin", "correct horse battery") as client:
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            for path in ("/login", "/logout", "/act"):
                assert client.post(path, data={"do": "skip", "reason": "x"}, headers=headers).status_code == 403
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
        assert client.get("/regions").status_code == 200


def test_a_viewer_looks_and_changes_nothing(room: Room, shared: str, clock: Clock) -> None:
    with room.desk() as desk:
        before = (room.edition, desk.store.editions.revisions(room.edition.id), desk.store.stories.count())
    page = DeskPage(room.folder, "daily", NOW.date(), clock=clock)
    posts = [route.path for route in page.app().routes if isinstance(route, Route) and "POST" in (route.methods or ())]
    every = {"pick", *deeds.CHANGES, *deeds.TURNS}
    assert posts == ["/act"]
    assert len(every) > 18
    with log_in(shared, "vera", "only looking at it") as client:
        seen = client.get("/regions").json()
        for path in posts:
            for name in sorted(every):
                form = {
                    "do": name, "story": "news1", "revision": seen["revision"], "hash": seen["hash"], "reason": "x",
                    "email": "v@example.org", "headline": "x", "subject": "x", "title": "x", "url": "https://example.org",
                    "section": "Sport", "position": "1",
                }  # fmt: skip
                assert client.post(path, data=form).status_code == 403, name
            for method in ("PUT", "PATCH", "DELETE"):
                assert client.request(method, path, content=b"x").status_code in (403, 405)
        text = client.get("/").text
        assert re.findall(r'<button[^>]*name="do"', text) == []
        fields = re.findall(r"<textarea[^>]*>", text)
        assert len(fields) > 5
        assert all(" readonly" in field for field in fields)
        assert client.get("/mail").status_code == client.get("/export?platform=html").status_code == 200
    with room.desk() as desk:
        assert (room.edition, desk.store.editions.revisions(room.edition.id), desk.store.stories.count()) == before
    assert not (room.folder / "outbox").exists()


def test_one_person_is_locked_out_and_the_others_go_on(room: Room, shared: str) -> None:
    standings = Standings(room.folder)
    with log_in(shared, "robin", "correct horse battery") as robin, log_in(shared, "ada", "a difference engine") as ada:
        standings.put("Ada", "locked")
        assert ada.get("/regions").status_code == 401
        assert ada.post("/act", data={"do": "drop", "story": "news1"}).status_code == 401
        assert ada.post("/login", data={"name": "ada", "password": "a difference engine"}).status_code == 403
        assert robin.get("/regions").status_code == 200
        standings.put("ada", "")
        assert ada.get("/regions").status_code == 401  # that session is over for good
        assert ada.post("/login", data={"name": "ada", "password": "a difference engine"}).status_code == 303
        assert ada.get("/regions").status_code == 200
        assert robin.get("/regions").status_code == 200


def test_one_editor_becomes_a_viewer_within_the_session(room: Room, shared: str) -> None:
    standings = Standings(room.folder)
    with log_in(shared, "robin", "correct horse battery") as robin, log_in(shared, "ada", "a difference engine") as ada:
        standings.put("ada", "viewer")
        assert ada.post("/act", data={"do": "drop", "story": "news1"}).status_code == 403
        assert re.findall(r'<button[^>]*name="do"', ada.get("/").text) == []
        assert act(robin, room, do="drop", story="news1").json()["done"]
        with log_in(shared, "ada", "a difference engine") as again:
            assert again.post("/act", data={"do": "drop", "story": "news2"}).status_code == 403
        standings.put("ada", "")
        assert act(ada, room, do="drop", story="news2").json()["done"]


def test_nobody_comes_in_while_it_cannot_be_read_who_is_locked_out(room: Room, shared: str) -> None:
    with log_in(shared, "robin", "correct horse battery") as robin:
        (room.folder / FILE_NAME).write_text("lokced ada\n", encoding="utf-8")
        answer = robin.get("/regions")
        assert answer.status_code == 503
        assert f"{FILE_NAME}:1" in answer.text


def test_over_tls_the_cookie_goes_no_other_way(room: Room, clock: Clock, tmp_path: Path) -> None:
    certificate = certificate_for("127.0.0.1", tmp_path / "desk.pem")
    share = Share(host="127.0.0.1", certificate=certificate, key=certificate)
    with sharing(room.folder, share, clock) as address:
        assert address.startswith("https://")
        trust = ssl.create_default_context(cafile=str(certificate))
        with httpx2.Client(base_url=address, verify=trust, timeout=60, headers={"Origin": address}) as client:
            answer = client.post("/login", data={"name": "robin", "password": "correct horse battery"})
            assert answer.headers["set-cookie"].startswith("__Host-")
            assert "Secure" in answer.headers["set-cookie"]
            assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "needs somebody who may log in"),
        ({"BROADSHEET_PREVIEW_VIEWERS": "vera:only looking at it"}, "needs somebody who may log in"),
        ({"BROADSHEET_PREVIEW_EDITORS": "robin:short"}, "at least 12 characters for 'robin'"),
        ({"BROADSHEET_PREVIEW_EDITORS": "no colon at all in this"}, "expected NAME:PASSWORD"),
        ({"BROADSHEET_PREVIEW_EDITORS": "robin:correct horse;Robin:correct horse two"}, "named twice"),
    ],
)
def test_passwords_that_will_not_do_are_refused(environment: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError, match=told) as error:
        Accounts.from_environment(environment)
    assert "correct" not in str(error.value)


def test_a_share_knows_how_it_is_addressed() -> None:
    assert Share(host="192.0.2.1").origin(8800) == "http://192.0.2.1:8800"
    assert Share(host="0.0.0.0", public_url="https://Desk.example.org").origin(1) == "https://desk.example.org"
    for share in (
        Share(host="0.0.0.0"),
        Share(host="::", public_url="desk"),
        Share(host="x", public_url="https://a/b"),
    ):
        with pytest.raises(ConfigError):
            share.origin(8800)


@pytest.mark.slow
def test_two_editors_work_at_once_in_a_browser(room: Room, shared: str, browser: Any) -> None:
    pages = []
    for name, password in (("robin", "correct horse battery"), ("ada", "a difference engine")):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.goto(shared)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        page.locator("body.live").wait_for()
        pages.append(page)
    robin, ada = pages
    robin.get_by_role("button", name="Drop: Council counts its trees").click()
    notice(robin, "Dropped.")
    ada.locator("#headline-news2").wait_for(state="detached")
    ada.locator("#headline-news1").fill("Ada's words")
    ada.locator("#headline-news1").press("Enter")
    notice(ada, "Saved.")
    robin.wait_for_function("() => document.querySelector('#headline-news1').value === \"Ada's words\"")
    robin.keyboard.press("Control+z")
    notice(robin, "Taken back: drop.")
    assert room.headlines()[:2] == ["Ada's words", "Council counts its trees"]
    robin.get_by_role("button", name="Log out").click()
    robin.get_by_label("Password").wait_for()
    for page in pages:
        page.context.close()
