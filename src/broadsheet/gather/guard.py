"""Which addresses we connect to: public ones, and hosts that the configuration allows by name.

The check is made when connecting, on the very address that is then used, so that neither a redirect nor a name that
resolves differently the second time gets past it.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterable
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


class GuardedBackend(httpcore2.NetworkBackend):
    """Connect to checked addresses only, and hold each thread's request to a deadline."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = {host.lower().strip("[]") for host in allowed}
        self._plain = httpcore2.SyncBackend()
        self._time = threading.local()

    def set_deadline(self, seconds: float) -> None:
        """Give the current thread's next request so long, from connecting to the last byte."""
        self._time.deadline = time.monotonic() + seconds

    def remaining(self) -> float:
        """Tell how many seconds are left. Raises TooSlow when none are."""
        left = getattr(self._time, "deadline", float("inf")) - time.monotonic()
        if left <= 0:
            raise TooSlow
        return float(left)

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
