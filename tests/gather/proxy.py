"""A proxy on a free port: real sockets, and one server behind it that all hosts lead to."""

from __future__ import annotations

import base64
import select
import socket

from tests.gather.web import Asked, Web

PASSWORD = "desk:s3/cret"


class Proxy(Web):
    """A proxy that sends every request on to one server, whatever the host."""

    def __init__(self, behind: tuple[str, int]) -> None:
        super().__init__()
        self.behind = behind
        self.RequestHandlerClass = Forwarding


class Forwarding(Asked):
    """One request to the proxy: forwarded, or a tunnel."""

    server: Proxy

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server looks for
        """Send a request on, and its answer back."""
        self.server.asked.append((self.path, dict(self.headers.items())))
        path = "/" + self.path.split("/", 3)[3]
        kept = "".join(f"{k}: {v}\r\n" for k, v in self.headers.items() if not k.lower().startswith("proxy-"))
        with socket.create_connection(self.server.behind) as there:
            there.sendall(f"GET {path} HTTP/1.1\r\n{kept}Connection: close\r\n\r\n".encode())
            first = there.recv(65536)
            self.wfile.write(first.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            while part := there.recv(65536):
                self.wfile.write(part)
        self.close_connection = True

    def do_CONNECT(self) -> None:  # noqa: N802 - the name that http.server looks for
        """Open a tunnel, once the password is right."""
        self.server.asked.append((self.path, dict(self.headers.items())))
        if self.headers["Proxy-Authorization"] != "Basic " + base64.b64encode(PASSWORD.encode()).decode():
            self.reply(407, Proxy_Authenticate="Basic")
            return
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(self.server.behind) as there:
            ends = [self.connection, there]
            while ready := select.select(ends, [], [], 5)[0]:
                for end in ready:
                    part = end.recv(65536)
                    if not part:
                        self.close_connection = True
                        return
                    (there if end is self.connection else self.connection).sendall(part)
