"""Serve the editors' page on the loopback address, to one machine."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path

import uvicorn

from broadsheet.web.preview.desk_page import DeskPage
from broadsheet.web.preview.door import Door

LOOPBACK = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Take a port of the loopback address; 0 takes a free one. Raises OSError."""
    return socket.create_server((LOOPBACK, port), backlog=128)


def server_for(page: DeskPage, listener: socket.socket) -> tuple[uvicorn.Server, str]:
    """Give a server for a page, and the link that opens it."""
    door = Door(page.app(), listener.getsockname()[1])
    config = uvicorn.Config(
        door, log_level="warning", access_log=False, server_header=False, proxy_headers=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    return uvicorn.Server(config), door.link


def serve(folder: Path, publication: str, day: date, by: str, port: int, *, ready: Callable[[str], None]) -> None:
    """Serve the page of an edition until stopped. `ready` is told the link. Raises OSError when the port is taken."""
    with listen(port) as listener:
        server, link = server_for(DeskPage(folder, publication, day, by), listener)
        ready(link)
        server.run(sockets=[listener])
