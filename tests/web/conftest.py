"""The public pages, served for real on a free port, with a clock that the test moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import uvicorn

from broadsheet.desk import Desk
from broadsheet.desk.readers import signer_of
from broadsheet.web.public import PublicPages
from tests.audience.conftest import NOW, desk, project  # noqa: F401 - fixtures


@dataclass
class Site:
    """Where the pages are, and what time it is there."""

    url: str
    folder: Path
    now: datetime = NOW

    def later(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


@dataclass
class _Clock:
    site: Site | None = None

    def __call__(self) -> datetime:
        return self.site.now if self.site else NOW


@contextmanager
def served(folder: Path, base_url: str) -> Iterator[Site]:
    """Serve the pages of a project on a free port."""
    clock = _Clock()
    app = PublicPages(folder, base_url, clock=clock).app()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    clock.site = found = Site(f"http://127.0.0.1:{port}", folder)
    yield found
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def site(project: Path) -> Iterator[Site]:  # noqa: F811 - the fixture
    with served(project, "https://news.example.org") as found:
        yield found


@pytest.fixture
def client(site: Site) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=site.url, timeout=30) as opened:
        yield opened


def path_of(desk: Desk, kind: str, number: int) -> str:  # noqa: F811 - an argument
    """Give the path of a link as it stands in a mail."""
    return str(getattr(signer_of(desk), f"{kind}_url")("", number))


__all__ = ["NOW", "Site", "path_of", "served"]
