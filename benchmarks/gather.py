"""Gathering at scale, beside peers: `python -m benchmarks.gather [FEEDS] [--lines N] [--no-peers]`.

Serves FEEDS (default 500) feeds from a local server that waits 20 ms before each answer; a tenth of them fail, are slow
or no feed. Three passes: everything new, nothing new (all answer 304), a tenth changed. Peers in the same run, reading
the same feeds: feedparser with a thread pool, without and with remembered ETags, and the `reader` library where it is
there and runs. Then N (default 100,000) stories in a JSON Lines file. Each contestant runs in a process of its own,
so that its peak memory is its own. The last line is one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LATENCY = 0.020  # seconds before each answer
ITEMS = 25  # a feed
WORKERS = 64  # for all contestants: as many connections as broadsheet keeps unless told otherwise
TIMEOUT = 3.0
SLOW = 0.4  # seconds before the answer of a slow one

PROJECT = """\
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
[[publications.daily.sections]]
category = "Politics"
[gathering]
allow_hosts = ["127.0.0.1"]
timeout = 3
"""


def body_of(number: int, version: int) -> bytes:
    """Write a feed of ordinary size and shape."""
    items = []
    for item in range(ITEMS + version):
        text = f"The council of town {number} met on day {item} and voted on the harbour, the school and the road. " * 6
        items.append(
            f"<item><title>Town {number} votes on matter {item}</title><link>https://n{number}.example/{item}?utm_source=rss"
            f"</link><guid isPermaLink='false'>n{number}-{item}</guid><dc:creator>Ann Lee</dc:creator>"
            f"<pubDate>Mon, 23 Nov 2026 {item % 24:02}:00:00 GMT</pubDate><category>Politics</category>"
            f"<description>{text[:200]}</description><content:encoded><![CDATA[<p>{text}</p><p>{text}</p>"
            f"<img src='https://n{number}.example/{item}.jpg' width='600' height='400'>]]></content:encoded></item>"
        )
    return (
        "<?xml version='1.0'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<title>Paper {number}</title><link>https://n{number}.example/</link>{''.join(items)}</channel></rss>"
    ).encode()


def serve(feeds: int, port: Any, version: Any) -> None:
    """Serve the feeds from a process of its own: of every 30, one is an error, one is slow and one is no feed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                number = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
                await asyncio.sleep(SLOW if number % 30 == 19 else LATENCY)
                now = version.value if number % 10 == 5 else min(version.value, 0)
                tag = f'"{number}-{now}"'
                kind = number % 30
                if kind == 9:
                    status, content = "500 Oops", b"oops"
                elif kind == 29:
                    status, content = "200 OK", b"<html><body>No feed</body></html>"
                elif f"if-none-match: {tag}".encode() in head.lower():
                    status, content = "304 Not Modified", b""
                else:
                    status, content = "200 OK", body_of(number, now)
                writer.write(
                    f"HTTP/1.1 {status}\r\nETag: {tag}\r\nContent-Type: application/rss+xml\r\n"
                    f"Content-Length: {len(content)}\r\n\r\n".encode()
                    + content
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
        port.value = server.sockets[0].getsockname()[1]
        async with server:
            await server.serve_forever()

    asyncio.run(main())


# --- contestants: each yields after a pass ----------------------------------------------------------------------------


def run_broadsheet(urls: list[str], folder: Path) -> Callable[[], int]:
    """Gather into a database, as the command does."""
    from broadsheet.config import parse_config
    from broadsheet.desk import Desk
    from broadsheet.desk.gathering import gather
    from broadsheet.store import Store

    sources = "".join(f'[sources.n{number}]\nurl = "{url}"\n' for number, url in enumerate(urls))
    desk = Desk(config=parse_config(PROJECT + sources, folder=folder), store=Store(folder / "broadsheet.db"))

    def once() -> int:
        with desk.store.transaction():  # those that failed are asked every time, as the peers do
            desk.store.connection.execute("UPDATE places SET not_before_at = NULL")
        return gather(desk).found

    return once


def run_feedparser(urls: list[str], folder: Path) -> Callable[[], int]:
    """Fetch and parse in a thread pool, with ETags kept between passes; nothing is stored."""
    import urllib.request

    import feedparser

    tags: dict[str, str] = {}

    def read(url: str) -> int:
        request = urllib.request.Request(url, headers={"If-None-Match": tags.get(url, '"none"')})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                content = answer.read()
                tags[url] = answer.headers["ETag"]
        except OSError:
            return 0
        return len(feedparser.parse(content).entries)

    def once() -> int:
        with ThreadPoolExecutor(WORKERS) as pool:
            return sum(pool.map(read, urls))

    return once


def run_feedparser_alone(urls: list[str], folder: Path) -> Callable[[], int]:
    """Parse everything anew each time, as a script without memory does."""
    import urllib.request

    import feedparser

    def read(url: str) -> int:
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                return len(feedparser.parse(answer.read()).entries)
        except OSError:
            return 0

    def once() -> int:
        with ThreadPoolExecutor(WORKERS) as pool:
            return sum(pool.map(read, urls))

    return once


def run_reader(urls: list[str], folder: Path) -> Callable[[], int]:
    """Update with the `reader` library and its own workers."""
    import reader

    library = reader.make_reader(str(folder / "reader.sqlite"), session_timeout=(TIMEOUT, TIMEOUT))
    for url in urls:
        library.add_feed(url)

    def once() -> int:
        library.update_feeds(scheduled=False, workers=WORKERS)
        return library.get_entry_counts().total or 0

    return once


CONTESTANTS: dict[str, Callable[[list[str], Path], Callable[[], int]]] = {
    "broadsheet": run_broadsheet,
    "feedparser + pool": run_feedparser_alone,
    "feedparser + pool + etags": run_feedparser,
    "reader": run_reader,
}


def contest(name: str, urls: list[str], version: Any, pipe: Any) -> None:
    """Run one contestant through the passes and send what it took."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            once = CONTESTANTS[name](urls, Path(folder))
            base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            seconds, processor, found = [], [], []
            for changed in (0, 0, 1):
                version.value = changed
                began, worked = time.perf_counter(), _processor_seconds()
                found.append(once())
                seconds.append(round(time.perf_counter() - began, 3))
                processor.append(round(_processor_seconds() - worked, 3))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            pipe.send(
                {
                    "seconds": seconds,
                    "processor_seconds": processor,
                    "items": found,
                    "peak_mb": round(peak / 1024),
                    "grown_mb": round((peak - base) / 1024),
                }
            )
    except Exception as error:
        pipe.send({"error": f"{type(error).__name__}: {str(error)[:100]}"})


def _processor_seconds() -> float:
    """Give the processor's time that this process and its finished children have taken: steady on a busy machine."""
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def in_own_process(target: Callable[..., None], *arguments: Any) -> dict[str, Any]:
    """Call a function in a fresh process and give what it sends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(*arguments, theirs))
    process.start()
    theirs.close()
    try:
        result: dict[str, Any] = ours.recv()
    except EOFError:
        result = {"error": "died"}
    process.join()
    return result


def lines(count: int, pipe: Any) -> None:
    """Gather a JSON Lines file twice."""
    from broadsheet.config import parse_config
    from broadsheet.desk import Desk
    from broadsheet.desk.gathering import gather
    from broadsheet.store import Store

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "stories.jsonl"
        with file.open("w", encoding="utf-8") as out:
            for number in range(count):
                text = f"The council of town {number} met on Monday and voted on the harbour, the school and the road."
                story = {
                    "id": number, "title": f"Town {number} votes on its harbour", "url": f"https://n.example/{number}",
                    "body": f"{text}\n\n{text[::-1]}", "author": "Ann Lee", "tags": ["Politics", f"Town {number % 50}"],
                    "date": datetime.fromtimestamp(1_795_000_000 + number, UTC).isoformat(),
                }  # fmt: skip
                out.write(json.dumps(story) + "\n")
        with Store(folder / "broadsheet.db") as store:
            desk = Desk(config=parse_config(PROJECT, folder=folder), store=store)
            base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            result: dict[str, Any] = {"stories": count, "mb": round(file.stat().st_size / 1e6, 1)}
            for turn in ("first", "second", "third"):
                if turn == "third":  # the bytes differ, the stories do not
                    with file.open("a", encoding="utf-8") as out:
                        out.write("\n")
                before = store.connection.total_changes
                began = time.perf_counter()
                report = gather(desk, [str(file)])
                result[f"{turn}_s"] = round(time.perf_counter() - began, 2)
                result[f"{turn}_new"] = report.new
                result[f"{turn}_rows_written"] = store.connection.total_changes - before
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            result |= {"peak_mb": round(peak / 1024), "grown_mb": round((peak - base) / 1024)}
            pipe.send(result)


def main(arguments: list[str]) -> None:
    """Serve, run, print."""
    numbers = [int(word) for word in arguments if word.isdigit()]
    count = int(arguments[arguments.index("--lines") + 1]) if "--lines" in arguments else 100_000
    feeds = next((number for number in numbers if number != count or "--lines" not in arguments), 500)
    context = multiprocessing.get_context("spawn")
    port, version = context.Value("i", 0), context.Value("i", 0)
    server = context.Process(target=serve, args=(feeds, port, version), daemon=True)
    server.start()
    while not port.value:
        time.sleep(0.02)
    urls = [f"http://127.0.0.1:{port.value}/{number}" for number in range(feeds)]
    result: dict[str, Any] = {"feeds": feeds}
    print(f"{feeds} feeds of {ITEMS} items, {LATENCY * 1000:.0f} ms away; a tenth fails, is slow or is no feed\n")
    print(f"{'':28}{'first':>9}{'second':>9}{'changed':>9}{'cpu s':>20}{'items':>9}{'peak MB':>9}{'grown MB':>9}")
    try:
        for name in CONTESTANTS if "--no-peers" not in arguments else ("broadsheet",):
            took = in_own_process(contest, name, urls, version)
            result[name] = took
            if "error" in took:
                print(f"{name:28}{took['error']}")
                continue
            seconds = "".join(f"{one:9.2f}" for one in took["seconds"])
            worked = " ".join(f"{one:6.2f}" for one in took["processor_seconds"])
            print(f"{name:28}{seconds}{worked:>20}{took['items'][0]:9}{took['peak_mb']:9}{took['grown_mb']:9}")
    finally:
        server.terminate()
    mine = result["broadsheet"].get("seconds")
    for name in CONTESTANTS:
        if mine and name != "broadsheet" and "seconds" in result.get(name, {}):
            ratios = [round(theirs / ours, 2) for theirs, ours in zip(result[name]["seconds"], mine, strict=True)]
            result[f"ratio to {name}"] = ratios
            print(f"broadsheet is {' / '.join(map(str, ratios))} times as fast as {name}")
    if count:
        took = in_own_process(lines, count)
        result["json_lines"] = took
        print(
            f"\n{took['stories']:,} JSON Lines ({took['mb']} MB): {took['first_s']} s"
            f" ({took['stories'] / took['first_s']:,.0f} stories/s), again {took['second_s']} s, again with other bytes"
            f" {took['third_s']} s; rows written {took['first_rows_written']:,} / {took['second_rows_written']:,} /"
            f" {took['third_rows_written']:,}; peak {took['peak_mb']} MB"
        )
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
