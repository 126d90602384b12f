"""The editors' page in a real Chromium, driven as an editor would."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from broadsheet.desk.production import render
from broadsheet.desk.revising import Change, change
from broadsheet.model import EditionStatus, RenderedEdition
from broadsheet.slots import pieces
from tests.web.preview.conftest import HOSTILE, Room, act, mail, notice

pytestmark = pytest.mark.slow


def test_an_editor_moves_rewrites_drops_tests_and_approves(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    second = page.locator(".pick").nth(1).get_by_role("button", name="Move up")
    second.focus()
    page.keyboard.press("Enter")
    notice(page, "Moved up.")
    assert room.headlines()[:2] == ["Council counts its trees", "Harbour opens to ferries"]
    assert page.evaluate("document.activeElement.id") == "up-news2"  # where the keyboard was

    headline = page.locator("#headline-news1")
    headline.fill("Harbour opens, ferries first")
    headline.press("Enter")
    notice(page, "Saved.")
    mail(page).get_by_text("Harbour opens, ferries first").first.wait_for()
    assert not page.locator(".unsaved").count()

    page.get_by_role("button", name="Drop: Council counts its trees").click()
    notice(page, "Dropped.")
    assert room.headlines()[0] == "Harbour opens, ferries first"
    page.locator(".spares summary").first.click()
    page.get_by_role("button", name="Add: Bridge closed for painting").click()
    notice(page, "Added")
    mail(page).get_by_text("Bridge closed for painting").filter(visible=True).first.wait_for()

    page.get_by_label("To this address").fill("robin@example.org")
    page.get_by_role("button", name="Send", exact=True).click()
    notice(page, "A test to robin@example.org lies in the outbox")
    (letter,) = (room.folder / "outbox" / "new").iterdir()
    message = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
    with room.desk() as desk:
        rendered = render(desk, room.edition)
    assert message["Subject"] == f"[Test] {rendered.subject}"
    shown = page.request.get(f"{room.url}/mail?view=source").text()
    for form in (parts_of(message)["text/html"], shown):
        assert is_this(rendered, form)
    page.get_by_role("button", name="Approve this mail").click()
    notice(page, "Approved.")
    assert (room.edition.status, room.edition.hash) == (EditionStatus.APPROVED, rendered.hash)
    page.get_by_role("button", name="Reopen as a draft").click()
    notice(page, "It is a draft again.")
    assert room.edition.status is EditionStatus.DRAFT


def parts_of(message: Any) -> dict[str, str]:
    return {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}


def is_this(rendered: RenderedEdition, text: str) -> bool:
    """Tell whether a text is the rendering, whatever its slots were filled with."""
    unix = rendered.html.replace("\r\n", "\n").strip()
    pattern = "".join(re.escape(piece) if not hasattr(piece, "token") else ".*?" for piece in pieces(unix))
    return re.fullmatch(pattern, text.replace("\r\n", "\n").strip()) is not None


def test_the_bytes_of_the_test_mail_are_those_that_were_shown(client: httpx2.Client, room: Room) -> None:
    """Compare HTML and text of the mail with the views, byte for byte, but for what a slot holds for its reader.

    What of the mail lies between two slots is found in order and exactly, and so is what the page showed.
    """
    act(client, room, do="words", story="news1", headline="Fähren ab März – „endlich“", dek="Zwei am Tag.")
    seen = client.get("/regions").json()
    shown = {form: client.get(f"/mail?view={form}").content for form in ("source", "text")}
    assert act(client, room, do="test", email="robin@example.org", hash=seen["hash"]).json()["done"]
    (letter,) = (room.folder / "outbox" / "new").iterdir()
    message = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
    with room.desk() as desk:
        rendered = render(desk, room.edition)
    assert rendered.hash == seen["hash"]
    for form, kind, ours in (("source", "text/html", rendered.html), ("text", "text/plain", rendered.text)):
        (part,) = (one for one in message.walk() if one.get_content_type() == kind)
        sent = part.get_payload(decode=True)
        assert isinstance(sent, bytes)
        fixed = [piece.encode() for piece in pieces(ours) if not hasattr(piece, "token")]
        assert len(fixed) > 2
        assert without_slots(sent, fixed) == without_slots(shown[form], fixed)
        assert b"".join(without_slots(shown[form], fixed)) == b"".join(map(unix, fixed))


def unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")  # a mail's lines end otherwise (RFC 2045, 6.8)


def without_slots(data: bytes, fixed: list[bytes]) -> list[bytes]:
    """Cut out what stands between two fixed pieces. Fails where a piece is not there as it is, or something follows."""
    data, at, kept = unix(data), 0, []
    for number, piece in enumerate(map(unix, fixed)):
        found = data.index(piece, at)
        assert number or found == 0
        kept.append(data[found : found + len(piece)])
        at = found + len(piece)
    assert data[at:] == b""
    return kept


def test_hostile_words_are_words_and_nothing_runs(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    assert page.locator("#headline-news3").input_value().startswith("<img src=x")
    page.locator("#headline-news1").fill(HOSTILE)
    page.locator("#headline-news1").press("Enter")
    notice(page, "Saved.")
    mail(page).get_by_text("<script>top.owned=1</script>").filter(visible=True).first.wait_for()
    assert page.evaluate("window.owned") is None
    assert page.locator("main script, main img").count() == 0
    frame = page.frames[-1]
    assert frame.locator("script").count() == 0


def test_anothers_change_shows_and_what_is_being_typed_stays(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    field = page.locator("#headline-news1")
    field.fill("My own words")
    field.evaluate("field => field.setSelectionRange(3, 6)")
    page.locator(".pane").first.evaluate("pane => pane.scrollTo(0, 120)")
    with room.desk() as desk:
        change(desk, room.edition.id, [Change(verb="set", story="news1", value={"headline": "Theirs"})], "Ada")
    page.locator(".meanwhile", has_text="Changed meanwhile to: “Theirs”").wait_for()
    mail(page).get_by_text("Theirs").first.wait_for()
    assert field.input_value() == "My own words"
    assert page.evaluate("document.activeElement.id") == "headline-news1"
    assert field.evaluate("field => [field.selectionStart, field.selectionEnd]") == [3, 6]
    assert page.locator(".pane").first.evaluate("pane => pane.scrollTop") == 120
    field.press("Enter")
    notice(page, "Saved.")
    assert "My own words" in room.headlines()


def test_a_change_to_an_old_state_is_refused_and_the_words_stay(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    page.evaluate("look = () => {}; seen.state = 'held'; deeds += 1")  # as if the change came this very moment
    page.route("**/changes*", lambda route: route.fulfill(json={"state": "held"}))
    page.locator("#headline-news1").fill("My own words")
    with room.desk() as desk:
        change(desk, room.edition.id, [Change(verb="drop", story="news2")], "Ada")
    page.locator("#headline-news1").press("Enter")
    notice(page, "changed by Ada while you looked at it")
    assert "My own words" not in room.headlines()
    assert page.locator("#headline-news1").input_value() == "My own words"
    assert page.locator("#headline-news2").count() == 0
    page.locator("#headline-news1").press("Enter")
    notice(page, "Saved.")
    assert "My own words" in room.headlines()


def test_widths_modes_and_forms_of_the_mail(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    page.get_by_role("radio", name="Phone").check()
    assert mail(page).locator("body").evaluate("body => body.clientWidth") == 375
    light = mail(page).locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    page.get_by_label("Mode", exact=True).select_option("Dark (simulated)")
    page.locator("#stage iframe:not(.coming)[src*='mode=dark']").wait_for(state="attached")
    assert mail(page).locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != light
    page.get_by_label("Form", exact=True).select_option("Text")
    page.locator("#stage iframe:not(.coming)[src*='view=text']").wait_for(state="attached")
    mail(page).get_by_text("https://example.org/news1").first.wait_for()


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_holds_it_and_every_control_has_a_name(room: Room, enter: Callable[..., Any], dark: bool) -> None:
    page = enter(width=360, dark=dark)
    for pane in ("Mail", "Finish", "Edition"):
        page.get_by_role("button", name=pane, exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("textarea, input:not([type=hidden]), select").all():
        assert control.evaluate("control => control.labels.length") == 1
    for button in page.locator("button").all():
        assert (button.get_attribute("aria-label") or button.text_content() or "").strip()
    assert page.evaluate(WEAKEST) >= 4.5


# The lowest contrast of any visible text with the nearest ground behind it (WCAG 2.2, 1.4.3).
WEAKEST = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  let weakest = 21;
  for (const e of document.querySelectorAll("body *")) {
    const words = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!words && !e.matches("textarea")) continue;
    if (!e.checkVisibility() || e.closest("[aria-disabled=true], :disabled, .unseen, noscript, legend")) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    weakest = Math.min(weakest, (a + 0.05) / (b + 0.05));
  }
  return weakest;
}"""
