"""A newsroom for a month: two publications in two zones, a wire that fails, a relay that fails, an editor, readers."""

from __future__ import annotations

import json
import multiprocessing
import random
import re
import signal
import threading
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from broadsheet.config import load_config
from broadsheet.desk import Desk
from broadsheet.desk.accounting import adopt
from broadsheet.desk.approving import approve_checked
from broadsheet.desk.cronjob import Start, start_job
from broadsheet.desk.production import render
from broadsheet.desk.safekeeping import restore_backup
from broadsheet.desk.subscribing import add_subscriber, remove_subscriber
from broadsheet.model import EditionStatus
from broadsheet.store import Store
from broadsheet.store.backup import back_up
from tests.daily.tick import tick
from tests.deliver.relay import LATE, Conversation, Relay, Stage

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
FIRST, LAST = date(2026, 10, 15), date(2026, 11, 14)  # Berlin's clocks change on 25 October, New York's on 1 November
READERS = 12

# Processes are forked from one that has imported the program already: real ones, at a tenth of the time.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.daily.tick"])

CONFIG = """
[publications.courier]
title = "The Courier"
sender = "The Courier <courier@example.org>"
base_url = "https://news.example.org"
postal_address = "1 Press Lane, Berlin"
timezone = "Europe/Berlin"
approval = "automatic"
sections = [{{ category = "News", max = 6 }}]
[publications.courier.schedule]
at = 02:30:00
late_after = "6h"
holidays = [2026-10-31]

[publications.gazette]
title = "The Gazette"
sender = "The Gazette <gazette@example.org>"
base_url = "https://news.example.org"
postal_address = "2 Press Lane, New York"
timezone = "America/New_York"
approval = "required"
sections = [{{ category = "News", max = 6 }}]
[publications.gazette.schedule]
days = ["mon", "tue", "wed", "thu", "fri"]
at = 06:30:00
late_after = "4h"

[sources.wire]
url = "http://127.0.0.1:{wire}/feed.json"
category = "News"

[gathering]
allow_hosts = ["127.0.0.1"]

[smtp]
host = "127.0.0.1"
port = {relay}
security = "none"
timeout = 5
answer_timeout = 5
"""


class Wire:
    """A feed that brings three stories a day, and is down when told to be."""

    def __init__(self) -> None:
        self.items: list[dict[str, str]] = []
        self.is_down = False
        self._chance = random.Random(2026)
        wire = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(
                    {"version": "https://jsonfeed.org/version/1.1", "title": "Wire", "items": wire.items[-30:]}
                ).encode()
                with suppress(ConnectionError):  # who asked was killed
                    self.send_response(503 if wire.is_down else 200)
                    self.send_header("Content-Type", "application/feed+json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _words(self, number: int) -> str:
        syllables = ("ba", "de", "ki", "lo", "mu", "ra", "so", "ti", "vu", "za", "pel", "nor", "gim", "tas", "fre")
        return " ".join("".join(self._chance.choices(syllables, k=3)) for _ in range(number))

    def bring(self, now: datetime, count: int = 3) -> None:
        for _ in range(count):
            number = len(self.items)
            self.items.append(
                {
                    "id": f"story-{number}",
                    "url": f"https://wire.example/{number}",
                    "title": self._words(6).capitalize(),
                    "content_text": self._words(60).capitalize() + ".",
                    "date_published": (now - timedelta(minutes=number % 7)).isoformat(),
                }
            )


class Month:
    """The project, the clock, and what the relay took. `tick` is one start of the scheduler."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        self.folder, self.wire = folder, wire
        self.now = datetime.combine(FIRST, time(0), UTC)
        self.relay_is_down = False
        self.relay = Relay(self._rude, keep=False)
        self.chance = random.Random(7)
        self.kills = 0
        self.ends: Counter[int] = Counter()

    def begin(self) -> None:
        """Write the project and its readers."""
        text = CONFIG.format(wire=self.wire.port, relay=self.relay.port)
        (self.folder / "broadsheet.toml").write_text(text)
        self._open()
        for number in range(READERS):
            for publication in self.desk.config.publications.values():
                add_subscriber(self.desk, publication, f"reader{number}@example.com", basis="asked at the counter")

    def _open(self) -> None:
        self.desk = Desk(
            config=load_config(self.folder), store=Store(self.folder / "broadsheet.db"), clock=lambda: self.now
        )

    def close(self) -> None:
        self.desk.store.close()

    def _rude(self, stage: Stage, talk: Conversation) -> str | None:
        if self.relay_is_down and stage is Stage.BANNER:
            return "421 4.3.2 closed for repairs"
        return f"{LATE}0.005" if stage is Stage.DOT else None  # time enough to be killed between hand-over and answer

    def tick(self) -> Start:
        start = start_job(self.desk)
        self.ends[start.exit_code] += bool(start.reports)
        return start

    def tick_twice_at_once(self) -> None:
        """Start the job in two processes at the same time, and let both end."""
        processes = [self._start_process(), self._start_process()]
        for process in processes:
            process.join()

    def tick_and_be_killed(self, after: float) -> None:
        """Start the job in a process of its own, and kill it (SIGKILL) after so many seconds, if it still runs."""
        process = self._start_process()
        process.join(after)
        process.kill()
        process.join()
        self.kills += process.exitcode == -signal.SIGKILL

    def _start_process(self) -> ForkServerProcess:
        process = _CONTEXT.Process(target=tick, args=(self.folder, self.now))
        process.start()
        return process

    def status(self, edition: str) -> EditionStatus | None:
        found = self.desk.store.editions.get(edition)
        return found.status if found else None

    def approve_gazette(self) -> bool:
        """Let the editor look at today's Gazette, and approve it where it waits."""
        edition = self.desk.store.editions.get(f"gazette-{self.now.astimezone(NEW_YORK):%Y-%m-%d}")
        if edition is None or edition.status is not EditionStatus.DRAFT or not edition.picks:
            return False
        approve_checked(self.desk, edition, render(self.desk, edition), "Robin")
        return True

    def bring(self) -> None:
        """Let the wire bring news."""
        self.wire.bring(self.now)

    def back_up(self) -> None:
        back_up(self.desk.store.connection, self.folder / "safe.db")

    def restore(self) -> None:
        restore_backup(self.folder, self.folder / "safe.db", clock=lambda: self.now)

    def adopt(self) -> None:
        adopt(self.desk)

    def leave(self, number: int, publication: str) -> None:
        remove_subscriber(self.desk, self.desk.config.publication(publication), f"reader{number}@example.com")

    def taken(self) -> Counter[tuple[str, str]]:
        """Count what the relay took, by edition and recipient."""
        found: Counter[tuple[str, str]] = Counter()
        for one in self.relay.taken:
            name = re.search(rb"Message-ID: <([a-z]+-\d{4}-\d\d-\d\d)", one.content, re.IGNORECASE)
            assert name, one.content[:600]
            found[name[1].decode(), one.recipient] += 1
        return found
