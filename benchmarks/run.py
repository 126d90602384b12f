"""The daily run, end to end: `python -m benchmarks.run [FEEDS] [--readers N]`.

FEEDS is a folder of feed files (default ../shared/data/feeds/files). Those of sixteen newsrooms that were captured on
one day, 7 January 2017, are served by an HTTP server of this machine; a Postfix of this machine's own, with TLS and a
mailbox for each of N (default 1000) readers, takes the mail. From an empty folder: readers are imported, then the run
is started as a scheduler starts it, in a process of its own, and once more. Its clock shows that day, eight in the
evening, as the stories would be too old for the present. Needs root and Postfix.

Prints the wall time of each stage, as the run's own report has it. The last line is one JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.certificates import certificate_for
from tests.deliver.postfix import postfix

from broadsheet.model import Recipient

EVENING = datetime(2017, 1, 7, 20, tzinfo=UTC)
FEEDS = {
    "AtomTheVerge": "Technology", "Rss20CTVNews": "World", "Rss20IndianExpress": "World", "Rss20JapanToday": "World",
    "Rss20NYTimes": "World", "Rss20Reuters": "World", "Rss20TheMirror": "World", "Rss20FazNet": "Deutschland",
    "Rss20Spiegel": "Deutschland", "Rss20LeFigaro": "France", "Rss20LeMonde": "France", "Rss20LeParisien": "France",
    "Rss10Minutos20": "Elsewhere", "Rss20RomaNews": "Elsewhere", "Rss20RomaToday": "Elsewhere",
    "Rss20YandexRussia": "Elsewhere",
}  # fmt: skip

PROJECT = """\
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
base_url = "https://news.example.org"
approval = "automatic"
SECTIONS
[gathering]
allow_hosts = ["127.0.0.1"]
[smtp]
host = "127.0.0.1"
port = {port}
authority = "{authority}"
SOURCES
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def project(feeds: str, port: int, authority: Path) -> str:
    """Write the configuration: a section for each category, a source for each feed."""
    sections = "".join(
        f'[[publications.daily.sections]]\ncategory = "{name}"\nmax = 6\n' for name in dict.fromkeys(FEEDS.values())
    )
    sources = "".join(
        f'[sources.{name.lower()}]\nurl = "{feeds}/feedreader__{name}.xml"\ncategory = "{category}"\n'
        for name, category in FEEDS.items()
    )
    text = PROJECT.format(port=port, authority=authority)
    return text.replace("SECTIONS", sections).replace("SOURCES", sources)


def job(folder: Path) -> int:
    """Do what `broadsheet run --json` does, on that evening."""
    from broadsheet.desk import open_desk
    from broadsheet.desk.cronjob import start_job
    from broadsheet.desk.daily import as_record

    began = time.monotonic()
    with open_desk(folder, clock=lambda: EVENING + timedelta(seconds=time.monotonic() - began)) as desk:
        started = start_job(desk)
    print(json.dumps([as_record(report) for report in started.reports]))
    return started.exit_code


def timed(*words: str) -> tuple[Any, float, int]:
    """Start a program of ours in a process; gives its document, its wall time in seconds, and its exit code."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 4):
        raise SystemExit(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout), seconds, done.returncode


def measure(feeds: str, readers: int, folder: Path) -> dict[str, Any]:
    """Make the project in an empty folder, run it twice, and compare what the run says with what was delivered."""
    people = [Recipient(id=number, email=f"reader{number}@example.com") for number in range(1, readers + 1)]
    with postfix(certificate_for("127.0.0.1", folder / "relay.pem"), people) as relay:
        newsroom = folder / "newsroom"
        newsroom.mkdir()
        (newsroom / "broadsheet.toml").write_text(project(feeds, relay.port, relay.certificate), encoding="utf-8")
        (folder / "readers.csv").write_text("email\n" + "".join(f"{one.email}\n" for one in people), encoding="utf-8")
        words = ("-C", str(newsroom), "subscribers", "import", str(folder / "readers.csv"), "--json")
        _, importing, _ = timed("broadsheet", *words)
        [report], first, code = timed("benchmarks.run", "--job", str(newsroom))
        if report["stages"][-1]["name"] != "send":
            raise SystemExit(f"nothing was sent: {report['stages'][-1]['summary']}")
        began = time.perf_counter()
        delivered = sum(len(mails) for mails in relay.wait_for(readers).values())
        arriving = time.perf_counter() - began
        _, second, _ = timed("benchmarks.run", "--job", str(newsroom))
        again = sum(1 for _ in (relay.folder / "mail").glob("*/new/*")) - delivered
    stages = {stage["name"]: stage["seconds"] for stage in report["stages"]}
    facts = {stage["name"]: stage for stage in report["stages"]}
    return {
        "readers": readers, "sources": facts["gather"]["sources"], "stories": facts["gather"]["new"],
        "picks": facts["pick"]["picks"], "sent": facts["send"]["sent"], "delivered": delivered, "exit_code": code,
        "import_seconds": round(importing, 2), "stage_seconds": stages, "run_seconds": round(first, 2),
        "delivered_after_seconds": round(arriving, 2), "second_run_seconds": round(second, 2),
        "delivered_again": again,
    }  # fmt: skip


def main(words: list[str]) -> None:
    """Print the table, and the figures as one JSON object."""
    readers = int(words[words.index("--readers") + 1]) if "--readers" in words else 1000
    paths = [word for word in words if not word.startswith("--") and word != str(readers)]
    folder = Path(paths[0] if paths else Path(__file__).parents[2] / "shared" / "data" / "feeds" / "files")
    if missing := [name for name in FEEDS if not (folder / f"feedreader__{name}.xml").is_file()]:
        raise SystemExit(f"{folder} lacks {', '.join(missing)}")
    if os.geteuid() != 0:
        raise SystemExit("needs root: Postfix gives its parts other users")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        with tempfile.TemporaryDirectory() as place:
            Path(place).chmod(0o755)  # Postfix reads the certificate as another user
            found = measure(f"http://127.0.0.1:{server.server_port}", readers, Path(place))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    print(f"{found['sources']} feeds, {found['stories']} stories, {found['picks']} picked, {readers} readers\n")
    for name, seconds in found["stage_seconds"].items():
        print(f"  {name:8} {seconds:7.2f} s")
    print(f"  {'in all':8} {found['run_seconds']:7.2f} s   (the program's start included)\n")
    print(f"{found['sent']} sent, {found['delivered']} in mailboxes {found['delivered_after_seconds']:.2f} s later")
    print(f"started again: {found['second_run_seconds']:.2f} s, {found['delivered_again']} more delivered")
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        sys.exit(job(Path(sys.argv[2])))
    main(sys.argv[1:])
