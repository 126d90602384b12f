"""A day from the send to the reader's click and the next send, over real HTTP and a real outbox."""

from __future__ import annotations

import mailbox
import re
from datetime import timedelta
from email.message import Message
from urllib.parse import urlsplit

import httpx2

from broadsheet.config import Publication
from broadsheet.desk import Desk, editing
from broadsheet.desk.production import render
from broadsheet.desk.sending import send
from broadsheet.desk.subscribing import add_subscriber, count_audience, erase
from broadsheet.model import Edition
from tests.edit.newsroom import story
from tests.web.conftest import NOW, Site


def publish(desk: Desk, publication: Publication, days: int = 0) -> Edition:
    now = NOW + timedelta(days=days)
    stories = [
        story(n, first_seen_at=now - timedelta(hours=2), published_at=now - timedelta(hours=3), categories=(category,))
        for n, category in ((10 * days + 1, "Politics"), (10 * days + 2, "Culture"))
    ]
    desk.store.stories.save(stories)
    edition = editing.pick_edition(desk, publication, now.date())
    return editing.approve(desk, edition, render(desk, edition).hash, "Robin")


def letters(site: Site) -> dict[str, Message]:
    return {str(mail["To"]): mail for mail in mailbox.Maildir(site.folder / "outbox")}


def test_from_the_send_to_one_click_to_the_next_send(desk: Desk, site: Site, client: httpx2.Client) -> None:
    daily = desk.config.publication("daily")
    for email in ("ada@example.com", "ben@example.com"):
        add_subscriber(desk, daily, email)
    edition = publish(desk, daily)
    report = send(desk, daily, edition.date)
    assert (report.candidates, report.sent) == (2, 2)
    header = str(letters(site)["ada@example.com"]["List-Unsubscribe"])
    assert letters(site)["ada@example.com"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "ada" not in header
    (url,) = re.findall(r"<(https://[^>]+)>", header)
    answer = client.post(urlsplit(url).path, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.history) == (200, [])
    again = count_audience(desk, daily)["excluded"]
    assert again == {"unsubscribed": 1}
    site.later(timedelta(days=1))
    tomorrow = Desk(config=desk.config, store=desk.store, clock=lambda: NOW + timedelta(days=1))
    edition = publish(tomorrow, daily, days=1)
    report = send(tomorrow, daily, edition.date)
    assert (report.candidates, report.frozen, report.excluded, report.sent) == (2, 1, 1, 1)


def test_an_erasure_reaches_the_ledger_and_a_segment_the_send(desk: Desk, site: Site) -> None:
    daily = desk.config.publication("daily").model_copy(update={"segment": 'last_name == "Quill"'})
    for email, name in (("ada.unmistakable@example.com", "Quill"), ("ben@example.com", "Inkwell")):
        add_subscriber(desk, daily, email, last_name=name)
    edition = publish(desk, daily)
    report = send(desk, daily, edition.date)
    assert (report.candidates, report.frozen, report.sent) == (2, 1, 1)
    assert [reason for _, _, reason in desk.store.deliveries.excluded(edition.id)] == ["not in the segment"]
    assert erase(desk, "ada.unmistakable@example.com")["deliveries"] == 1
    for file in desk.folder.glob("broadsheet.db*"):
        assert b"unmistakable" not in file.read_bytes().lower()
    assert [delivery.email for delivery in desk.store.deliveries.listed(edition.id)] == [""]


def test_an_edition_in_the_browser_is_its_reader_s_own(desk: Desk, site: Site, client: httpx2.Client) -> None:
    daily = desk.config.publication("daily")
    add_subscriber(desk, daily, "ada@example.com", first_name="<b>Ada</b>")
    edition = publish(desk, daily)
    send(desk, daily, edition.date)
    letter = letters(site)["ada@example.com"]
    part = letter.get_payload(1)
    assert isinstance(part, Message)
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    (view,) = set(re.findall(r'https://news\.example\.org(/v/[^"<\s]+)', content.decode()))
    page = client.get(view)
    assert page.status_code == 200
    assert "Story 1" in page.text or edition.picks[0].headline in page.text
    assert "/u/" in page.text
    assert "<b>Ada" not in page.text
    assert "sLoT7" not in page.text
    assert "sandbox" in page.headers["content-security-policy"]
    assert client.get(f"{view[:-2]}xx").status_code == 404


def test_the_archive_shows_what_was_sent_and_names_nobody(desk: Desk, site: Site, client: httpx2.Client) -> None:
    daily = desk.config.publication("daily")
    add_subscriber(desk, daily, "ada@example.com", first_name="Ada")
    edition = publish(desk, daily)
    path = f"/archive/daily/{edition.date}"
    assert client.get(path).status_code == 404
    send(desk, daily, edition.date)
    assert path in client.get("/archive/daily").text
    page = client.get(path)
    assert page.status_code == 200
    assert "/u/" not in page.text
    assert "ada@example.com" not in page.text
    assert "https://news.example.org/s/daily" in page.text
