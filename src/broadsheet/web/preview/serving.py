"""Serve the editors' page: on the loopback address to one machine, or shared with a login."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from broadsheet.desk.opening import system_clock
from broadsheet.errors import ConfigError
from broadsheet.web.preview.accounts import Accounts
from broadsheet.web.preview.desk_page import DeskPage
from broadsheet.web.preview.door import Door, OwnDoor
from broadsheet.web.preview.login import SharedDoor
from broadsheet.web.preview.standings import Standings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How a preview is shared: the address it listens on, and how others reach it where that is another.

    `certificate` and `key` are PEM files for TLS; a proxy that brings TLS is one of `trusted_proxies` instead.
    """

    host: str
    public_url: str = ""
    certificate: Path | None = None
    key: Path | None = None
    trusted_proxies: str = ""

    def origin(self, port: int) -> str:
        """Give the address at which browsers find the page. Raises ConfigError where it must be told."""
        if self.public_url:
            parts = urlsplit(self.public_url)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
                raise ConfigError(
                    f"{self.public_url!r} is no address of a site", key="--public-url",
                    advice="Write it as https://desk.example.org",
                )  # fmt: skip
            return f"{parts.scheme}://{parts.netloc}".lower()
        if self.host in ("0.0.0.0", "::"):  # noqa: S104 - what is refused here
            raise ConfigError(
                f"{self.host} is every address of this machine, and none that a browser can ask for",
                key="--public-url", advice="Say how editors reach it: --public-url https://desk.example.org",
            )  # fmt: skip
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{port}".lower()


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """Take a port of an address; 0 takes a free one. Raises OSError."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128)


def server_for(page: DeskPage, listener: socket.socket, by: str) -> tuple[uvicorn.Server, str]:
    """Give a server for a page on this machine alone, and the link that opens it."""
    door = OwnDoor(page.app(), listener.getsockname()[1], by)
    return _server(door), door.link


def shared_server_for(
    page: DeskPage, listener: socket.socket, share: Share, environment: Mapping[str, str],
    clock: Callable[[], datetime] = system_clock,
) -> tuple[uvicorn.Server, str]:  # fmt: skip
    """Give a server for a page that is shared, and its address. Raises ConfigError."""
    origin = share.origin(listener.getsockname()[1])
    door = SharedDoor(
        page.app(), [origin], Accounts.from_environment(environment), page.login, clock,
        is_secure=origin.startswith("https://"), standings=Standings(page.folder),
    )  # fmt: skip
    return _server(door, share), f"{origin}/"


def _server(door: Door, share: Share | None = None) -> uvicorn.Server:
    proxies = share.trusted_proxies if share else ""
    return uvicorn.Server(
        uvicorn.Config(
            door, log_level="warning", access_log=False, server_header=False, proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies, timeout_graceful_shutdown=2,
            ssl_certfile=share.certificate if share else None, ssl_keyfile=share.key if share else None,
        )
    )  # fmt: skip


def serve(page: DeskPage, by: str, port: int, *, ready: Callable[[str], None]) -> None:
    """Serve a page to this machine until stopped. `ready` is told the link. Raises OSError when the port is taken."""
    with listen(port) as listener:
        server, link = server_for(page, listener, by)
        ready(link)
        server.run(sockets=[listener])


def serve_shared(
    page: DeskPage, share: Share, environment: Mapping[str, str], port: int, *, ready: Callable[[str], None]
) -> None:
    """Serve a page to those who log in, until stopped. Raises OSError when the port is taken, and ConfigError."""
    with listen(port, share.host) as listener:
        server, address = shared_server_for(page, listener, share, environment)
        ready(address)
        server.run(sockets=[listener])
