"""The export on the clipboard of a real Chromium, and what happens where that is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from broadsheet.desk.exporting import bundle_of
from broadsheet.export.bundling import body_file
from broadsheet.model import BundleFile
from broadsheet.web.preview.serving import Share
from broadsheet.web.preview.wording import TAGS, language_called, spoken_number
from tests.certificates import certificate_for
from tests.web.preview.conftest import PATIENCE, Clock, Room, act, log_in, notice, sharing


def exported(room: Room, platform: str) -> BundleFile:
    """Make the piece as `broadsheet export` does."""
    with room.desk() as desk:
        return body_file(bundle_of(desk, room.edition, platform))


@pytest.mark.parametrize("platform", ["html", "mailchimp", "brevo"])
def test_the_piece_to_paste_is_that_of_the_export(client: httpx2.Client, room: Room, platform: str) -> None:
    act(client, room, do="words", story="news1", headline="Fähren ab März – „endlich“")
    asked = {"platform": platform, "piece": "body"}
    ours = exported(room, platform)
    plain = client.get("/export", params=asked)
    assert plain.content == ours.content
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"  # shown as words, never as a page
    assert plain.headers["x-content-type-options"] == "nosniff"
    told = client.get("/export", params=asked, headers={"Accept": "application/json"}).json()
    assert told["text"].encode() == ours.content
    assert told["said"] == f"Copied for {platform}: {ours.path}, {spoken_number('en', len(ours.content) / 1000, 1)} kB."
    assert any("not approved" in note for note in told["notes"])


def test_an_error_is_told_to_the_script_as_words(client: httpx2.Client) -> None:
    answer = client.get("/export?platform=fax&piece=body", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "fax" in answer.json()["notice"]


def test_a_viewer_copies_what_a_viewer_may_download(shared: str) -> None:
    asked = "/export?platform=html&piece=body"
    assert httpx2.get(f"{shared}{asked}").status_code == 401
    with log_in(shared, "vera", "only looking at it") as client:
        assert client.get(asked).status_code == 200
        assert client.get(asked, headers={"Host": "rebound.example"}).status_code == 421


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["html", "mailchimp"])
def test_the_clipboard_holds_the_bytes_of_the_export(
    room: Room, enter: Callable[..., Any], platform: str
) -> None:  # fmt: skip
    page = enter(locale="de")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=room.url)
    page.get_by_label(language_called("de").words["for_platform"]).select_option(platform)
    page.locator("#copy").focus()
    page.keyboard.press("Enter")
    ours = exported(room, platform)
    size = spoken_number("de", len(ours.content) / 1000, 1)
    assert "," in size
    notice(page, f"Kopiert für {platform}: {ours.path}, {size} kB.")
    assert page.evaluate("navigator.clipboard.readText()").encode() == ours.content
    page.locator("#export-notes", has_text="not approved").wait_for()
    assert page.evaluate("document.activeElement.id") == "copy"
    assert page.locator("#to-copy").is_hidden()


REFUSED = "navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError')); 0"
ABSENT = "Object.defineProperty(navigator, 'clipboard', {value: undefined}); 0"  # as where a page has no TLS


@pytest.mark.slow
@pytest.mark.parametrize("without", [REFUSED, ABSENT], ids=["refused", "absent"])
def test_where_there_is_no_clipboard_the_text_is_selected(
    room: Room, enter: Callable[..., Any], without: str
) -> None:  # fmt: skip
    page = enter(width=360)
    page.evaluate(without)
    page.get_by_role("button", name="Finish", exact=True).click()
    page.get_by_role("button", name="Copy", exact=True).click()
    field = page.get_by_label("Text to copy")
    notice(page, "The text is selected")
    assert field.input_value().encode() == exported(room, "html").content
    assert field.evaluate("field => [field.selectionStart, field.selectionEnd === field.value.length]") == [0, True]
    assert page.evaluate("document.activeElement.id") == "text-to-copy"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("Escape")
    assert field.is_hidden()
    assert page.evaluate("document.activeElement.id") == "copy"


@pytest.mark.slow
def test_what_was_copied_goes_when_the_edition_changes(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    page.evaluate(REFUSED)
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_label("Text to copy").wait_for()
    page.get_by_role("button", name="Drop: Council counts its trees").click()
    notice(page, "Dropped.")
    page.get_by_label("Text to copy").wait_for(state="hidden")


@pytest.mark.slow
def test_a_viewer_copies_from_a_shared_page_with_tls(room: Room, clock: Clock, browser: Any, tmp_path: Path) -> None:
    certificate = certificate_for("127.0.0.1", tmp_path / "desk.pem")
    share = Share(host="127.0.0.1", certificate=certificate, key=certificate)
    with sharing(room.folder, share, clock) as address:
        context = browser.new_context(ignore_https_errors=True, permissions=["clipboard-read", "clipboard-write"])
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(address)
        page.locator("#name").fill("vera")
        page.locator("#password").fill("only looking at it")
        page.get_by_role("button", name="Log in").click()
        page.locator("body.live").wait_for()
        page.get_by_role("button", name="Copy", exact=True).click()
        notice(page, "Copied for html: edition.html")
        assert page.evaluate("navigator.clipboard.readText()").encode() == exported(room, "html").content
        context.close()


def test_numbers_are_written_as_each_language_does() -> None:
    assert {tag: spoken_number(tag, 1234.56, 1) for tag in TAGS} == {
        "en": "1,234.6", "de": "1.234,6", "fr": "1\u202f234,6", "es": "1234,6", "pt": "1234,6", "it": "1.234,6",
        "pl": "1234,6", "uk": "1\xa0234,6", "ar": "1,234.6", "ja": "1,234.6",
    }  # fmt: skip
    assert spoken_number("es", 102_400) == "102.400"
    assert spoken_number("pl", 102_400) == "102\xa0400"
    assert spoken_number("de", 38.21, 1) == "38,2"


@pytest.mark.slow
@pytest.mark.parametrize("locale", TAGS)
def test_the_size_stands_whole_on_a_phone(room: Room, enter: Callable[..., Any], locale: str) -> None:
    page = enter(width=360, locale=locale)
    page.get_by_role("button", name=language_called(locale).words["pane_mail"], exact=True).click()
    line = page.locator(".meter span")
    size = int(page.locator("#size").get_attribute("value") or 0)
    assert spoken_number(locale, size / 1000, 1) in line.inner_text()
    assert line.evaluate("line => line.scrollWidth <= line.clientWidth + 1")
    assert page.locator("#size").bounding_box()["width"] >= 40
