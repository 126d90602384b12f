"""The only reader of the web: bounded in time, size, redirects and decompression, and polite.

It speaks httpcore2 itself, because each of these bounds must hold inside of a request, not after it.
"""

from __future__ import annotations

import queue
import threading
import time
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpcore2

from broadsheet import __version__
from broadsheet.errors import SourceError
from broadsheet.gather.guard import ForbiddenAddress, GuardedBackend, TooSlow
from broadsheet.gather.proxies import Proxies, proxy_pool

USER_AGENT = f"broadsheet/{__version__} (news digest; reads feeds a few times a day)"
ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
MOST_REDIRECTS = 5
LARGE = 1_000_000  # bytes: of bodies above this, few are held at a time, whatever the number of connections
LARGE_AT_A_TIME = 4
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a request may cost: seconds in all, bytes after decompression, and which private hosts are allowed."""

    seconds: float = 20.0
    bytes: int = 10_000_000
    allowed_hosts: tuple[str, ...] = ()
    workers: int = 64
    spacing: float = 0.5  # seconds between two requests to one host; none for the allowed ones, which are our own


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask: the address, and what its last answer said of itself."""

    url: str
    etag: str = ""
    last_modified: str = ""
    source: str = ""
    expected: float = 0.0  # seconds that the answer took last time


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address answered. `moved_to` is set when it says that it moved for good; header names are lower-case."""

    url: str
    status: int
    content: bytes = b""
    moved_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0  # from asking to the last byte

    @property
    def is_unchanged(self) -> bool:
        """Tell whether nothing changed since last time (304)."""
        return self.status == 304

    @property
    def charset(self) -> str:
        """Give the encoding that the server declared, '' where it declared none."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.strip().partition("=")
            if name.lower() == "charset":
                return value.strip(" \"'")[:40]
        return ""


