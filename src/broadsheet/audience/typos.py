"""Offer what was probably meant where the domain of a big mailbox provider is misspelt. Never change an address."""

from __future__ import annotations

from functools import lru_cache

from broadsheet.audience.addresses import Address
from broadsheet.audience.words import words

# Domains that many readers have, and so many mistype.
PROVIDERS = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "live.com", "msn.com",
    "googlemail.com", "protonmail.com", "yahoo.co.uk", "hotmail.co.uk", "hotmail.fr", "yahoo.fr", "gmx.de", "gmx.net",
    "web.de", "t-online.de", "orange.fr", "wanadoo.fr", "comcast.net", "verizon.net", "btinternet.com", "libero.it",
)  # fmt: skip
# Real domains that stand one slip away from a provider, and are not slips.
REAL = frozenset(
    words(
        """
    gmx.com gmx.at gmx.ch mail.com email.com ymail.com rocketmail.com yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.in
    yahoo.co.jp yahoo.co.in yahoo.com.br yahoo.com.au yahoo.com.mx yahoo.gr yahoo.ie yahoo.ro yahoo.no yahoo.se
    hotmail.de hotmail.it hotmail.es hotmail.be hotmail.nl hotmail.ca hotmail.se hotmail.no hotmail.dk hotmail.ch
    hotmail.gr hotmail.co.jp live.fr live.nl live.it live.de live.co.uk live.be live.ca live.dk live.se live.no
    live.cn outlook.de outlook.fr outlook.es outlook.it outlook.be outlook.dk outlook.ie outlook.at outlook.pt
    me.com mac.com aim.com aol.de aol.fr aol.co.uk web.com orange.com orange.es inbox.com proton.me pm.me
    fmail.com hmail.com googlemail.de ail.com omail.com vmail.com zmail.com jmail.com live.at
    """
    )
)


def suggest(address: Address) -> str | None:
    """Give the address that was probably meant, or None. Distance: one slip, or two in a longer name."""
    local, _, domain = address.email.rpartition("@")
    meant = suggest_domain(domain.lower())
    return f"{local}@{meant}" if meant else None


@lru_cache(maxsize=4096)
def suggest_domain(domain: str) -> str | None:
    """Give the provider's domain that a domain is probably a misspelling of, or None."""
    if domain in PROVIDERS or domain in REAL or not 4 <= len(domain) <= 22:
        return None
    best: tuple[int, int, str] | None = None
    letters = _letters(domain)
    for rank, (provider, allowed, its_letters) in enumerate(_PROVIDERS):
        slips = None
        if (letters ^ its_letters).bit_count() <= 2 * allowed:  # a slip changes two letters at most
            slips = _slips(domain, provider, allowed)
        if slips is None and domain.startswith(provider) and len(domain) - len(provider) <= 3:
            slips = allowed
        if slips is not None and (best is None or (slips, rank) < best[:2]):
            best = (slips, rank, provider)
    return best[2] if best else None


def _letters(text: str) -> int:
    """Note which letters occur, a bit each: two texts can be told apart by it, but not be found the same."""
    bits = 0
    for letter in text:
        bits |= 1 << (ord(letter) & 63)
    return bits


_PROVIDERS = tuple(
    (provider, 1 if len(provider.partition(".")[0]) < 5 else 2, _letters(provider)) for provider in PROVIDERS
)


def _slips(given: str, meant: str, most: int) -> int | None:
    """Count letters added, left out, changed or swapped (optimal string alignment); None when more than `most`."""
    if abs(len(given) - len(meant)) > most:
        return None
    before: list[int] = []
    last = list(range(len(meant) + 1))
    for i, letter in enumerate(given, 1):
        row = [i]
        for j, other in enumerate(meant, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and given[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
        before, last = last, row
    return last[-1] if last[-1] <= most else None
