"""Which proxy an address is asked through: the one that the environment names, as other programs understand it.

HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case. Local addresses never go through one.
"""

from __future__ import annotations

import ipaddress
import urllib.request
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import httpcore2

from broadsheet.gather.guard import GuardedBackend


class Proxies:
    """The proxies that the environment names, each by the scheme of the addresses that go through it."""

    def __init__(self, named: Mapping[str, str] | None = None) -> None:
        self._named = dict(urllib.request.getproxies_environment() if named is None else named)

    def proxy_for(self, url: str) -> str:
        """Give the address of the proxy for an address; '' where it is asked directly."""
        parts = urlsplit(url)
        named = self._named.get(parts.scheme) or self._named.get("all") or ""
        if not named or _is_loopback(parts.hostname or "") or self._is_left_out(parts.netloc):
            return ""
        return named if "://" in named else f"http://{named}"

    def _is_left_out(self, host: str) -> bool:
        return bool(urllib.request.proxy_bypass_environment(host, self._named))  # type: ignore[attr-defined]  # public in practice


def proxy_pool(proxy: str, backend: GuardedBackend, workers: int) -> httpcore2.HTTPProxy:
    """Make the connections through a proxy, which alone they lead to. Raises ValueError for one that is not HTTP."""
    parts = urlsplit(proxy)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{parts.scheme}:// is no proxy that is understood")
    try:
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except ValueError:  # its message may hold a piece of the password
        raise ValueError("its port is no number") from None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    password = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore2.HTTPProxy(
        proxy_url=f"{parts.scheme}://{host}:{port}/",
        proxy_auth=password,
        max_connections=workers * 2,
        max_keepalive_connections=workers,
        keepalive_expiry=10,
        network_backend=backend.that_also_allows(parts.hostname),
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
