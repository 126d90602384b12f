"""Hostile and clumsy servers, over real sockets."""

from __future__ import annotations

import gzip
import resource
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NoReturn

import httpcore2
import pytest

from broadsheet.gather.fetch import Fetched, Fetcher, FetchError, Limits, Request
from broadsheet.gather.guard import is_public
from tests.gather.web import Asked, Web, running

LIMITS = Limits(seconds=2.0, bytes=1_000_000, allowed_hosts=("127.0.0.1",), spacing=0)


@pytest.fixture
def web() -> Iterator[Web]:
    with running() as server:
        yield server


def fetch(url: str, limits: Limits = LIMITS, *, etag: str = "", last_modified: str = "") -> Fetched:
    with Fetcher(limits) as fetcher:
        return fetcher.fetch(Request(url=url, source="s", etag=etag, last_modified=last_modified))


def refused(url: str, limits: Limits = LIMITS) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits)
    assert "\n" not in caught.value.message
    return caught.value


def test_a_plain_page(web: Web) -> None:
    got = fetch(web.page("/feed", "<rss/>", Content_Type="text/xml; charset=ISO-8859-1"))
    assert (got.content, got.status, got.charset) == (b"<rss/>", 200, "ISO-8859-1")
    assert "broadsheet/" in web.asked[0][1]["User-Agent"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "192.0.2.1", "198.18.0.1", "fec0::1",
        "nonsense",
    ],
)  # fmt: skip
def test_no_private_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
def test_a_local_server_is_not_reached_unless_it_is_allowed(web: Web, host: str) -> None:
    web.page("/feed", "secret")
    error = refused(f"http://{host}:{web.server_address[1]}/feed", replace(LIMITS, allowed_hosts=()))
    assert "is refused" in error.message or "cannot be fetched" in error.message
    assert web.asked == []


def test_a_refusal_says_how_to_allow_the_host(web: Web) -> None:
    assert "allow_hosts" in refused(web.page("/feed", "x"), replace(LIMITS, allowed_hosts=())).advice


def test_a_redirect_to_a_private_address_is_refused(web: Web) -> None:
    inner = f"http://localhost:{web.server_address[1]}/inner"
    web.page("/inner", "secret")
    web.page("/feed", "", 302, Location=inner)
    assert "is refused" in refused(f"{web.url}/feed").message
    assert [path for path, _ in web.asked] == ["/feed"]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.com/x", "gopher://example.com", "javascript:1"]
)
def test_a_redirect_leaves_the_web_for_nothing(web: Web, target: str) -> None:
    assert "no address of the web" in refused(web.page("/feed", "", 301, Location=target)).message


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/", "http://", "http:///x", "data:text/xml,x"])
def test_only_the_web_is_read(url: str) -> None:
    assert "no address of the web" in refused(url).message


def test_redirects_are_followed_and_only_permanent_ones_remembered(web: Web) -> None:
    web.page("/c", "here")
    web.page("/b", "", 302, Location="/c")
    web.page("/a", "", 301, Location="/b")
    got = fetch(f"{web.url}/a")
    assert (got.content, got.url, got.moved_to) == (b"here", f"{web.url}/c", f"{web.url}/b")
    web.page("/t", "", 302, Location="/a")
    assert fetch(f"{web.url}/t").moved_to == ""


def test_a_redirect_loop_ends(web: Web) -> None:
    assert "redirects more than 5 times" in refused(web.page("/loop", "", 302, Location="/loop")).message


def test_what_was_fetched_before_is_asked_for_conditionally(web: Web) -> None:
    def answer(asked: Asked) -> None:
        same = asked.headers["If-None-Match"] == '"1"' and asked.headers["If-Modified-Since"]
        asked.reply(304 if same else 200, b"" if same else b"new", ETag='"1"')

    web.pages["/feed"] = answer
    assert fetch(f"{web.url}/feed").headers["etag"] == '"1"'
    assert fetch(f"{web.url}/feed", etag='"1"', last_modified="Mon, 23 Nov 2026 20:00:00 GMT").is_unchanged


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4]])
def test_packed_answers_are_unpacked(web: Web, pack: object) -> None:
    body = b"<rss>" * 1000
    name = "gzip" if pack is gzip.compress else "deflate"
    packed: bytes = pack(body)  # type: ignore[operator]  # each of them is a function of bytes
    assert fetch(web.page("/feed", packed, Content_Encoding=name)).content == body


def test_a_gzip_bomb_is_cut_off_early(web: Web) -> None:
    bomb = gzip.compress(b"\0" * 300_000_000, 9)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "is larger than 1 MB" in refused(web.page("/bomb", bomb, Content_Encoding="gzip")).message
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kB


def test_a_damaged_and_an_unknown_packing_are_told(web: Web) -> None:
    assert (
        "damaged"
        in refused(web.page("/a", gzip.compress(b"x" * 999)[:20] + b"junk" * 9, Content_Encoding="gzip")).message
    )
    assert "packed as 'br'" in refused(web.page("/b", b"x", Content_Encoding="br")).message


def test_a_gigabyte_body_and_an_endless_one_are_cut_off(web: Web) -> None:
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

    web.pages["/gigabyte"], web.pages["/endless"] = gigabyte, endless
    for path in ("/gigabyte", "/endless"):
        assert "is larger than 1 MB" in refused(web.url + path).message


def test_a_server_that_drips_has_no_more_time_than_others(web: Web) -> None:
    def drip(asked: Asked) -> None:
        asked.send_response(200)
        asked.send_header("Content-Length", "1000")
        asked.end_headers()
        for _ in range(1000):
            asked.wfile.write(b"x")
            time.sleep(0.05)

    def drip_headers(asked: Asked) -> None:
        asked.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(1000):
            asked.wfile.write(b"x")
            time.sleep(0.05)

    web.pages["/body"], web.pages["/headers"] = drip, drip_headers
    limits = replace(LIMITS, seconds=0.4)
    for path in ("/body", "/headers"):
        began = time.monotonic()
        assert "took longer than 0.4 seconds" in refused(web.url + path, limits).message
        assert time.monotonic() - began < 8  # of the 50 that the dripping takes


