"""The public pages in a real Chromium: no script, keyboard only, 320 pixels wide, right to left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from broadsheet.desk import Desk
from broadsheet.desk.readers import signer_of
from broadsheet.desk.sending import send
from broadsheet.desk.subscribing import add_subscriber, show_person
from broadsheet.model import Consent
from tests.check.conftest import cache  # noqa: F401 - a fixture
from tests.check.neighbours import AXE, fetched
from tests.web.conftest import NOW, Site, path_of
from tests.web.test_editions import publish

pytestmark = pytest.mark.slow


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Callable[..., Any]]:
    contexts = []

    def opened(path: str, *, width: int = 320, dark: bool = False, locale: str = "en-GB") -> Any:
        context = browser.new_context(
            base_url=site.url, java_script_enabled=False, locale=locale, viewport={"width": width, "height": 700},
            color_scheme="dark" if dark else "light",
        )  # fmt: skip
        contexts.append(context)
        shown = context.new_page()
        shown.goto(path)
        return shown

    yield opened
    for context in contexts:
        context.close()


def subscribe(desk: Desk) -> int:
    return add_subscriber(desk, desk.config.publication("daily"), "ada@example.com")


def state(desk: Desk) -> Consent:
    return show_person(desk, "ada@example.com").subscriptions[0][0].state


def test_leaving_and_coming_back_by_keyboard_alone(desk: Desk, page: Callable[..., Any]) -> None:
    shown = page(path_of(desk, "unsubscribe", subscribe(desk)))
    assert state(desk) is Consent.CONFIRMED
    shown.keyboard.press("Tab")
    assert shown.locator(":focus").inner_text() == "Unsubscribe"
    with shown.expect_navigation():
        shown.keyboard.press("Enter")
    assert state(desk) is Consent.UNSUBSCRIBED
    assert shown.locator("h1").inner_text() == "You are unsubscribed"
    shown.keyboard.press("Tab")
    with shown.expect_navigation():
        shown.keyboard.press("Enter")
    assert state(desk) is Consent.CONFIRMED


def test_preferences_by_keyboard_alone(desk: Desk, page: Callable[..., Any]) -> None:
    number = subscribe(desk)
    shown = page(path_of(desk, "preferences", number))
    shown.keyboard.press("Tab")
    shown.keyboard.press("Space")  # unticks the first section
    shown.get_by_label("One a week").focus()
    shown.keyboard.press("Space")
    shown.get_by_role("button", name="Save").focus()
    with shown.expect_navigation():
        shown.keyboard.press("Enter")
    assert shown.get_by_role("status").inner_text() == "Your choice is saved."
    subscription = desk.store.subscribers.subscription(number)
    assert subscription is not None
    assert (subscription.sections, subscription.cadence) == (("Culture",), "weekly")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_no_page_is_wider_than_the_window(desk: Desk, page: Callable[..., Any], width: int, language: str) -> None:
    number = subscribe(desk)
    for path in (path_of(desk, "unsubscribe", number), path_of(desk, "preferences", number), "/s/daily", "/"):
        shown = page(f"{path}?lang={language}", width=width)
        root = shown.locator("html")
        assert root.evaluate("e => e.scrollWidth") <= width
        assert root.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        for control in shown.locator("button, select, input:not([type=hidden], [type=checkbox], [type=radio])").all():
            box = control.bounding_box()
            if control.get_attribute("name") != "website":
                assert box["height"] >= 44


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar", "ja"])
def test_axe_finds_no_fault_on_any_page(
    desk: Desk,
    browser: Any,
    site: Site,
    cache: Path,  # noqa: F811 - the fixture
    language: str,
    dark: bool,
) -> None:
    axe = fetched(AXE, "axe.min.js", cache).read_text(encoding="utf-8")
    number = subscribe(desk)
    leaving, preferences = path_of(desk, "unsubscribe", number), path_of(desk, "preferences", number)
    confirming = signer_of(desk).confirm_url("", number, NOW)
    faults, seen = {}, []
    context = browser.new_context(
        base_url=site.url, locale=language, viewport={"width": 320, "height": 700},
        color_scheme="dark" if dark else "light",
    )  # fmt: skip
    shown = context.new_page()

    def judge(name: str) -> None:
        assert shown.locator("html").get_attribute("lang") == language
        seen.append(shown.locator("h1").inner_text())
        shown.evaluate(axe)
        for fault in shown.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
            faults[f"{name}: {fault['id']}"] = fault["nodes"][0]["html"][:200]

    for name, path in (("no edition yet", "/archive/daily"), ("asked to leave", leaving)):
        shown.goto(f"{path}?lang={language}")
        judge(name)
    for name in ("left", "back"):
        with shown.expect_navigation():
            shown.get_by_role("button").click()
        judge(name)
    send(desk, desk.config.publication("daily"), publish(desk, desk.config.publication("daily")).date)
    for name, path in (
        ("home", "/"), ("archive", "/archive/daily"), ("confirmation", confirming), ("nothing", "/u/nothing"),
        ("joining", "/s/daily"), ("preferences", preferences),
    ):  # fmt: skip
        shown.goto(f"{path}?lang={language}")
        judge(name)
    with shown.expect_navigation():
        shown.get_by_role("button").click()
    judge("saved")
    shown.goto(f"/s/daily?lang={language}")
    shown.locator("#email").fill("ada@localhost")
    with shown.expect_navigation():
        shown.get_by_role("button").click()
    judge("no address")
    shown.locator("#email").fill("ben@example.com")
    with shown.expect_navigation():
        shown.get_by_role("button").click()
    judge("too quick")
    context.close()
    assert faults == {}
    assert len(seen) == 13


@pytest.mark.parametrize("dark", [False, True])
def test_every_field_has_a_name_and_the_hidden_one_is_out_of_reach(
    desk: Desk, page: Callable[..., Any], dark: bool
) -> None:
    shown = page("/s/daily", dark=dark)
    assert shown.get_by_label("Your e-mail address").count() == 1
    reached = []
    for _ in range(5):
        shown.keyboard.press("Tab")
        reached.append(shown.locator(":focus").get_attribute("name") if shown.locator(":focus").count() else None)
    assert "email" in reached
    assert "website" not in reached


def test_the_form_to_join_may_stand_in_another_site(browser: Any, site: Site, tmp_path: Path) -> None:
    frame = f'<iframe src="{site.url}/s/daily" title="join" width="320" height="600"></iframe>'
    (tmp_path / "index.html").write_text(frame, encoding="utf-8")
    other = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    threading.Thread(target=other.serve_forever, daemon=True).start()
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(f"http://127.0.0.1:{other.server_port}/")
    shown.frame_locator("iframe").get_by_role("button", name="Subscribe").wait_for(timeout=10_000)
    context.close()
    other.shutdown()
    other.server_close()
