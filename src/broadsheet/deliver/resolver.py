"""Ask the DNS, through dnspython."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dns.exception
import dns.resolver


class DnsResolver:
    """Ask the system's name servers, or the ones that are named, for a few seconds at most."""

    def __init__(self, servers: Sequence[str] = (), *, port: int = 53, seconds: float = 5.0) -> None:
        self._resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            self._resolver.nameservers = list(servers)
            self._resolver.port = port
        self._resolver.lifetime = seconds

    def texts(self, name: str) -> list[str]:
        """List a name's TXT records, the strings of each joined (RFC 7208, 3.3). Raises LookupError."""
        return [b"".join(answer.strings).decode("utf-8", "replace") for answer in self._ask(name, "TXT")]

    def mail_hosts(self, name: str) -> list[str]:
        """List a name's MX hosts; a null MX (RFC 7505) counts as none. Raises LookupError."""
        hosts = [str(answer.exchange).rstrip(".") for answer in self._ask(name, "MX")]
        return [host for host in hosts if host]

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(name, kind))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise LookupError(f"the DNS gave no answer for {name} ({type(error).__name__})") from None
