"""Joining by mail behind a real nginx: under a path that it leaves on, and under one that it takes off."""

from __future__ import annotations

import mailbox
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from broadsheet.desk import Desk
from broadsheet.desk.subscribing import show_person
from broadsheet.model import Consent
from tests.web.conftest import served
from tests.web.test_public import Links, move_pages

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
CONF = """
pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1; events {{}}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  server {{ listen 127.0.0.1:{left_on}; location /mail/ {{ proxy_pass {pages}; }} }}
  server {{ listen 127.0.0.1:{taken_off}; location /letters/weekend/ {{ proxy_pass {pages}/; }} }}
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def nginx(folder: Path, pages: str, left_on: int, taken_off: int) -> Iterator[None]:
    folder.mkdir()
    settings = folder / "nginx.conf"
    settings.write_text(CONF.format(folder=folder, pages=pages, left_on=left_on, taken_off=taken_off), "utf-8")
    with subprocess.Popen([NGINX or "", "-c", str(settings), "-e", str(folder / "error.log")]) as process:
        try:
            until = time.monotonic() + 20
            while time.monotonic() < until:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", taken_off)) == 0:
                        break
                assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


def visited(client: httpx2.Client, address: str, seen: dict[str, int]) -> httpx2.Response:
    """Get a page, and whatever it names that can be got."""
    answer = client.get(address)
    seen[address] = answer.status_code
    if "html" in answer.headers.get("content-type", ""):
        for link in Links(answer.text).found:
            if (there := urljoin(address, link)) not in seen:
                visited(client, there, seen)
    return answer


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None, reason="needs nginx, which is not here")
def test_joining_by_mail_works_with_a_path_left_on_and_one_taken_off(desk: Desk, project: Path, tmp_path: Path) -> None:
    ports = {"daily": free_port(), "weekend": free_port()}
    starts = {
        "daily": f"http://127.0.0.1:{ports['daily']}/mail",
        "weekend": f"http://127.0.0.1:{ports['weekend']}/letters/weekend",
    }
    move_pages(project, **starts)
    with (
        served(project, starts["daily"]) as site,
        nginx(tmp_path / "nginx", site.url, ports["daily"], ports["weekend"]),
        httpx2.Client(timeout=30, follow_redirects=True) as client,
    ):
        for name, start in starts.items():
            seen: dict[str, int] = {}
            visited(client, f"{start}/", seen)
            form = visited(client, f"{start}/s/{name}", seen)
            missing = client.get(f"{start}/u/forged")
            assert missing.status_code == 404
            visited(client, urljoin(f"{start}/u/forged", Links(missing.text).found[0]), seen)
            fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form.text))
            site.later(timedelta(seconds=30))
            email = f"ada@{name}.example.com"
            answer = client.post(f"{start}/s/{name}", data={**fields, "email": email})
            assert "mail is on its way" in answer.text
            until = time.monotonic() + 20
            while not (letters := [one for one in mailbox.Maildir(project / "outbox") if one["To"] == email]):
                assert time.monotonic() < until
                time.sleep(0.05)
            body = bytes(letters[0].get_payload(decode=True)).decode()
            (link,) = re.findall(r"http\S+", body)
            assert link.startswith(f"{start}/c/")
            visited(client, link, seen)
            assert show_person(desk, email).subscriptions[0][0].state is Consent.PENDING
            confirmed = client.post(link, data={"confirm": "1"})
            assert confirmed.status_code == 200
            for there in Links(confirmed.text).found:
                visited(client, urljoin(link, there), seen)
            ((subscription, _),) = show_person(desk, email).subscriptions
            assert (subscription.publication, subscription.state) == (name, Consent.CONFIRMED)
            assert set(seen.values()) == {200}, seen
