"""The views of the mail, the findings' places and fixes, and what is different, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from broadsheet.desk import editing
from broadsheet.desk.revising import Change, change
from tests.web.preview.conftest import NOW, PATIENCE, Room, act, mail, notice

LIGHT, BLACK = "rgb(255, 255, 255)", "rgb(0, 0, 0)"


def shown(page: Any, mark: str) -> Any:
    page.locator(f"#stage iframe:not(.coming)[src*='{mark}']").wait_for(state="attached")
    return mail(page)


@pytest.mark.slow
def test_each_form_and_mode_shows_the_mail_its_way(room: Room, enter: Callable[..., Any]) -> None:
    page = enter()
    page.get_by_label("Mode", exact=True).select_option("Inverted by the client (simulated)")
    assert "invert(1)" in shown(page, "mode=forced").locator("html").evaluate("e => getComputedStyle(e).filter")
    page.get_by_label("Mode", exact=True).select_option("Light")
    page.get_by_label("Form", exact=True).select_option("Headers")
    shown(page, "view=headers").get_by_text("List-Unsubscribe:").wait_for()
    mail(page).get_by_text("Subject: Harbour opens to ferries").wait_for()
    page.get_by_label("Form", exact=True).select_option("On paper (simulated)")
    paper = shown(page, "view=print")
    assert paper.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
    page.get_by_label("Form", exact=True).select_option("Cut by Gmail (simulated)")
    shown(page, "view=clipped").get_by_text("Gmail cuts nothing").wait_for()


@pytest.mark.slow
def test_a_picture_that_does_not_come_holds_nothing_up(room: Room, browser: Any) -> None:
    held: list[Any] = []

    def with_picture(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace("</body>", '<img src="https://slow.example/a"></body>')
        )

    with browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB") as context:
        context.set_default_timeout(PATIENCE)
        context.route("**/mail?*", with_picture)
        context.route("https://slow.example/**", lambda route: held.append(route))
        page = context.new_page()
        page.goto(room.link, wait_until="commit")
        page.get_by_label("Form", exact=True).select_option("Headers")
        shown(page, "view=headers").get_by_text("List-Unsubscribe:").wait_for()
        page.get_by_label("Form", exact=True).select_option("Mail")
        shown(page, "view=html").get_by_text("Rowers win by a length").filter(visible=True).first.wait_for()
        assert held, "no picture was waited for"


@pytest.mark.slow
def test_the_cut_is_shown_where_it_is(room: Room, enter: Callable[..., Any]) -> None:
    config = room.folder / "broadsheet.toml"
    section, size = "[[publications.daily.sections]]", "[publications.daily.size]\nbudget = 300000\n\n"
    config.write_text(config.read_text().replace(section, size + section, 1), encoding="utf-8")
    with room.desk() as desk:
        long = "\n".join(f"Paragraph {number} of a very long greeting." for number in range(3500))
        change(desk, room.edition.id, [Change(verb="set", value={"intro": long})], "Ada")
    page = enter()
    page.get_by_label("Form", exact=True).select_option("Cut by Gmail (simulated)")
    cut = shown(page, "view=clipped")
    cut.get_by_text("Gmail cuts here").wait_for()
    assert cut.get_by_text("Paragraph 1 of a very long greeting").count() == 1
    assert cut.get_by_text("Rowers win by a length").filter(visible=True).count() == 0
    assert cut.get_by_text("Unsubscribe").count() == 0


@pytest.mark.slow
def test_a_finding_shows_its_place_in_the_mail(room: Room, enter: Callable[..., Any]) -> None:
    config = room.folder / "broadsheet.toml"
    with room.desk() as desk:
        old = desk.store.stories.get("sport2")
        assert old is not None
        from dataclasses import replace

        desk.store.stories.save([replace(old, url="http://example.org/plain")])
        editing.pick_edition(desk, desk.config.publication(), NOW.date())
    config.write_text(config.read_text() + "\n[checks]\nlink-http = 'block'\n", encoding="utf-8")
    page = enter()
    page.get_by_label("Form", exact=True).select_option("Text")
    shown(page, "view=text")
    page.get_by_role("button", name="Show the place: a link uses plain http").first.click()
    place = shown(page, "view=html").locator("[data-shown]")
    place.wait_for(state="attached")
    assert place.evaluate("e => e.closest('a').getAttribute('href')") == "http://example.org/plain"
    assert place.evaluate("e => e.style.outline").startswith("rgb(194, 65, 12)")
    assert page.get_by_label("Form", exact=True).input_value() == "html"
    page.locator("#severity").select_option("those to look at")
    assert page.locator(".findings > .block").filter(visible=True).count() == 0
    page.locator("#severity").select_option("those that block")
    assert page.locator(".findings > .block").filter(visible=True).count() == 1
    assert page.locator(".findings > .warn").filter(visible=True).count() == 0


@pytest.mark.slow
def test_a_fix_is_taken_with_one_press_and_blocking_rules_are_answered_for_by_name(
    room: Room, enter: Callable[..., Any]
) -> None:
    config = room.folder / "broadsheet.toml"
    config.write_text(f"{config.read_text()}\n[checks]\nsubject-long = 'block'\nsubject-shouting = 'block'\n", "utf-8")
    long = "The harbour opens to ferries at last: the council, the port and the unions agree on all of it!!!"
    with room.desk() as desk:
        change(desk, room.edition.id, [Change(verb="set", value={"subject": long})], "Ada")
    page = enter()
    page.get_by_role("button", name="Approve this mail").click()
    notice(page, "is not approved, because of")
    page.get_by_role("button", name="Write: “The harbour opens to ferries at last: the council”").first.click()
    notice(page, "Saved.")
    page.locator(".findings li.block").first.wait_for(state="detached")
    assert len(room.edition.subject) <= 70
    with room.desk() as desk:
        change(desk, room.edition.id, [Change(verb="set", value={"subject": "ALL OF THIS IS LOUD"})], "Ada")
    box = page.get_by_label("I answer for this and approve it all the same: subject-shouting")
    box.check()
    page.get_by_role("button", name="Show the place: the subject is in capitals").click()
    assert page.evaluate("document.activeElement.id") == "subject"
    page.get_by_role("button", name="Approve this mail").click()
    notice(page, "Approved.")
    with room.desk() as desk:
        line = desk.store.editions.revisions(room.edition.id)[-2]
    assert (line.verb, line.value["rule"], line.by) == ("acknowledge", "subject-shouting", "Robin")


def test_differences_and_where_a_pick_stood_before(client: httpx2.Client, room: Room) -> None:
    assert act(client, room, do="down", story="news1").json()["done"]
    regions = client.get("/regions").json()["regions"]
    assert "The draft had it at News 1." in regions["edition"]
    assert "&gt; News 1 to 2: Harbour opens to ferries" in regions["hands"]
    assert "There is nothing to compare with." in regions["hands"]


def test_the_alt_text_of_a_picture_is_written_and_sent(client: httpx2.Client, room: Room) -> None:
    from dataclasses import replace

    from broadsheet.model import Image

    with room.desk() as desk:
        known = desk.store.stories.get("news1")
        assert known is not None
        picture = Image(url="https://example.org/1.jpg", width=1200, height=675, alt="IMG_1.jpg")
        desk.store.stories.save([replace(known, image=picture)])
        editing.pick_edition(desk, desk.config.publication(), NOW.date())
    assert 'alt="IMG_1.jpg"' in client.get("/mail").text
    regions = client.get("/regions").json()["regions"]
    assert "an alt text says nothing" in regions["hands"]
    assert act(client, room, do="words", story="news1", alt='A ferry at "the" quay').json()["done"]
    assert 'alt="A ferry at &#34;the&#34; quay"' in client.get("/mail").text.replace("&quot;", "&#34;")
    assert act(client, room, do="reset", story="news1").json()["done"]
    assert 'alt="IMG_1.jpg"' in client.get("/mail").text
