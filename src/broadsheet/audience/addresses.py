"""Addresses: is it one, how is it written, and when are two the same mailbox.

email-validator decides. In front of it stands one strict pattern for the plain ASCII addresses that make up nearly
every list: what it accepts, email-validator accepts with the same answer (a property test holds that), thirty times
faster. Everything else, and every refusal, goes the long way.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from broadsheet.audience.words import bare, words

# A dot-atom, and a host name with a real-looking top level: no label is Punycode or reserved (two hyphens), no top
# level is a special-use name (RFC 6761). Possessive repeats: nothing is tried twice.
_LOCAL = r"(?!')[a-z0-9_+'-]++(?:\.[a-z0-9_+'-]++)*+"
_DOMAIN = r"(?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)++(?!(?:arpa|invalid|local|localhost|onion|test)\Z)[a-z]{2,24}"
# In so few characters no length rule of RFC 5321 can be broken.
PLAIN_LENGTH = 64
_PLAIN = re.compile(rf"(?=.{{3,{PLAIN_LENGTH}}}\Z){_LOCAL}@{_DOMAIN}", re.ASCII | re.IGNORECASE)
_INVISIBLE = " \t\u200b\u200c\u200d\u2060\ufeff\u00ad\u00a0"

ROLES = frozenset(
    words(
        """
    abuse admin administrator billing bounce bounces contact daemon editor enquiries ftp help hostmaster info jobs
    list mail mailer-daemon marketing media news newsletter newsroom no-reply noc noreply office postmaster press
    privacy root sales security subscribe support team unsubscribe usenet uucp webmaster www
    """
    )
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address. `email` is how to write it; `key` is the same for two spellings of one mailbox."""

    email: str
    key: str


class NotAnAddress(ValueError):
    """Say in words why a text is no address that mail can be sent to."""


def parse_address(text: str) -> Address:
    """Read an address as a person or a platform wrote it. Raises NotAnAddress.

    Spaces, tabs and invisible characters around it and a display name (``Ada <ada@example.com>``) are no part of it; a
    line break anywhere is a refusal.
    The key ignores case and Unicode form, and writes the domain in ASCII; dots and ``+tags`` stay, because only the
    mailbox's own provider knows what they mean.
    """
    text = text.strip(" \t")
    if _PLAIN.fullmatch(text):
        key = text.lower()
        if key == text:
            return Address(text, text)
        local, _, domain = text.rpartition("@")
        return Address(f"{local}@{domain.lower()}", key)
    return _parse_slowly(bare(text.strip(_INVISIBLE)).removeprefix("mailto:"))


def _parse_slowly(text: str) -> Address:
    from email_validator import EmailNotValidError, validate_email

    if not text:
        raise NotAnAddress("it is empty")
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            allow_quoted_local=True,
            allow_display_name=True,
            strict=True,
        )
    except (EmailNotValidError, UnicodeError) as error:
        raise NotAnAddress(_sentence(error)) from None
    local = unicodedata.normalize("NFC", found.local_part.casefold())
    return Address(found.normalized, f"{local}@{found.ascii_domain}")


def _sentence(error: Exception) -> str:
    text = str(error).removesuffix(".")
    return text[:1].lower() + text[1:]


# The same rule in two halves, for an import's million rows: a list has few domains, whose verdict can be remembered.
# Where both hold and the address is no longer than PLAIN_LENGTH, the address is its own key.
is_plain_local = re.compile(_LOCAL).fullmatch
is_plain_domain = re.compile(_DOMAIN).fullmatch


def is_role(key: str) -> bool:
    """Tell whether an address belongs to a function rather than a person."""
    return key.partition("@")[0].partition("+")[0] in ROLES


@lru_cache(maxsize=4096)
def is_disposable(domain: str) -> bool:
    """Tell whether a domain is a provider of throw-away mailboxes, or below one."""
    known = _disposable()
    while domain:
        if domain in known:
            return True
        domain = domain.partition(".")[2]
    return False


@lru_cache(maxsize=1)
def _disposable() -> frozenset[str]:
    text = (files("broadsheet.audience") / "disposable_domains.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line and not line.startswith("#"))
