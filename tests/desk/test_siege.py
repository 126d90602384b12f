"""Every attack at once, over real sockets, on the real command: it ends, stays small, and the good source is read."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk import Desk
from broadsheet.store import Store
from tests.desk.test_fetching import sources
from tests.desk.test_gathering import PROJECT, feed
from tests.gather.test_attacks import ATTACKS, HEAD, TAIL, read
from tests.gather.web import Asked, Web, running

BOUND = 800_000  # kB of the gathering process at its largest; 650,000 were seen
READER_BOUND = 300_000  # kB of each of the processes that it has for reading, one a processor; 204,000 were seen
# The command; each of its processes writes down its own peak: what the system counts for children includes a parent's.
MEASURED = """
import atexit, os, re
from pathlib import Path
from broadsheet.cli.main import main
from broadsheet.gather import crew

read = crew.read_document

def note(name):
    peak = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]
    (Path(__file__).parent / f"{name}-{os.getpid()}.peak").write_text(peak)

def read_and_note(document):
    found = read(document)
    note("reader")
    return found

if __name__ == "__main__":
    crew.read_document = read_and_note
    atexit.register(note, "main")
    main()
"""


@pytest.fixture
def web() -> Iterator[Web]:
    with running() as server:
        yield server


def gigabyte(asked: Asked) -> None:
    asked.send_response(200)
    asked.send_header("Content-Length", str(1 << 30))
    asked.end_headers()
    for _ in range(1 << 10):
        asked.wfile.write(b"x" * (1 << 20))


def endless(asked: Asked) -> None:
    asked.send_response(200)
    asked.send_header("Transfer-Encoding", "chunked")
    asked.end_headers()
    while True:
        asked.wfile.write(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")


BODIES = {
    "an entity bomb": b'<!DOCTYPE r [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 100) for name in range(ord("b"), ord("m"))
    )
    + b"]><rss><channel><item><title>&l;</title></item></channel></rss>",
    "an external entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<rss><channel><item><title>&x; T</title></item></channel></rss>",
    "invalid utf-8": HEAD.encode() + b"\xff\xfe\xc3\x28\xf0\x9f\x98 words" + TAIL.encode(),
    "nul": HEAD.encode() + b"a\x00b\x1b[31m\x07" + TAIL.encode(),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="a process's peak is read from Linux's /proc")
def test_all_attacks_at_once_leave_the_process_small_and_the_good_source_read(tmp_path: Path, web: Web) -> None:
    for name, attack in ATTACKS.items():
        web.page(f"/{name.replace(' ', '-')}", attack.encode("utf-8", "replace"))
    for name, body in BODIES.items():
        web.page(f"/{name.replace(' ', '-')}", body)
    bomb = gzip.compress(b"<rss>" + b"\0" * 300_000_000, 9)
    large = (HEAD + "<b>word</b> " * 140_000 + "The word goes on. " * 440_000 + TAIL).encode()  # just below all limits
    assert 9_000_000 < len(large) < 10_000_000
    assert len(read(large)) == 1
    for number in range(20):
        web.pages[f"/gigabyte-{number}"], web.pages[f"/endless-{number}"] = gigabyte, endless
        web.page(f"/bomb-{number}", bomb, Content_Encoding="gzip")
        web.page(f"/large-{number}", large)
    web.page("/inner", feed("Secret"))
    for number, host in enumerate(("localhost", "[::1]", "10.0.0.1", "169.254.169.254", "2130706433")):
        web.page(f"/away-{number}", "", 302, Location=f"http://{host}:{web.server_address[1]}/inner")
    web.page("/good", feed("One"))
    text = sources(*(web.url + path for path in web.pages if path not in ("/good", "/inner")))
    text = text.replace("timeout = 3", "timeout = 60") + f'[sources.good]\nurl = "{web.url}/good"\n'
    (tmp_path / "broadsheet.toml").write_text(PROJECT + text)
    script = tmp_path / "measured.py"
    script.write_text(MEASURED)
    ended = subprocess.run(
        [sys.executable, str(script), "-C", str(tmp_path), "gather"], capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 4, ended.stderr
    assert "Traceback" not in ended.stderr
    peaks = {file.stem: int(file.read_text()) for file in tmp_path.glob("*.peak")}
    [main] = [name for name in peaks if name.startswith("main-")]
    readers = [peak for name, peak in peaks.items() if name not in (main, main.replace("main", "reader"))]
    assert peaks[main] < BOUND
    assert len(readers) == (min(os.cpu_count() or 1, 8) if (os.cpu_count() or 1) > 1 else 0)
    assert max(readers, default=0) < READER_BOUND
    assert not [path for path, _ in web.asked if path == "/inner"]
    with Store(tmp_path / "broadsheet.db") as store:
        desk = Desk(config=parse_config(PROJECT + text, folder=tmp_path), store=store)
        assert desk.store.stories.count("good") == 1
        written = store.connection.execute("SELECT title || dek || body || authors FROM stories").fetchall()
        for row in written:
            assert not any(ord(letter) < 32 for letter in row[0])
            assert "root:" not in row[0]
            assert "haha" not in row[0]
