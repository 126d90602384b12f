"""The page with the network off: all that answers is this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.model import EditionStatus
from tests.web.preview.conftest import Room, mail, notice

pytestmark = pytest.mark.slow


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Let this process reach nobody else, and list whom it tried."""
    tried: list[object] = []
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
            tried.append(address)
            raise OSError("the network is off")
        connect(self, address)

    def unknown(host: Any, *rest: Any, **more: Any) -> Any:
        if host not in ("127.0.0.1", "::1", "localhost", None):
            tried.append(host)
            raise socket.gaierror("the network is off")
        return resolve(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    return tried


def test_everything_but_fetching_works_with_the_network_off(
    room: Room, refused: list[object], enter: Callable[..., Any]
) -> None:
    page = enter(offline=True)
    with pytest.raises(Exception, match="ERR_PROXY_CONNECTION_FAILED"):
        page.context.new_page().goto("https://example.org/")
    page.locator("#headline-news1").fill("Harbour opens, ferries first")
    page.locator("#headline-news1").press("Enter")
    notice(page, "Saved.")
    mail(page).get_by_text("Harbour opens, ferries first").filter(visible=True).first.wait_for()
    page.locator("#down-news1").click()
    notice(page, "Moved down.")
    page.locator("#undo").click()
    notice(page, "Taken back: move.")
    for form in ("Text", "Source", "Headers", "Cut by Gmail (simulated)", "On paper (simulated)", "Mail"):
        page.get_by_label("Form", exact=True).select_option(form)
    for mode in ("Dark (simulated)", "Inverted by the client (simulated)", "Light"):
        page.get_by_label("Mode", exact=True).select_option(mode)
    page.locator("#adding > summary").click()
    page.locator("#search").fill("bridge")
    page.get_by_role("button", name="Add: Bridge closed for painting").first.click()
    notice(page, "Added")
    page.locator("#by-hand > summary").click()
    page.locator("#hand-title").fill("We are moving house")
    page.locator("#write").click()
    notice(page, "Written")
    (room.folder / "stories" / "mill.txt").write_text("Mill turns again\n\nIts wheel was restored.\n", encoding="utf-8")
    page.get_by_text("Mill turns again").first.wait_for(state="attached")
    page.locator("#email").fill("robin@example.org")
    page.locator("#send-test").click()
    notice(page, "lies in the outbox")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".zip")
    page.locator("#approve").click()
    notice(page, "Approved.")
    assert room.edition.status is EditionStatus.APPROVED
    assert refused == []


def test_an_article_that_cannot_be_fetched_says_so(
    room: Room, refused: list[object], enter: Callable[..., Any]
) -> None:
    page = enter(offline=True)
    before = room.edition
    page.locator("#adding > summary").click()
    page.locator("#address").fill("https://example.org/article")
    page.locator("#fetch").click()
    page.locator("#notice.error", has_text="example.org").wait_for()
    assert page.locator("#address").input_value() == "https://example.org/article"
    assert room.edition == before
