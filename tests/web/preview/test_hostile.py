"""Every way in, for those who should not have one: no route is forgotten, because they are listed here."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from broadsheet.desk.production import render
from broadsheet.model import EditionStatus
from broadsheet.web.preview.desk_page import DeskPage
from tests.web.preview.conftest import NOW, Room, log_in, mail

# What acts. A route that is added to the page must be added here, and every test below then tries it.
ACTS = {"/act"}
DOOR_ACTS = {"/login", "/logout"}  # of a shared preview; its door answers them itself
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
FOREIGN = (
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example"},
)  # fmt: skip


@pytest.fixture
def routes(room: Room) -> list[Route]:
    found = DeskPage(room.folder, "daily", NOW.date()).app().routes
    assert all(isinstance(route, Route) for route in found), "a mount or a socket is no route that is tried here"
    return [route for route in found if isinstance(route, Route)]


def test_only_what_is_listed_acts(routes: list[Route]) -> None:
    reading = {"GET", "HEAD"}
    assert {route.path for route in routes if not set(route.methods or ()) <= reading} == ACTS
    assert all(set(route.methods or ()) == {"POST"} for route in routes if route.path in ACTS)


def test_no_foreign_page_or_name_acts_on_any_route(room: Room, routes: list[Route], client: httpx2.Client) -> None:
    seen = client.get("/regions").json()
    form = {"do": "skip", "reason": "x", "revision": seen["revision"], "hash": seen["hash"]}
    for route in routes:
        for headers in FOREIGN:
            for method in METHODS:
                if method in ("GET", "HEAD") and "Host" not in headers:
                    continue  # another page may ask; it cannot read the answer
                answer = client.request(method, route.path, headers=headers, content=None if "Host" in headers else b"")
                assert answer.status_code in (400, 403, 421), (route.path, method, headers)
    for path in ACTS:
        for headers in FOREIGN:
            assert client.post(path, data=form, headers=headers).status_code in (400, 403, 421), headers
    assert room.edition.status is EditionStatus.DRAFT


def test_no_route_answers_without_a_session(room: Room, routes: list[Route], shared: str) -> None:
    for base in (room.url, shared):
        for route in routes:
            if base == shared and route.path == "/preview.css":
                continue  # the form to log in wears it
            for method in METHODS:
                answer = httpx2.request(method, base + route.path, headers={"Origin": base}, timeout=60)
                if base == shared and route.path == "/" and method in ("GET", "HEAD"):
                    assert answer.headers["location"] == "/login"
                    continue
                assert answer.status_code in (401, 403, 411), (base, route.path, method)


def test_a_viewer_acts_on_no_route(room: Room, routes: list[Route], shared: str) -> None:
    with room.desk() as desk:
        before = (room.edition, desk.store.editions.revisions(room.edition.id))
    with log_in(shared, "vera", "only looking at it") as viewer:
        seen = viewer.get("/regions").json()
        form = {"do": "approve", "revision": seen["revision"], "hash": seen["hash"]}
        for route in routes:
            for method in METHODS[2:]:
                answer = viewer.request(method, route.path, data=form)
                assert answer.status_code in (403, 405), (route.path, method)
    with room.desk() as desk:
        assert (room.edition, desk.store.editions.revisions(room.edition.id)) == before


def test_the_doors_own_paths_take_no_foreign_form(shared: str) -> None:
    with log_in(shared, "robin", "correct horse battery") as client:
        for path in DOOR_ACTS:
            for headers in FOREIGN:
                form = {"name": "robin", "password": "correct horse battery"}
                assert client.post(path, data=form, headers=headers).status_code in (400, 403, 421), (path, headers)
        assert client.get("/regions").status_code == 200


# A theme is a newsroom's own, but what it is fed is not: here everything has gone wrong before the frame.
ESCAPED = """
<script>top.owned = 1; parent.document.title = 'owned'; fetch('/act', {method: 'POST'})</script>
<img src="x:y" onerror="top.owned = 2"><svg onload="top.owned = 3"></svg>
<iframe srcdoc="<script>top.owned = 4</script>"></iframe>
<meta http-equiv="refresh" content="0;url=https://evil.example/">
<form action="/act" method="post" target="_top"><input name="do" value="skip"><button id="press">Press</button></form>
<a id="top" href="https://evil.example/" target="_top">Top</a>
<a id="js" href="javascript:top.owned=5">Script</a>
<style>@import url(https://evil.example/x.css); body { background: url(/act) }</style>
<object data="/act"></object><embed src="/act"><link rel="stylesheet" href="/act"><base href="https://evil.example/">
"""


@pytest.mark.slow
def test_markup_that_got_into_the_mail_runs_goes_and_reaches_nowhere(
    room: Room, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    def hostile(*given: Any, **named: Any) -> Any:
        rendered = render(*given, **named)
        return replace(rendered, html=rendered.html.replace("</body>", f"{ESCAPED}</body>"))

    monkeypatch.setattr("broadsheet.desk.proofing.render", hostile)
    context = browser.new_context(viewport={"width": 1440, "height": 2400}, locale="en-GB")
    context.set_default_timeout(30_000)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    reached: list[str] = []  # what the page's policy did not stop

    def stop(route: Any) -> None:
        reached.append(route.request.url)
        route.abort()

    context.route("**/*evil.example/**", stop)
    page.goto(room.link)
    page.locator("body.live").wait_for()
    frame = mail(page)
    frame.locator("#press").scroll_into_view_if_needed()
    frame.locator("#press").click()
    frame.locator("#js").click()
    frame.locator("#top").click()
    for form in ("print", "clipped", "html"):
        page.locator("#show-form").select_option(form)
        page.locator(f"#stage iframe:not(.coming)[src*='view={form}']").wait_for(state="attached")
    assert page.evaluate("window.owned") is None
    assert page.url == f"{room.url}/"
    assert page.title() != "owned"
    assert frame.locator("body").evaluate("() => document.cookie") == ""
    assert not [one for one in asked if one.startswith("POST")]
    assert reached == []
    assert room.edition.status is EditionStatus.DRAFT
    context.close()


def test_the_session_is_out_of_scripts_reach(client: httpx2.Client, room: Room) -> None:
    text = client.get("/").text + client.get("/regions").text + client.get("/mail").text
    for cookie in client.cookies.values():
        assert cookie not in text
    assert room.link.partition("token=")[2] not in text
