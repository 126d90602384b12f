"""A real HTTP server that keeps what is posted to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


class Listener(BaseHTTPRequestHandler):
    """Keep each path and body in `heard`, and answer with `status`."""

    heard: list[tuple[str, bytes]]
    status = 200

    def do_POST(self) -> None:
        self.heard.append((self.path, self.rfile.read(int(self.headers.get("Content-Length", 0)))))
        self.send_response(type(self).status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def listening() -> Iterator[tuple[str, type[Listener]]]:
    """Run a server on a free port; gives its address, with a path that could be a secret, and what it keeps."""
    handler = type("Handler", (Listener,), {"heard": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook/s3cret", handler
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
