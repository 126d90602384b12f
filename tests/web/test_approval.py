"""Approval by mail, from the daily run to the button: real letters in the outbox, real pages."""

from __future__ import annotations

import email
import email.policy
import re
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from broadsheet.desk import daily, editing, open_desk
from broadsheet.desk.revising import Change, change
from broadsheet.desk.subscribing import add_subscriber
from broadsheet.model import Edition, EditionStatus
from broadsheet.render.language import BUILT_IN
from broadsheet.web.public import PublicPages
from broadsheet.web.wording import TAGS, page_language

ID = "daily-2026-11-24"
PROJECT = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
base_url = "https://news.example.org/daily"
editors = ["robin@example.org", "ada@example.org"]

[publications.daily.schedule]
at = 06:00:00
late_after = "6h"
{schedule}

[[publications.daily.sections]]
category = "News"

[sources.wire]
path = "wire.csv"

[checks]
subject-shouting = "{severity}"
"""
STORIES = "title,url,dek,categories\n" + "".join(
    f"{title},https://example.org/{number},What it is about.,News\n"
    for number, title in enumerate(("Harbour opens to ferries", "Council counts its trees", "Bridge is painted"))
)


@dataclass
class Newsroom:
    """A project with a clock that the test moves, and its public pages."""

    folder: Path
    now: datetime = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
    url: str = ""
    seen: set[str] = field(default_factory=set)

    def tick(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def run(self) -> dict[str, str]:
        """Run as cron does. Gives each stage's summary."""
        with open_desk(self.folder, clock=self.tick) as desk:
            (report,) = daily.run(desk)
        return {stage.name: stage.summary for stage in report.stages}

    def edition(self) -> Edition:
        with open_desk(self.folder, clock=self.tick) as desk:
            return editing.edition_called(desk, ID)

    def letters(self) -> list[EmailMessage]:
        """Read the letters that have come since the last look."""
        found = []
        for file in sorted((self.folder / "outbox" / "new").glob("*")):
            if file.name not in self.seen:
                self.seen.add(file.name)
                letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                assert isinstance(letter, EmailMessage)
                found.append(letter)
        return sorted(found, key=lambda letter: str(letter["To"]))

    def change(self, **value: str) -> None:
        with open_desk(self.folder, clock=self.tick) as desk:
            change(desk, ID, [Change(verb="set", value=value)], "Ada")


def newsroom(folder: Path, schedule: str = "", severity: str = "warn") -> Newsroom:
    (folder / "broadsheet.toml").write_text(PROJECT.format(schedule=schedule, severity=severity), encoding="utf-8")
    (folder / "wire.csv").write_text(STORIES, encoding="utf-8")
    room = Newsroom(folder)
    with open_desk(folder, clock=room.tick) as desk:
        add_subscriber(desk, desk.config.publication(), "reader@example.net")
    return room


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return newsroom(tmp_path)


class Pages:
    """The public pages of a newsroom, served while a block runs."""

    def __init__(self, room: Newsroom) -> None:
        app = PublicPages(room.folder, "https://news.example.org/daily", clock=room.tick).app()
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._room = room

    def __enter__(self) -> httpx2.Client:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        return self._client.__enter__()

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture
def client(room: Newsroom) -> Iterator[httpx2.Client]:
    with Pages(room) as opened:
        yield opened


