"""Which addresses we connect to: public ones, and hosts that the configuration allows by name.

The check is made when connecting, on the very address that is then used, so that neither a redirect nor a name that
resolves differently the second time gets past it. Behind a proxy it is the proxy that connects: then the name itself is
looked at, and what it resolves to from here; where it leads from there is the proxy's to guard.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2

_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "64:ff9b::/96",  # NAT64 (RFC 6052): an IPv4 address in disguise
        "64:ff9b:1::/48",
        "2002::/16",  # 6to4, likewise
        "2001::/32",  # Teredo, likewise
        "fec0::/10",
        "192.88.99.0/24",
    )
)
_LOWEST_FREE_PORT = 1024
_PRIVATE_NAMES = (  # RFC 6761, 6762 (and its appendix G), 8375
    "localhost", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa",
)  # fmt: skip


class ForbiddenAddress(Exception):
    """Say that a host leads to an address that must not be reached from here."""


class TooSlow(Exception):
    """Say that an answer took longer than it may as a whole."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if any(found.version == network.version and found in network for network in _NOT_PUBLIC):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _literal(host: str) -> str | None:
    """Give the address that a host spells out, in any of the ways in which IPv4 can be written; None for a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))  # 2130706433, 0x7f.1, 127.1
    except OSError:
        return None


class GuardedBackend(httpcore2.NetworkBackend):
    """Connect to checked addresses only, and hold each thread's request to a deadline."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = {host.lower().strip("[]") for host in allowed}
        self._plain = httpcore2.SyncBackend()
        self._time = threading.local()
        self._is_blind = False  # no name can be resolved here

    def that_also_allows(self, host: str) -> GuardedBackend:
        """Make one that shares our deadlines and connects to one more host, whatever its address."""
        other = GuardedBackend({*self._allowed, host})
        other._time = self._time
        return other

    def set_deadline(self, seconds: float) -> None:
        """Give the current thread's next request so long, from connecting to the last byte."""
        self._time.deadline = time.monotonic() + seconds

    @contextmanager
    def stopped_clock(self) -> Iterator[None]:
        """Let the time that a block takes not count against the current thread's deadline."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._time.deadline += time.monotonic() - began

    def remaining(self) -> float:
        """Tell how many seconds are left. Raises TooSlow when none are."""
        left = getattr(self._time, "deadline", float("inf")) - time.monotonic()
        if left <= 0:
            raise TooSlow
        return float(left)

    def check_unseen(self, host: str, port: int) -> None:
        """Refuse what a proxy should not be asked for, as far as can be told from here. Raises ForbiddenAddress."""
        host = host.lower().strip("[]").rstrip(".")
        if host in self._allowed:
            return
        if port not in (80, 443) and port < _LOWEST_FREE_PORT:
            raise ForbiddenAddress(f"{host}:{port} is a port of another service")
        literal = _literal(host)
        if literal is not None:
            addresses = [literal]
        elif "." not in host or host.endswith(tuple(f".{name}" for name in _PRIVATE_NAMES)):
            raise ForbiddenAddress(f"{host} is a name of a private network")
        else:
            addresses = self._resolved(host)
        if addresses and not any(map(is_public, addresses)):
            raise ForbiddenAddress(f"{host} is a private, local or reserved address")

    def _resolved(self, host: str) -> list[str]:
        """List a host's addresses as seen from here; none where that cannot be told, as is usual behind a proxy."""
        if self._is_blind:
            return []
        try:
            return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            self._is_blind = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
            return []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve a host once, and connect to the first of its permitted addresses that answers."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name {host} is not known") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if host.lower().strip("[]") not in self._allowed:
            addresses = [address for address in addresses if is_public(address)]
            if not addresses:
                raise ForbiddenAddress(f"{host} is a private, local or reserved address")
            if port not in (80, 443) and port < _LOWEST_FREE_PORT:
                raise ForbiddenAddress(f"{host}:{port} is a port of another service")
        failure: Exception = httpcore2.ConnectError(f"{host} does not answer")
        for address in addresses[:4]:
            try:
                left = min(timeout or self.remaining(), self.remaining())
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            return _TimedStream(stream, self)
        raise failure


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose every read and write is bound by its thread's deadline: dripping bytes buys no time."""

    def __init__(self, stream: httpcore2.NetworkStream, backend: GuardedBackend) -> None:
        self._stream, self._backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._bound(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, self._bound(timeout)), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _bound(self, timeout: float | None) -> float:
        left = self._backend.remaining()
        return left if timeout is None else min(timeout, left)
