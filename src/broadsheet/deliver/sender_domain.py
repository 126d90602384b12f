"""What a sender's domain says in the DNS, and whether mailbox providers will be content with it.

`look_up` asks; `judge` decides, and touches nothing. Rules: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC), and the
demands that Gmail, Yahoo and Outlook publish for bulk senders.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

SPF_LOOKUP_LIMIT = 10  # RFC 7208, 4.6.4
_SPF_ASKS = re.compile(r"^[+?~-]?(include:|a$|a[:/]|mx$|mx[:/]|ptr$|ptr:|exists:)|^redirect=", re.IGNORECASE)


class Resolver(Protocol):
    """Ask the DNS. `texts` gives TXT records joined, `mail_hosts` the MX names; both raise LookupError on trouble."""

    def texts(self, name: str) -> list[str]:
        """List a name's TXT records; [] where there is none."""

    def mail_hosts(self, name: str) -> list[str]:
        """List a name's mail hosts; [] where there is none."""


@dataclass(frozen=True, slots=True)
class DomainRecords:
    """What was found. `spf_asks` counts the look-ups that the SPF record causes in all."""

    domain: str
    spf: tuple[str, ...] = ()
    spf_asks: int = 0
    dmarc: tuple[str, ...] = ()
    mail_hosts: tuple[str, ...] = ()
    dkim: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DomainFault:
    """One thing to mend: which record, whether mail will be refused for it, and the line to publish."""

    record: str
    grave: bool
    message: str
    advice: str


def look_up(domain: str, resolver: Resolver, *, selectors: Sequence[str] = ()) -> DomainRecords:
    """Ask for a domain's SPF, DMARC, MX and DKIM records. Raises LookupError when the DNS does not answer."""
    spf = tuple(text for text in resolver.texts(domain) if text.lower().split(" ")[0] == "v=spf1")
    dmarc = _dmarc(domain, resolver)
    return DomainRecords(
        domain=domain,
        spf=spf,
        spf_asks=_count_asks(spf[0], resolver.texts) if len(spf) == 1 else 0,
        dmarc=dmarc,
        mail_hosts=tuple(resolver.mail_hosts(domain)),
        dkim={
            selector: tuple(t for t in resolver.texts(f"{selector}._domainkey.{domain}") if "p=" in t)
            for selector in selectors
        },
    )


def _dmarc(domain: str, resolver: Resolver) -> tuple[str, ...]:
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):  # the domain itself, then the ones above it
        name = ".".join(labels[start:])
        found = tuple(t for t in resolver.texts(f"_dmarc.{name}") if t.lower().replace(" ", "").startswith("v=dmarc1"))
        if found:
            return found
    return ()


def _count_asks(record: str, texts: Callable[[str], list[str]], depth: int = 0) -> int:
    asks = 0
    for term in record.split()[1:]:
        if not _SPF_ASKS.match(term):
            continue
        asks += 1
        target = re.match(r"^[+?~-]?(?:include:|redirect=)(.+)$", term, re.IGNORECASE)
        if target and depth < SPF_LOOKUP_LIMIT and asks <= SPF_LOOKUP_LIMIT * 2:
            inner = next((text for text in texts(target[1]) if text.lower().startswith("v=spf1")), "")
            asks += _count_asks(inner, texts, depth + 1)
    return asks


def judge(records: DomainRecords, *, public_keys: dict[str, str] | None = None) -> list[DomainFault]:
    """Say what is wrong. `public_keys` maps our DKIM selectors to the TXT record that should be published for each."""
    domain = records.domain
    faults = []
    if not records.spf:
        faults.append(
            DomainFault(
                "SPF",
                True,
                f"{domain} has no SPF record",
                f'Publish a TXT record at {domain}: "v=spf1 include:YOUR-RELAY ~all"',
            )
        )
    elif len(records.spf) > 1:
        faults.append(
            DomainFault(
                "SPF",
                True,
                f"{domain} has {len(records.spf)} SPF records; receivers then use none",
                "Join them into one TXT record.",
            )
        )
    else:
        if records.spf_asks > SPF_LOOKUP_LIMIT:
            faults.append(
                DomainFault(
                    "SPF",
                    True,
                    f"the SPF record of {domain} causes {records.spf_asks} look-ups (at most {SPF_LOOKUP_LIMIT} count)",
                    "Remove includes that are no longer used.",
                )
            )
        if re.search(r"\s\+?all$", records.spf[0], re.IGNORECASE):
            faults.append(
                DomainFault("SPF", True, f"the SPF record of {domain} lets anybody send (+all)", "End it in ~all.")
            )
    if not records.dmarc:
        faults.append(
            DomainFault(
                "DMARC",
                True,
                f"{domain} has no DMARC record; bulk mail without one is refused",
                f'Publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"',
            )
        )
    elif len(records.dmarc) > 1:
        faults.append(
            DomainFault(
                "DMARC", True, f"{domain} has several DMARC records; receivers then use none", "Keep one of them."
            )
        )
    elif not re.search(r";\s*p\s*=\s*(none|quarantine|reject)", records.dmarc[0], re.IGNORECASE):
        faults.append(
            DomainFault(
                "DMARC", True, f"the DMARC record of {domain} has no policy", "Add p=none, p=quarantine or p=reject."
            )
        )
    if not records.mail_hosts:
        faults.append(
            DomainFault(
                "MX",
                False,
                f"{domain} takes no mail: answers and bounces to it are lost",
                f"Publish an MX record at {domain}, or use a sender whose domain has one.",
            )
        )
    for selector, expected in (public_keys or {}).items():
        faults += _judge_key(domain, selector, records.dkim.get(selector, ()), expected)
    return faults


def _judge_key(domain: str, selector: str, found: tuple[str, ...], expected: str) -> list[DomainFault]:
    name = f"{selector}._domainkey.{domain}"
    publish = f'Publish a TXT record at {name}: "{expected}"'
    if not found:
        return [DomainFault("DKIM", True, f"no key is published at {name}", publish)]
    key = _key_in(found[0])
    if not key:
        return [DomainFault("DKIM", True, f"the key at {name} is revoked (p is empty)", publish)]
    if key != _key_in(expected):
        return [
            DomainFault(
                "DKIM",
                True,
                f"the key at {name} does not belong to the configured private key",
                f"{publish}; or configure the private key that belongs to the present one.",
            )
        ]
    return []


def _key_in(record: str) -> bytes:
    published = re.search(r"(?:^|;)\s*p\s*=\s*([A-Za-z0-9+/=\s]*)", record)
    key = re.sub(r"\s", "", published[1]) if published else ""
    try:
        return base64.b64decode(key + "=" * (-len(key) % 4))
    except ValueError:
        return key.encode()


def is_aligned(sender: str, other: str) -> bool:
    """Tell whether a domain vouches for a sender's domain by DMARC's relaxed rule (RFC 7489, 3.1.1).

    The organisational domain is taken to be the shorter of two names of which one ends in the other.
    """
    one, two = sender.lower().rstrip("."), other.lower().rstrip(".")
    return one == two or one.endswith(f".{two}") or two.endswith(f".{one}")
