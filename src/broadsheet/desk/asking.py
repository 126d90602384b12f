"""Ask servers whether links are alive: politely, a few at a time, and never inside the own network.

Addresses come from stories, so they are hostile: a host is resolved once, refused when any of its addresses is not
public, and the connection goes to the address that was checked, at every redirect again.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from broadsheet import __version__
from broadsheet.check import Answer, AnswerState

HOSTS_AT_ONCE = 8
TIMEOUT = 10.0
_REDIRECTS_AT_MOST = 5
_FAILURES_AT_MOST = 2  # of one host in a row, before the rest of its links are left unasked
_HEADERS = {
    "User-Agent": f"broadsheet/{__version__} (link check)",
    "Accept": "text/html,application/xhtml+xml,image/*,*/*;q=0.5",
    "Connection": "close",
}

Judge = Callable[[str], bool]


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet."""
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


def ask(addresses: Iterable[str], *, allowed: Judge = is_public, timeout: float = TIMEOUT) -> dict[str, Answer]:
    """Ask about web addresses. Each host is asked by one thread, one link after the other.

    HEAD comes first. What it does not grant is asked for with GET; 404 and 410 must be said twice to GET to count as
    dead. 401, 403, 429 and 451 mean that the site is closed to robots: nothing is known.
    """
    by_host: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses):
        try:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https") and parts.hostname:
                by_host.setdefault(parts.netloc, []).append(address)
        except ValueError:
            continue
    answers: dict[str, Answer] = {}
    with ThreadPoolExecutor(max_workers=HOSTS_AT_ONCE) as pool:
        for told in pool.map(lambda links: _ask_host(links, allowed, timeout), by_host.values()):
            answers.update(told)
    return answers


def _ask_host(links: list[str], allowed: Judge, timeout: float) -> Mapping[str, Answer]:
    answers: dict[str, Answer] = {}
    failures = 0
    for link in links:
        if failures >= _FAILURES_AT_MOST:
            answers[link] = Answer(AnswerState.UNSURE, "not asked: its host does not answer")
            continue
        try:
            answers[link] = _ask(link, allowed, timeout)
            failures = 0
        except (OSError, http.client.HTTPException, ValueError) as error:
            failures += 1
            answers[link] = Answer(AnswerState.UNSURE, _reason(error))
    return answers


def _ask(link: str, allowed: Judge, timeout: float) -> Answer:
    status, size = _answer("HEAD", link, allowed, timeout)
    if status >= 400:
        status, size = _answer("GET", link, allowed, timeout)
    if status in (404, 410):
        status, size = _answer("GET", link, allowed, timeout)
    if status in (404, 410):
        return Answer(AnswerState.DEAD, f"{status}, twice")
    if status in (401, 403, 429, 451, 999):
        return Answer(AnswerState.CLOSED, f"{status}: closed to robots")
    if status >= 400:
        return Answer(AnswerState.UNSURE, f"the server answers {status}")
    return Answer(AnswerState.ALIVE, size=size)


def _answer(method: str, link: str, allowed: Judge, timeout: float) -> tuple[int, int | None]:
    """Follow redirects to the end; give the last status and the length that the server told. Reads no body."""
    for _ in range(_REDIRECTS_AT_MOST + 1):
        parts = urlsplit(link)
        connection = _connect(parts, allowed, timeout)
        try:
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{_query(parts)}" if parts.query else "")
            host = parts.netloc.rpartition("@")[2].encode("idna" if not parts.netloc.isascii() else "ascii").decode()
            connection.request(method, path, headers={"Host": host, **_HEADERS})
            response = connection.getresponse()
            target = response.getheader("Location")
            if response.status in (301, 302, 303, 307, 308) and target:
                link = urljoin(link, target)
                continue
            length = response.getheader("Content-Length") or ""
            return response.status, int(length) if length.isdecimal() and len(length) < 13 else None
        finally:
            connection.close()
    raise ValueError("it redirects in circles")


def _query(parts: SplitResult) -> str:
    return quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")


def _connect(parts: SplitResult, allowed: Judge, timeout: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("it redirects to something that is no web address")
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    resolved = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not resolved or not all(allowed(address.split("%")[0]) for address in resolved):
        raise ValueError("its host is not on the open internet")
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    connection.sock = socket.create_connection((resolved[0], port), timeout=timeout)
    if is_secure:
        connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
    return connection


def _reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "its host has no address"
    if isinstance(error, TimeoutError):
        return "its server does not answer in time"
    if isinstance(error, ssl.SSLError):
        return "its certificate is not valid"
    if isinstance(error, ConnectionError):
        return "its server refuses the connection"
    return str(error) or type(error).__name__
