"""The editors' page of a small newsroom, served for real on a free port of the loopback address."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from broadsheet.desk import Desk, editing, open_desk
from broadsheet.model import Edition, Story
from broadsheet.web.preview.desk_page import DeskPage
from broadsheet.web.preview.serving import Share, listen, server_for, shared_server_for

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TODAY = NOW.date()
HOSTILE = '<img src=x onerror="top.owned=1"><script>top.owned=1</script> \'Quoted\' "twice" {{ 7*7 }}'
PROJECT = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"

[[publications.daily.sections]]
category = "News"
max = 3

[[publications.daily.sections]]
category = "Sport"
max = 2

[sources.desk]
path = "stories"
category = "News"
"""
TITLES = {
    "news1": "Harbour opens to ferries",
    "news2": "Council counts its trees",
    "news3": HOSTILE,
    "news4": "Bridge closed for painting",
    "sport1": "Rowers win by a length",
    "sport2": "Club finds a new coach",
}


@dataclass
class Room:
    """Where the page is, and the project behind it."""

    folder: Path
    link: str

    @property
    def url(self) -> str:
        """Give the address without the key."""
        return self.link.partition("/open")[0]

    @property
    def edition(self) -> Edition:
        """Read the edition as it stands in the database."""
        with self.desk() as desk:
            return editing.edition_called(desk, "daily-2026-11-24")

    def desk(self) -> AbstractContextManager[Desk]:
        """Open the project as another command would."""
        return open_desk(self.folder, clock=lambda: NOW)

    def headlines(self, section: int = 0) -> list[str]:
        """List what a section prints."""
        return [pick.headline for pick in self.edition.sections[section].picks]


def story(name: str, title: str, number: int) -> Story:
    return Story(
        id=name, title=title, source="wire", publisher="Wire", published_at=NOW - timedelta(hours=1 + number),
        first_seen_at=NOW - timedelta(minutes=5), url=f"https://example.org/{name}", dek=f"What {name} is about.",
        categories=("Sport" if name.startswith("sport") else "News",), position=number, language="en",
    )  # fmt: skip


def fill(desk: Desk) -> None:
    desk.store.stories.save([story(name, title, number) for number, (name, title) in enumerate(TITLES.items())])
    publication = desk.config.publication()
    editing.pick_edition(desk, publication, NOW.date())


def ticking() -> Callable[[], datetime]:
    """Give a clock of which every look is later than the last one, as in life."""
    count = itertools.count()
    return lambda: NOW + timedelta(microseconds=next(count))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    folder = tmp_path / "project"
    (folder / "stories").mkdir(parents=True)
    (folder / "broadsheet.toml").write_text(PROJECT, encoding="utf-8")
    with open_desk(folder, clock=lambda: NOW) as desk:
        fill(desk)
    with listen(0) as listener:
        server, link = server_for(DeskPage(folder, "daily", NOW.date(), clock=ticking()), listener, "Robin")
        thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        yield Room(folder, link)
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def client(room: Room) -> Iterator[httpx2.Client]:
    """Be the editor's browser after the first visit, at the level of HTTP."""
    with httpx2.Client(base_url=room.url, timeout=60, headers={"Origin": room.url}) as opened:
        opened.get(room.link)
        yield opened


PATIENCE = 30_000


@pytest.fixture
def enter(browser: Any, room: Room) -> Iterator[Callable[..., Any]]:
    """Open the page; at the end, its console must have stayed silent, and it must have asked nobody else."""
    contexts = []
    said: list[str] = []

    def opened(
        *,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        touch: bool = False,
        locale: str = "en-GB",
        still: bool = False,
        offline: bool = False,
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale=locale,
            has_touch=touch, reduced_motion="reduce" if still else "no-preference",
            proxy={"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"} if offline else None,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith((room.url, "data:")) else said.append(asked.url))
        page.goto(room.link)
        page.locator("body.live").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    refusals = ("responded with a status of 409", "responded with a status of 422")  # which the browser itself reports
    assert [line for line in said if not any(refusal in line for refusal in refusals)] == []


def notice(page: Any, text: str) -> None:
    page.locator("#notice", has_text=text).wait_for()


def mail(page: Any) -> Any:
    return page.frame_locator("#stage iframe:not(.coming)")


def act(client: httpx2.Client, room: Room, **form: str) -> httpx2.Response:
    revision = client.get("/regions").json()["revision"]
    return client.post("/act", data={"revision": revision} | form, headers={"Accept": "application/json"})


PASSWORDS = {
    "BROADSHEET_PREVIEW_EDITORS": "robin:correct horse battery;ada:a difference engine",
    "BROADSHEET_PREVIEW_VIEWERS": "vera:only looking at it",
}


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


@contextmanager
def sharing(folder: Path, share: Share, clock: Callable[[], datetime], day: date = TODAY) -> Iterator[str]:
    with listen(0, share.host) as listener:
        page = DeskPage(folder, "daily", day, clock=clock)
        server, address = shared_server_for(page, listener, share, PASSWORDS, clock)
        thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        yield address.rstrip("/")
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shared(room: Room, clock: Clock) -> Iterator[str]:
    with sharing(room.folder, Share(host="127.0.0.1"), clock) as address:
        yield address


@contextmanager
def log_in(address: str, name: str, password: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, timeout=60, headers={"Origin": address}) as client:
        client.post("/login", data={"name": name, "password": password})
        yield client