def body_of(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link_in(letter: EmailMessage) -> str:
    text = body_of(letter)
    found = re.search(r"https://news\.example\.org(/daily/e/\S+)", text)
    assert found is not None
    assert found[1] in body_of(letter, "html")
    return found[1]


def test_the_run_asks_once_a_rendering_and_sends_what_was_approved(room: Newsroom, client: httpx2.Client) -> None:
    assert room.run()["ask"] == "asked by mail: robin@example.org, ada@example.org"
    ada, robin = room.letters()
    assert (ada["To"], robin["To"]) == ("ada@example.org", "robin@example.org")
    assert robin["Subject"] == f"[For approval] {room.edition().subject}"
    assert "Council counts its trees" in body_of(robin)
    assert link_in(ada) != link_in(robin)
    assert room.run()["ask"] == "the editors were asked for this already"
    assert room.letters() == []

    page = client.get(link_in(robin))
    assert page.status_code == 200
    assert "You are robin@example.org" in page.text
    assert "script" not in page.text.lower().replace("description", "")
    assert room.edition().status is EditionStatus.DRAFT  # looking changes nothing
    for _ in range(3):
        assert client.head(link_in(robin)).status_code in (200, 405)
    assert "Council counts its trees" in client.get(f"{link_in(robin)}/mail").text
    assert room.edition().status is EditionStatus.DRAFT
    done = client.post(link_in(robin), data={"approve": "1"})
    assert "is approved" in done.text
    edition = room.edition()
    assert edition.status is EditionStatus.APPROVED
    with open_desk(room.folder, clock=room.tick) as desk:
        line = desk.store.editions.revisions(ID)[-1]
    assert (line.verb, line.by, line.value["hash"]) == ("approve", "robin@example.org", edition.hash)
    assert "is approved" in client.get(link_in(ada)).text
    assert "send" in room.run()
    assert "has gone out" in client.get(link_in(robin)).text
    assert client.post(link_in(ada), data={"approve": "1"}).status_code == 409


def test_a_change_makes_the_old_link_worthless_and_asks_anew(room: Newsroom, client: httpx2.Client) -> None:
    room.run()
    old = link_in(room.letters()[1])
    room.change(subject="Another subject")
    refused = client.post(old, data={"approve": "1"})
    assert (refused.status_code, "has changed" in refused.text) == (409, True)
    assert room.edition().status is EditionStatus.DRAFT
    room.run()
    new = link_in(room.letters()[1])
    assert new != old
    assert client.post(new, data={"approve": "1"}).status_code == 200
    assert room.edition().status is EditionStatus.APPROVED


def test_forged_cut_and_foreign_links_do_nothing(room: Newsroom, client: httpx2.Client) -> None:
    room.run()
    link = link_in(room.letters()[0])
    config = room.folder / "broadsheet.toml"
    token = link.rpartition("/")[2]
    for forged in (token[:-1], token + "x", token.replace("daily-2026", "daily-2027"), "x" * 400, token[::-1]):
        assert client.get(f"/daily/e/{forged}").status_code == 404
        assert client.post(f"/daily/e/{forged}", data={"approve": "1"}).status_code == 404
    assert client.get(f"/daily/u/{token}").status_code == 404  # a link for one thing is none for another
    config.write_text(config.read_text().replace(', "ada@example.org"', ""), encoding="utf-8")
    with Pages(room) as again:
        assert again.post(link, data={"approve": "1"}).status_code == 404  # no editor any more
    assert room.edition().status is EditionStatus.DRAFT


def test_what_blocks_is_answered_for_on_the_page(tmp_path: Path) -> None:
    room = newsroom(tmp_path, severity="block")
    room.run()
    room.letters()
    room.change(subject="READ ALL OF THIS NOW")
    assert "subject-shouting" in room.run()["check"]
    letter = room.letters()[1]
    assert "blocks: the subject is in capitals" in body_of(letter)
    with Pages(room) as client:
        assert 'value="subject-shouting"' in client.get(link_in(letter)).text
        refused = client.post(link_in(letter), data={"approve": "1"})
        assert (refused.status_code, "is not approved" in refused.text) == (422, True)
        assert client.post(link_in(letter), data={"acknowledged": "subject-shouting"}).status_code == 200
    assert room.edition().status is EditionStatus.APPROVED
    assert "send" in room.run()


@pytest.mark.parametrize(("missed", "status"), [("merge", 409), ("skip", 409), ("catch_up", 200)])
def test_a_late_approval_is_handled_as_the_schedule_says(tmp_path: Path, missed: str, status: int) -> None:
    room = newsroom(tmp_path, f'missed = "{missed}"')
    room.run()
    link = link_in(room.letters()[1])
    room.now = datetime(2026, 11, 24, 12, 1, tzinfo=UTC)
    with Pages(room) as client:
        answer = client.post(link, data={"approve": "1"})
        assert answer.status_code == status
        assert ("Too late for" in answer.text) == (status == 409)
        assert (room.edition().status is EditionStatus.APPROVED) == (status == 200)
        room.now = datetime(2026, 11, 25, 6, 1, tzinfo=UTC)
        if status == 200:
            with open_desk(room.folder, clock=room.tick) as desk:
                editing.reopen(desk, ID, "Ada")
            assert client.post(link, data={"approve": "1"}).status_code == 409  # the next one is due


def test_what_goes_out_unapproved_is_not_asked_for_anew(tmp_path: Path) -> None:
    room = newsroom(tmp_path, 'unapproved = "send"\napprove_within = "30m"')
    assert "ask" in room.run()
    link = link_in(room.letters()[1])
    room.now += timedelta(minutes=31)
    stages = room.run()
    assert "ask" not in stages
    assert "send" in stages
    with Pages(room) as client:
        assert "has gone out" in client.post(link, data={"approve": "1"}).text


@pytest.mark.parametrize("tag", ["ar", "de", "en", "es", "fr", "it", "ja", "pl", "pt-BR", "uk", "nl"])
def test_letter_and_page_speak_the_publications_language(tmp_path: Path, tag: str) -> None:
    room = newsroom(tmp_path)
    config = room.folder / "broadsheet.toml"
    config.write_text(config.read_text().replace('title = "The Daily"', f'title = "The Daily"\nlanguage = "{tag}"'))
    room.run()
    letter = room.letters()[1]
    base = tag.partition("-")[0]
    known = tomllib.loads((files("broadsheet.desk") / "approval_letter.toml").read_text(encoding="utf-8"))
    words = known.get(base, known["en"])
    plain, html = (body_of(letter, kind) for kind in ("plain", "html"))
    assert letter["Subject"] == words["subject"].format(subject=room.edition().subject)
    assert words["how"] in plain
    assert words["button"] in html
    assert f'<div lang="{base if base in known else "en"}" dir="{"rtl" if tag == "ar" else "ltr"}"' in html
    with Pages(room) as client:
        page = client.get(link_in(letter)).text
    assert page_language(base if base in TAGS else "en").words["approve_button"] in page


@pytest.mark.slow
def test_what_stands_above_the_mail_is_read_in_the_dark_too(room: Newsroom, browser: Any) -> None:
    room.run()
    html = body_of(room.letters()[1], "html")
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.set_content(html)
        banner = page.locator("body > div").first
        for part in (banner, banner.locator("p").first):
            assert part.evaluate("part => getComputedStyle(part).color") == "rgb(27, 29, 33)"
        assert banner.evaluate("part => getComputedStyle(part).backgroundColor") == "rgb(255, 247, 224)"
        assert banner.locator("a").evaluate("part => getComputedStyle(part).color") == "rgb(255, 255, 255)"
        page.close()


def test_the_letter_says_the_same_in_every_language() -> None:
    known = tomllib.loads((files("broadsheet.desk") / "approval_letter.toml").read_text(encoding="utf-8"))
    assert set(known) == set(BUILT_IN)
    for tag, words in known.items():
        assert set(words) == set(known["en"]), tag
        for name, text in words.items():
            ours, english = (sorted(re.findall(r"\{\w+\}", one)) for one in (text, known["en"][name]))
            assert ours == english, (tag, name)
