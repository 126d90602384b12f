"""What the lines of the pages reach, as neighbours of their own: the web, platforms, a model, a home, free ports."""

from __future__ import annotations

import os
import re
import shlex
import signal
import ssl
import struct
import subprocess
import sys
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.certificates import certificate_for
from tests.docs.pages import ROOT
from tests.docs.proxies import free_ports
from tests.export.doubles import ListmonkDouble, MailchimpDouble
from tests.gather import proxy, web

ITEM = (
    "<item><title>{title}</title><link>https://example.org/{name}</link><guid>{name}</guid>"
    "<pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate>"
    "<description>{title}, the authorities said on Monday.</description>"
    '<enclosure url="https://example.org/quay.png" type="image/png" length="1"/></item>'
)
FEED = '<rss version="2.0"><channel><title>The Agency</title><link>https://example.org/</link>{items}</channel></rss>'
# The package `llm` is a neighbour that needs an account. This one knows a single model, which has a single idea.
LLM = """\
class UnknownModelError(KeyError): pass
class Model:
    def prompt(self, prompt, *, system): return self
    def text(self): return "Riverside market to reopen"
def get_model(name):
    if name != "gpt-4.1-mini": raise UnknownModelError(name)
    return Model()
"""
BOUNCE = """\
From: MAILER-DAEMON@example.net
To: news@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.net

Final-Recipient: rfc822; nobody@example.com
Action: failed
Status: 5.1.1

--b--
"""
_FOLDERS = re.compile(r"(?<= )/(?=(?:tmp|mnt|srv)/)")
_PORTS = re.compile(r"(?<=--port )\d+")


@dataclass(frozen=True)
class Surroundings:
    """Where lines are typed: the folder that stands for `/`, and the variables that lead to the neighbours."""

    folder: Path
    variables: dict[str, str]

    def shell(self, line: str, folder: Path, at: str = "", stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Type a line into a shell, at a moment or now. What it names of this machine is put into the folder."""
        return subprocess.run(
            ["bash", "-c", self.placed(line)], cwd=folder, env=self._environment(at), capture_output=True, text=True,
            check=False, timeout=120, input=stdin,
        )  # fmt: skip

    def served(self, line: str, folder: Path, at: str = "") -> tuple[int, int]:
        """Type a line that serves, open the address that it prints, and end it with Ctrl+C.

        Gives the status of the page and the exit code.
        """
        process = subprocess.Popen(
            ["bash", "-c", f"exec {self.placed(line)}"], cwd=folder, env=self._environment(at), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            printed = next((part for part in process.stdout if "://" in part), "")
            assert printed, f"{line}: no address is printed"
            trusting = ssl.create_default_context(cafile=self.variables["SSL_CERT_FILE"])
            with urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting),
                urllib.request.HTTPCookieProcessor(),
            ).open(printed.split()[-1], timeout=30) as answer:  # fmt: skip
                status: int = answer.status
            process.send_signal(signal.SIGINT)
            return status, process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def placed(self, line: str) -> str:
        """Put a line's folders under ours, and its ports to where nobody listens."""
        line = _FOLDERS.sub(lambda _: f"{shlex.quote(str(self.folder))}/", line)
        return _PORTS.sub(lambda _: str(free_ports(1)[0]), line)

    def _environment(self, at: str) -> dict[str, str]:
        return {**os.environ, **self.variables, "AT": at}


@contextmanager
def surroundings(folder: Path) -> Iterator[Surroundings]:
    """Start the neighbours for a block."""
    home, programs = folder / "home", folder / "programs"
    for made in (home, programs, folder / "mnt" / "safe", folder / "tmp", folder / "srv", folder / "packages"):
        made.mkdir(parents=True)
    for name in ("cur", "new", "tmp"):
        (home / "Maildir" / ".bounces" / name).mkdir(parents=True)
    (home / "Maildir" / ".bounces" / "new" / "1.example").write_text(BOUNCE, encoding="utf-8")
    (folder / "packages" / "llm.py").write_text(LLM, encoding="utf-8")
    dated = shlex.quote(str(Path(__file__).with_name("dated.py")))
    program = programs / "broadsheet"
    program.write_text(
        f'#!/bin/sh\npython={shlex.quote(sys.executable)}\n'
        f'if [ "$AT" ]; then exec "$python" -P {dated} "$AT" "$@"; else exec "$python" -m broadsheet "$@"; fi\n',
        encoding="utf-8",
    )  # fmt: skip
    program.chmod(0o755)
    own, certificate = (certificate_for(host, folder / f"{host}.pem") for host in ("127.0.0.1", "example.org"))
    trusted = folder / "trusted.pem"
    trusted.write_bytes(own.read_bytes() + certificate.read_bytes())
    mailchimp, listmonk = MailchimpDouble(), ListmonkDouble()
    mailchimp.people["ben@example.com"] = "request"
    site = web.Web()
    _fill(site)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    between = proxy.Proxy(("127.0.0.1", site.server_address[1]))
    with web.running(site), web.running(between), mailchimp.serving(), listmonk.serving():
        address = between.url.replace("http://", f"http://{quote(proxy.PASSWORD, safe=':')}@")
        accounts = ""
        for name, double in (("mailchimp", mailchimp), ("listmonk", listmonk)):
            table = {"url": double.url, **double.account}
            accounts += f"\n[platforms.{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in table.items())
        (folder / "platforms.toml").write_text(accounts, encoding="utf-8")
        yield Surroundings(
            folder,
            {
                "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{folder / 'packages'}",
                "HOME": str(home), "EDITOR": "true", "BROWSER": "true", "COLUMNS": "200",
                "HTTPS_PROXY": address, "https_proxy": address, "SSL_CERT_FILE": str(trusted),
                "BROADSHEET_MAILCHIMP_KEY": mailchimp.key, "BROADSHEET_LISTMONK_KEY": listmonk.key,
                "BROADSHEET_PREVIEW_EDITORS": "ada:an-hour-before-noon",
            },
        )  # fmt: skip


def _fill(site: web.Web) -> None:
    """Put up a site with its feed, the feed of an agency, and what both link to."""
    alternate = '<link rel="alternate" type="application/rss+xml" href="/news.xml">'
    site.page("/", f"<html><head><title>The Example</title>{alternate}</head></html>", Content_Type="text/html")
    for path, name, title in (
        ("/feed.xml", "quay", "New quay opens to cargo ships"),
        ("/news.xml", "bridge", "Bridge tolls are to end in spring"),
    ):
        items = ITEM.format(name=name, title=title)
        site.page(path, FEED.format(items=items), Content_Type="application/rss+xml")
        site.page(f"/{name}", f"<html><title>{title}</title></html>", Content_Type="text/html")
    rows = b"".join(b"\0" + b"\x30\x60\x90" * 640 for _ in range(360))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 640, 360, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    picture = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    site.page("/quay.png", b"\x89PNG\r\n\x1a\n" + picture, Content_Type="image/png")
