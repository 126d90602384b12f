"""The public pages behind a real web server, with the lines that a page shows for it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "deliverability.md"
# What a web server needs besides: files where a test may write, and a certificate.
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        {shown}
    }}
}}
"""
CADDY = """
{{
    admin off
    auto_https disable_redirects
    skip_install_trust
    storage file_system {folder}/caddy
}}
{shown}
"""


def shown(name: str) -> str:
    """Give the lines that the page shows for a web server."""
    text = PAGE.read_text(encoding="utf-8").partition(f"    # {name}\n")[2]
    lines = []
    for line in text.splitlines():
        if not line.startswith("    ") or line.startswith("    #"):
            break
        lines.append(line)
    assert lines, f"{PAGE.name} shows nothing for {name}"
    return "\n".join(lines)


def configuration(name: str, folder: Path, port: int, behind: int, certificate: Path) -> str:
    """Write a web server's whole configuration around the lines of the page."""
    lines = shown(name).replace("127.0.0.1:8765", f"127.0.0.1:{behind}")
    if name == "nginx":
        return NGINX.format(folder=folder, port=port, certificate=certificate, shown=lines)
    own = f"https://127.0.0.1:{port} {{\n    tls {certificate} {certificate}\n"
    assert "news.example.org {\n" in lines
    return CADDY.format(folder=folder, shown=lines.replace("news.example.org {\n", own))


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """Run a server until it is no longer needed, once it listens."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        try:
            until = time.monotonic() + 30
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < until, log.read_text()
                    time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait()


def free_ports(count: int) -> list[int]:
    """Find ports that nobody listens on."""
    opened = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in opened]
    for one in opened:
        one.close()
    return ports


@contextmanager
def public_pages(name: str, folder: Path, certificate: Path, program: str, project: Path) -> Iterator[str]:
    """Run `broadsheet serve` behind a web server; gives the address by which the world sees it."""
    behind, port = free_ports(2)
    file = folder / ("Caddyfile" if name == "Caddy" else "nginx.conf")
    file.write_text(configuration(name, folder, port, behind, certificate), encoding="utf-8")
    command = {
        "nginx": [program, "-c", str(file), "-p", str(folder)],
        "Caddy": [program, "run", "--config", str(file), "--adapter", "caddyfile"],
    }[name]
    words = ["-C", str(project), "serve", "--port", str(behind), "--trusted-proxies", "127.0.0.1"]
    with running([sys.executable, "-m", "broadsheet", *words], behind, project), running(command, port, folder):
        yield f"https://127.0.0.1:{port}"
