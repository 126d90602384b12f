"""Where links lead: only to the web, written so that every client takes them, marked by the publication's UTM rule."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from broadsheet.slots import guard

_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_PLAIN = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[A-Za-z0-9/_.,;:~%=&+()@!$*-]*)?(?:\?[A-Za-z0-9/_.,~=&-]*)?"
)
LONGEST = 2_000  # some clients and filters cut longer ones


def web_address(url: str | None) -> str:
    """Give an absolute http(s) address in ASCII, or "" when it is none: javascript:, data:, relative, too long.

    A non-ASCII host becomes its A-label (RFC 5890), other characters are percent-encoded in UTF-8 (RFC 3986); what is
    encoded already stays. A login in the address is refused: it only serves to deceive.
    """
    if not url or len(url) > LONGEST:
        return ""
    if _PLAIN.fullmatch(url):
        return url if guard(url) == url else ""
    try:
        parts = urlsplit(_UNWANTED.sub("", url).strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    if ":" in host:
        try:
            host = f"[{ipaddress.IPv6Address(host)}]"
        except ValueError:
            return ""
    elif not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    if not re.fullmatch(r"[A-Za-z0-9.\-_\[\]:]+", host):
        return ""
    netloc = f"{host}:{port}" if port is not None else host
    path = quote(parts.path, safe="/%:@!$&()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&()*+,;=~-._")
    fragment = quote(parts.fragment, safe="/?%:@!$&()*+,;=~-._")
    address = urlunsplit((parts.scheme.lower(), netloc, path, query, fragment))
    return address if len(address) <= LONGEST and guard(address) == address else ""


def mark(address: str, rule: Mapping[str, str]) -> str:
    """Add the parameters of a UTM rule that the address does not carry yet; empty values add nothing."""
    if not address or not rule:
        return address
    parts = urlsplit(address)
    present = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    added = urlencode(
        {name: value for name, value in rule.items() if value and name.lower() not in present}, quote_via=quote
    )
    if not added:
        return address
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
