"""Let readers leave by one click while a send is writing its ledger: none may be lost.

python -m benchmarks.unsubscribe [--readers N] [--clients C]      10,000 readers and 16 clients if left out

The pages are served by a process of their own; this one plays the mail programs, and a third writes rows into the same
database in batches, as a send does, from the first click to the last.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from broadsheet.desk import open_desk
from broadsheet.desk.readers import signer_of
from broadsheet.desk.subscribing import import_subscribers

PROJECT = """
[publications.daily]
title = "The Daily"
sender = "news@example.org"
postal_address = "1 Press Lane"
sections = [{ category = "News" }]
"""
WRITER = """
import sys, time
from pathlib import Path
from broadsheet.store import Store
with Store(Path(sys.argv[1])) as store:
    store.connection.execute("CREATE TABLE ledger_like (number INTEGER PRIMARY KEY, state TEXT)")
    batches = 0
    while not Path(sys.argv[2]).exists():
        with store.transaction():
            store.connection.executemany("INSERT INTO ledger_like (state) VALUES (?)", [("sent",)] * 500)
        batches += 1
        time.sleep(0.01)
    print(batches)
"""


def leave_all(host: str, paths: list[str], slowest: list[float], answers: list[int]) -> None:
    """Post each link on one connection, as a mail provider does."""
    connection = http.client.HTTPConnection(host, timeout=60)
    for path in paths:
        started = time.perf_counter()
        connection.request(
            "POST", path, "List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = connection.getresponse()
        answer.read()
        answers.append(answer.status)
        slowest.append(time.perf_counter() - started)
    connection.close()


def main(arguments: list[str]) -> None:
    """Print how many left, how fast, and how many were lost."""
    readers = int(arguments[arguments.index("--readers") + 1]) if "--readers" in arguments else 10_000
    clients = int(arguments[arguments.index("--clients") + 1]) if "--clients" in arguments else 16
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "broadsheet.toml").write_text(PROJECT, encoding="utf-8")
        listed = folder / "list.csv"
        listed.write_text("email\n" + "".join(f"r{n}@example.com\n" for n in range(readers)), encoding="utf-8")
        with open_desk(folder) as desk:
            daily = desk.config.publication()
            import_subscribers(desk, daily, listed)
            signer = signer_of(desk)
            people = desk.store.subscribers.recipients("daily", date(2026, 11, 24))
            paths = [signer.unsubscribe_url("", one.id) for one in people]
        stop = folder / "stop"
        server = subprocess.Popen(
            [sys.executable, "-m", "broadsheet", "-C", name, "serve", "--port", "0"],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert server.stderr is not None
        host = urlsplit(server.stderr.readline().split()[-1]).netloc
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder / "broadsheet.db"), str(stop)], stdout=subprocess.PIPE, text=True
        )
        times: list[float] = []
        answers: list[int] = []
        threads = [
            threading.Thread(target=leave_all, args=(host, paths[start::clients], times, answers))
            for start in range(clients)
        ]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
        stop.touch()
        batches = int(writer.communicate()[0])
        server.terminate()
        server.wait(30)
        server.stderr.close()
        with open_desk(folder) as desk:
            left = desk.store.subscribers.count("daily")["unsubscribed"]
    times.sort()
    lost = readers - left
    print(f"{readers:,} readers left by {clients} clients in {seconds:.1f} s: {readers / seconds:,.0f} a second")
    print(f"lost {lost}; answers other than 200: {sum(code != 200 for code in answers)}; slowest {times[-1]:.2f} s")
    print(f"meanwhile {batches} batches of 500 rows were written")
    figures = {
        "benchmark": "unsubscribe", "readers": readers, "lost": lost, "per_second": round(readers / seconds, 1),
        "median_ms": round(times[len(times) // 2] * 1000, 1), "slowest_ms": round(times[-1] * 1000, 1),
        "batches": batches,
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