def test_silence_is_given_up(web: Web) -> None:
    web.pages["/silent"] = lambda asked: time.sleep(1)
    assert "took longer" in refused(f"{web.url}/silent", replace(LIMITS, seconds=0.3)).message


def test_answers_that_are_no_http_and_cut_bodies_are_told(web: Web) -> None:
    def nonsense(asked: Asked) -> None:
        asked.wfile.write(b"SSH-2.0-OpenSSH\r\n")
        asked.close_connection = True

    def cut(asked: Asked) -> None:
        asked.send_response(200)
        asked.send_header("Content-Length", "1000")
        asked.end_headers()
        asked.wfile.write(b"<rss>")
        asked.close_connection = True

    web.pages["/nonsense"], web.pages["/cut"] = nonsense, cut
    for path in ("/nonsense", "/cut"):
        assert "cannot be fetched" in refused(web.url + path).message


def test_a_status_is_told_and_gone_is_for_good(web: Web) -> None:
    assert "answers 404" in refused(f"{web.url}/nothing").message
    gone = refused(web.page("/gone", "", 410))
    assert gone.is_gone
    busy = refused(web.page("/busy", "", 503, Retry_After="120"))
    assert busy.headers["retry-after"] == "120"


def test_an_unknown_host_and_a_closed_port_are_told() -> None:
    assert "cannot be fetched" in refused("http://no-such-host.invalid/feed").message
    assert "cannot be fetched" in refused("http://127.0.0.1:9/feed").message


def test_many_are_read_beside_each_other_and_one_failure_is_a_value(web: Web) -> None:
    together = threading.Barrier(4)

    def meet(asked: Asked) -> None:
        together.wait(30)  # nobody is answered before four ask at the same time
        asked.reply(200, b"ok")

    for number in range(20):
        web.pages[f"/{number}"] = meet
    requests = [Request(url=f"{web.url}/{number}", source=str(number)) for number in range(21)]
    with Fetcher(replace(LIMITS, seconds=30)) as fetcher:
        answers = {request.source: answer for request, answer in fetcher.fetch_all(requests)}
    assert isinstance(answers["20"], FetchError)
    assert sum(isinstance(answer, Fetched) for answer in answers.values()) == 20


def test_requests_to_one_foreign_host_are_spaced(monkeypatch: pytest.MonkeyPatch, web: Web) -> None:
    times = []

    def note(asked: Asked) -> None:
        times.append(time.monotonic())
        asked.reply(200, b"ok")

    web.pages["/1"] = web.pages["/2"] = web.pages["/3"] = note
    monkeypatch.setattr("broadsheet.gather.guard.is_public", lambda address: True)
    limits = replace(LIMITS, allowed_hosts=(), spacing=0.15)
    with Fetcher(limits) as fetcher:
        list(fetcher.fetch_all([Request(url=f"{web.url}/{number}") for number in (1, 2, 3)]))
    assert all(later - earlier >= 0.14 for earlier, later in pairwise(times))


def test_leaving_early_leaves_no_thread_behind(web: Web) -> None:
    web.page("/feed", "ok")
    before = threading.active_count()
    with Fetcher(LIMITS) as fetcher:
        for _ in fetcher.fetch_all([Request(url=f"{web.url}/feed", source=str(n)) for n in range(200)]):
            break
    deadline = time.monotonic() + 5
    while threading.active_count() > before + 40 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [thread for thread in threading.enumerate() if "work" in thread.name]


def test_those_that_took_longest_last_time_are_asked_first(web: Web) -> None:
    for number in range(6):
        web.page(f"/{number}", "ok")
    seconds = (0.1, 0.0, 0.4, 0.2, 0.0, 0.3)
    requests = [Request(url=f"{web.url}/{number}", expected=took) for number, took in enumerate(seconds)]
    with Fetcher(replace(LIMITS, workers=1)) as fetcher:
        assert all(isinstance(answer, Fetched) and answer.seconds > 0 for _, answer in fetcher.fetch_all(requests))
    assert [path for path, _ in web.asked] == ["/2", "/5", "/3", "/0", "/1", "/4"]


def test_a_name_that_changes_between_two_looks_leads_nowhere_private(monkeypatch: pytest.MonkeyPatch, web: Web) -> None:
    """DNS rebinding: public at the first look, ours at the second. There is no second look."""
    answers = [("93.184.216.34", 0), ("127.0.0.1", 0), ("127.0.0.1", 0)]
    connected = []

    def resolve(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answers.pop(0))]

    def connect(self: object, host: str, port: int, *_: object) -> NoReturn:
        connected.append(host)
        raise httpcore2.ConnectError("no route")

    web.page("/feed", "secret")
    monkeypatch.setattr("broadsheet.gather.guard.socket.getaddrinfo", resolve)
    monkeypatch.setattr("httpcore2.SyncBackend.connect_tcp", connect)
    url = f"http://rebound.example:{web.server_address[1]}/feed"
    assert "no route" in refused(url, replace(LIMITS, allowed_hosts=())).message
    assert connected == ["93.184.216.34"]
    monkeypatch.undo()
    answers[:] = [("127.0.0.1", 0)]
    monkeypatch.setattr("broadsheet.gather.guard.socket.getaddrinfo", resolve)
    assert "is refused" in refused(url, replace(LIMITS, allowed_hosts=())).message
    assert web.asked == []
