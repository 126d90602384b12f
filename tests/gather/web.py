"""A web server that misbehaves as it is told: real sockets, real HTTP, on a free port."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request; `reply` answers it the plain way."""

    protocol_version = "HTTP/1.1"
    server: Web

    def do_GET(self) -> None:
        """Hand the request to the page that the test set up."""
        self.server.asked.append((self.path, dict(self.headers.items())))
        page = self.server.pages.get(self.path.partition("?")[0])
        try:
            if page is None:
                self.reply(404, b"nothing here")
            else:
                page(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a status, headers (underscores become dashes) and a body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


class Web(ThreadingHTTPServer):
    """The server: its pages by path, and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: clients that leave early are what the tests are about."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """Give the address to put a path behind."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def page(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        """Set up a page and give its address."""
        content = body.encode() if isinstance(body, str) else body
        self.pages[path] = lambda asked: asked.reply(status, content, **headers)
        return self.url + path


@contextmanager
def running(web: Web | None = None) -> Iterator[Web]:
    """Run a server for a block."""
    web = web or Web()
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        web.shutdown()
        web.server_close()
        thread.join(timeout=5)
