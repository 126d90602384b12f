"""Fetching through a proxy, over real sockets: what goes through it, what does not, and what it is never asked for."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.gather.fetch import Fetched, Fetcher, FetchError, Limits, Request
from broadsheet.gather.proxies import Proxies
from tests.certificates import certificate_for
from tests.gather.proxy import Proxy
from tests.gather.web import Asked, Web, running

LIMITS = Limits(seconds=30.0, bytes=1_000_000, spacing=0)
FEED = "http://feeds.broadsheet-test.example/feed"  # .example resolves nowhere: only the proxy can lead there


@pytest.fixture
def web() -> Iterator[Web]:
    with running() as server:
        yield server


@pytest.fixture
def proxy(web: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    found = Proxy(("127.0.0.1", web.server_address[1]))
    with running(found):
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.setenv("HTTP_PROXY", found.url)
        yield found


def fetch(url: str, limits: Limits = LIMITS) -> Fetched:
    with Fetcher(limits) as fetcher:
        return fetcher.fetch(Request(url=url, source="s", etag='"1"'))


def refused(url: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits)
    return caught.value.message


def test_the_environments_proxy_is_used(web: Web, proxy: Proxy) -> None:
    web.page("/feed", "<rss/>")
    assert fetch(FEED).content == b"<rss/>"
    assert [path for path, _ in proxy.asked] == [FEED]
    [(path, headers)] = web.asked
    assert (path, headers["Host"], headers["If-None-Match"]) == ("/feed", "feeds.broadsheet-test.example", '"1"')


def test_a_redirect_is_followed_through_the_proxy(web: Web, proxy: Proxy) -> None:
    web.page("/feed", "", 301, Location="http://other.broadsheet-test.example/there")
    web.page("/there", "<rss/>")
    assert fetch(FEED).moved_to == "http://other.broadsheet-test.example/there"
    assert len(proxy.asked) == 2


@pytest.mark.parametrize(
    "host",
    [
        "10.1.2.3", "169.254.169.254", "[fd00::1]", "[::ffff:10.0.0.1]", "2130706434.", "0x7f.2", "127.3", "intranet",
        "metadata.google.internal", "printer.local", "nas.home.arpa", "db.corp", "x.localhost", "203.0.113.9:25",
        "8.8.8.8:25",
    ],
)  # fmt: skip
def test_a_proxy_is_never_asked_for_what_is_private(web: Web, proxy: Proxy, host: str) -> None:
    assert "is refused" in refused(f"http://{host}/feed")
    web.page("/feed", "", 302, Location=f"http://{host}/inner")
    assert "is refused" in refused(FEED)
    assert [path for path, _ in proxy.asked] == [FEED]


def test_a_name_that_resolves_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, web: Web, proxy: Proxy
) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.7.7", 0))]
    monkeypatch.setattr("broadsheet.gather.guard.socket.getaddrinfo", lambda *_, **__: answer)
    assert "is a private, local or reserved address" in refused(FEED)
    assert not proxy.asked


def test_where_no_name_can_be_resolved_it_is_tried_only_once(
    monkeypatch: pytest.MonkeyPatch, web: Web, proxy: Proxy
) -> None:
    real, tried = socket.getaddrinfo, []

    def blind(host: str, *rest: object, **more: object) -> object:
        if host.endswith(".example"):
            tried.append(host)
            raise socket.gaierror(socket.EAI_AGAIN, "no server")
        return real(host, *rest, **more)  # type: ignore[arg-type]  # handed through

    web.page("/feed", "<rss/>")
    monkeypatch.setattr("broadsheet.gather.guard.socket.getaddrinfo", blind)
    with Fetcher(LIMITS) as fetcher:
        for _ in range(3):
            assert fetcher.fetch(Request(url=FEED)).content == b"<rss/>"
    assert len(tried) == 1


def test_an_allowed_host_may_be_private_behind_the_proxy_too(web: Web, proxy: Proxy) -> None:
    web.page("/feed", "<rss/>")
    limits = Limits(seconds=3.0, allowed_hosts=("intranet",))
    assert fetch("http://intranet/feed", limits).content == b"<rss/>"


def test_local_addresses_and_no_proxy_go_direct(monkeypatch: pytest.MonkeyPatch, web: Web, proxy: Proxy) -> None:
    assert "is refused" in refused(web.page("/feed", "<rss/>"))
    assert fetch(f"{web.url}/feed", Limits(allowed_hosts=("127.0.0.1",))).content == b"<rss/>"
    monkeypatch.setenv("NO_PROXY", "localhost,.broadsheet-test.example")
    assert "cannot be fetched" in refused(FEED)
    assert not proxy.asked


def test_a_dripping_answer_through_a_proxy_has_no_more_time(web: Web, proxy: Proxy) -> None:
    def drip(asked: Asked) -> None:
        asked.send_response(200)
        asked.send_header("Content-Length", "1000")
        asked.end_headers()
        for _ in range(60):
            asked.wfile.write(b"x")
            time.sleep(0.05)

    web.pages["/feed"] = drip
    began = time.monotonic()
    assert "took longer" in refused(FEED, Limits(seconds=0.4))
    assert time.monotonic() - began < 2.5  # of the 3 that the dripping takes


def test_https_goes_through_a_tunnel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, web: Web, proxy: Proxy) -> None:
    certificate = certificate_for("feeds.broadsheet-test.example", tmp_path / "host.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    web.socket = context.wrap_socket(web.socket, server_side=True)
    web.page("/feed", "<rss/>")
    url = FEED.replace("http:", "https:")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//desk:s3%2Fcret@"))
    assert fetch(url).content == b"<rss/>"
    assert proxy.asked[0][0] == "feeds.broadsheet-test.example:443"
    assert "Proxy-Authorization" not in web.asked[0][1]
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//desk:wrong@"))
    message = refused(url)
    assert "407" in message
    assert "wrong" not in message


@pytest.mark.parametrize("named", ["socks5://desk:s3cret@127.0.0.1:1080", "http://desk:s3/cret@proxy:3128", "http://"])
def test_a_proxy_that_is_not_understood_is_no_reason_to_go_without(
    monkeypatch: pytest.MonkeyPatch, web: Web, proxy: Proxy, named: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", named)
    message = refused(FEED)
    assert "the environment's proxy" in message
    assert "cret" not in message


def test_a_proxy_without_a_scheme_speaks_http() -> None:
    assert Proxies({"http": "proxy:3128"}).proxy_for(FEED) == "http://proxy:3128"
    assert Proxies({"all": "http://proxy:3128"}).proxy_for("https://example.org/") == "http://proxy:3128"
    assert Proxies({}).proxy_for(FEED) == ""
