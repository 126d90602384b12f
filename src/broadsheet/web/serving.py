"""Run the public pages: one process, behind any reverse proxy."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from broadsheet.web.public import PublicPages


def serve(
    folder: Path, host: str, port: int, base_url: str, *, trusted_proxies: str, ready: Callable[[str], None]
) -> None:
    """Serve the pages until stopped. `trusted_proxies` are the addresses whose X-Forwarded-For is believed."""
    listener = socket.create_server(
        (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
    )
    address = f"http://{host}:{listener.getsockname()[1]}"
    app = PublicPages(folder, base_url or address).app()
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, forwarded_allow_ips=trusted_proxies,
            proxy_headers=bool(trusted_proxies), timeout_graceful_shutdown=10,
        )
    )  # fmt: skip
    ready(address)
    with listener:
        server.run(sockets=[listener])