class FetchError(SourceError):
    """Say why an address gave nothing. `headers` may hold Retry-After; `is_gone` means 410: it will never come back.

    `seconds` is how long it took to fail.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str,
        place: str,
        advice: str = "",
        headers: Mapping[str, str] | None = None,
        is_gone: bool = False,
    ) -> None:
        super().__init__(message, source=source, place=place, advice=advice)
        self.headers, self.is_gone, self.seconds = headers or {}, is_gone, 0.0


class Fetcher:
    """Read addresses over shared connections. Safe to use from several threads. A context manager.

    `proxies` are those that the environment names, unless others are given.
    """

    def __init__(self, limits: Limits | None = None, proxies: Proxies | None = None) -> None:
        self.limits = limits or Limits()
        self._proxies = proxies or Proxies()
        self._backend = GuardedBackend(self.limits.allowed_hosts)
        self._pool = httpcore2.ConnectionPool(
            max_connections=self.limits.workers * 2,
            max_keepalive_connections=self.limits.workers,
            keepalive_expiry=10,
            network_backend=self._backend,
        )
        self._behind: dict[str, httpcore2.HTTPProxy] = {}
        self._opening = threading.Lock()
        self._large = threading.Semaphore(LARGE_AT_A_TIME)  # held from a body's first large piece until it is handed on

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in (self._pool, *self._behind.values()):
            pool.close()

    def fetch(self, request: Request) -> Fetched:
        """Read one address. Raises FetchError for whatever goes wrong."""
        answer = self._timed(request)
        self._hand_on(answer)
        return answer

    def _hand_on(self, answer: object) -> None:
        """Let the next large body come, where this was one."""
        if isinstance(answer, Fetched) and len(answer.content) > LARGE:
            self._large.release()

    def _timed(self, request: Request) -> Fetched:
        began = time.monotonic()
        try:
            return replace(self._fetched(request), seconds=time.monotonic() - began)
        except FetchError as error:
            error.seconds = time.monotonic() - began
            raise

    def _fetched(self, request: Request) -> Fetched:
        try:
            self._backend.set_deadline(self.limits.seconds)
            return self._follow(request)
        except ForbiddenAddress as error:
            raise FetchError(
                f"is refused: {error}", source=request.source, place=request.url,
                advice="If you trust it, name the host in broadsheet.toml: [gathering] allow_hosts = [\"...\"].",
            ) from None  # fmt: skip
        except (TooSlow, httpcore2.TimeoutException):
            reason = f"took longer than {self.limits.seconds:g} seconds"
        except httpcore2.UnsupportedProtocol:
            reason = "is no address of the web: expected http:// or https://"
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError, OSError) as error:
            reason = f"cannot be fetched: {str(error).strip() or type(error).__name__}"
        raise FetchError(reason, source=request.source, place=request.url)

    def fetch_all(self, requests: Iterable[Request]) -> Iterator[tuple[Request, Fetched | FetchError]]:
        """Read many addresses: hosts beside each other, the requests to one host one after another and spaced.

        The hosts that will take longest come first, so that none of them begins when the others are done. Gives each
        answer as it comes. Answers wait in a short queue, so that memory does not grow with their number.
        """
        lanes: dict[str, list[Request]] = {}
        for number, request in enumerate(requests):
            host = (urlsplit(request.url).hostname or "").lower()
            lanes.setdefault(f"{host} {number}" if host in self.limits.allowed_hosts else host, []).append(request)
        waiting = deque(sorted(lanes.values(), key=self._expected, reverse=True))
        count = sum(map(len, lanes.values()))
        answers: queue.Queue[tuple[Request, Fetched | FetchError | Exception]] = queue.Queue(maxsize=16)
        stopped = threading.Event()

        def work() -> None:
            while not stopped.is_set():
                try:
                    lane = waiting.popleft()
                except IndexError:
                    return
                for number, request in enumerate(lane):
                    if number and stopped.wait(self.limits.spacing):
                        return
                    answer: Fetched | FetchError | Exception
                    try:
                        answer = self._timed(request)
                    except FetchError as error:
                        answer = error.as_value()
                    except Exception as error:  # a bug of ours: it surfaces in the reading thread
                        answer = error
                    while not stopped.is_set():
                        try:
                            answers.put((request, answer), timeout=0.5)
                            break
                        except queue.Full:
                            continue
                    else:
                        self._hand_on(answer)
                    del answer  # not to be held while the next is asked for

        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(self.limits.workers, len(lanes)))]
        for thread in threads:
            thread.start()
        try:
            for _ in range(count):
                request, answer = answers.get()
                if isinstance(answer, Exception) and not isinstance(answer, FetchError):
                    raise answer
                try:
                    yield request, answer
                finally:
                    self._hand_on(answer)
        finally:
            stopped.set()
            deadline = time.monotonic() + self.limits.seconds
            for thread in threads:
                while thread.is_alive() and time.monotonic() < deadline:
                    while not answers.empty():  # one may wait for a large body that nobody will take
                        self._hand_on(answers.get()[1])
                    thread.join(timeout=0.05)

    def _expected(self, lane: list[Request]) -> float:
        """Tell how many seconds the requests to one host will take."""
        return sum(request.expected for request in lane) + self.limits.spacing * (len(lane) - 1)

    def _follow(self, request: Request) -> Fetched:
        url, moved_to, is_permanent = request.url, "", True
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(url, request)
            if answer.status not in _REDIRECTS:
                return Fetched(
                    url=url, status=answer.status, content=answer.content, moved_to=moved_to, headers=answer.headers
                )
            target = answer.headers.get("location", "").strip()
            if not target:
                raise FetchError("redirects to nowhere", source=request.source, place=request.url)
            url = _checked(urljoin(url, target), request)
            is_permanent = is_permanent and answer.status in _PERMANENT
            moved_to = url if is_permanent else moved_to
        raise FetchError(f"redirects more than {MOST_REDIRECTS} times", source=request.source, place=request.url)

    def _ask(self, url: str, request: Request) -> Fetched:
        headers: dict[bytes | str, bytes | str] = {
            "Host": urlsplit(url).netloc,
            "User-Agent": USER_AGENT,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate",
        }
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        left = self._backend.remaining()
        timeouts = {"connect": min(10.0, left), "read": left, "write": left, "pool": left}
        address = _checked(url, request)
        with self._pool_for(address).stream(
            "GET", address, headers=headers, extensions={"timeout": timeouts}
        ) as answer:
            found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            if answer.status in _REDIRECTS or answer.status == 304:
                return Fetched(url=url, status=answer.status, headers=found)
            if answer.status >= 300:
                raise FetchError(
                    f"the server answers {answer.status}" + (", gone for good" if answer.status == 410 else ""),
                    source=request.source, place=request.url, headers=found, is_gone=answer.status == 410,
                )  # fmt: skip
            content = self._content(answer.iter_stream(), found, request)
            return Fetched(url=url, status=answer.status, content=content, headers=found)

    def _pool_for(self, url: str) -> httpcore2.ConnectionPool:
        """Choose the connections for an address. Raises ForbiddenAddress, or ConnectError for a proxy of no use."""
        proxy = self._proxies.proxy_for(url)
        if not proxy:
            return self._pool
        parts = urlsplit(url)
        self._backend.check_unseen(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        with self._opening:
            if proxy not in self._behind:
                try:
                    self._behind[proxy] = proxy_pool(proxy, self._backend, self.limits.workers)
                except ValueError as error:
                    raise httpcore2.ConnectError(
                        f"the environment's proxy: {error}; expected http://HOST:PORT"
                    ) from None
            return self._behind[proxy]

    def _content(self, parts: Iterable[bytes], headers: Mapping[str, str], request: Request) -> bytes:
        """Read a body up to the limit, which holds before and after decompression."""
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"is packed as {encoding[:40]!r}, unasked", source=request.source, place=request.url)
        unpacker = _Unpacker() if encoding not in ("", "identity") else None
        content = bytearray()
        taken, is_large = 0, False
        try:
            for part in parts:
                taken += len(part)
                for piece in unpacker.pieces(part) if unpacker else (part,):
                    if not is_large and len(content) + len(piece) > LARGE:
                        with self._backend.stopped_clock():  # waiting for our own sake is not the server's fault
                            self._large.acquire()
                        is_large = True
                    content += piece
                    if max(taken, len(content)) > self.limits.bytes:
                        megabytes = self.limits.bytes / 1_000_000
                        raise FetchError(f"is larger than {megabytes:g} MB", source=request.source, place=request.url)
                if taken > self.limits.bytes:
                    raise FetchError("never ends", source=request.source, place=request.url)
                self._backend.remaining()
            return bytes(content)
        except BaseException:
            if is_large:
                self._large.release()
            raise


class _Unpacker:
    """Unpack gzip, or deflate with or without its header (RFC 9110, 8.4.1.2), in pieces of bounded size."""

    _PIECE = 1_000_000

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=47)
        self._has_begun = False

    def pieces(self, part: bytes) -> Iterator[bytes]:
        while part:
            try:
                piece = self._stream.decompress(part, self._PIECE)
            except zlib.error:
                if self._has_begun:
                    raise httpcore2.RemoteProtocolError("its packed content is damaged") from None
                self._stream = zlib.decompressobj(wbits=-15)
                self._has_begun = True
                continue
            self._has_begun = True
            yield piece
            part = self._stream.unconsumed_tail
            if not piece and not part:
                return


def _checked(url: str, request: Request) -> str:
    """Accept an address of the web without a password in it, spelt in ASCII. Raises FetchError."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        host, parts, port = "", urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host:
        raise FetchError(
            "is no address of the web: expected http:// or https://" if url == request.url
            else f"redirects to something that is no address of the web: {url[:80]}",
            source=request.source, place=request.url,
        )  # fmt: skip
    netloc = f"[{host}]" if ":" in host else host
    if port:
        netloc += f":{port}"
    path = "".join(
        c if "!" <= c <= "~" else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace")) for c in parts.path
    )
    query = "".join(
        c if "!" <= c <= "~" else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace")) for c in parts.query
    )
    return urlunsplit((parts.scheme, netloc, path or "/", query, ""))
