"""What a platform's words say about a person: may be written to, left, never again, or not yet.

A row is active only where nothing in it says otherwise; of two statements the more restrictive holds.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from broadsheet.audience import consent_words as known
from broadsheet.audience.consent_words import FALSE, TRUE
from broadsheet.model import Consent, SuppressionReason


class Standing(IntEnum):
    """Where a row's person stands, from welcome to never: the greater wins."""

    ACTIVE = 0
    PENDING = 1
    UNSUBSCRIBED = 2
    BOUNCED = 3
    COMPLAINED = 4

    @property
    def consent(self) -> Consent:
        """Give the state of the subscription."""
        if self is Standing.ACTIVE:
            return Consent.IMPORTED
        return Consent.PENDING if self is Standing.PENDING else Consent.UNSUBSCRIBED

    @property
    def suppression(self) -> SuppressionReason | None:
        """Give the reason never to write to the address again, if there is one."""
        if self is Standing.BOUNCED:
            return SuppressionReason.BOUNCE
        return SuppressionReason.COMPLAINT if self is Standing.COMPLAINED else None


_TELLING = {
    Standing.ACTIVE: known.TELLING_ACTIVE,
    Standing.PENDING: known.TELLING_PENDING,
    Standing.UNSUBSCRIBED: known.TELLING_LEFT,
    Standing.BOUNCED: known.TELLING_BOUNCED,
    Standing.COMPLAINED: known.TELLING_COMPLAINED,
}
_OTHER = {
    Standing.ACTIVE: known.ACTIVE,
    Standing.PENDING: known.PENDING,
    Standing.UNSUBSCRIBED: known.LEFT,
    Standing.BOUNCED: known.BOUNCED,
    Standing.COMPLAINED: known.COMPLAINED,
}
_MEANING = {word: standing for said in (_OTHER, _TELLING) for standing, found in said.items() for word in found}
_TELLING_WORDS = frozenset(word for found in _TELLING.values() for word in found)
# A longer phrase is welcome only where every word of it is one of these.
_ASSENT = frozenset(known.TELLING_ACTIVE) | frozenset(
    ("active", "confirmed", "subscriber", "email", "opt", "in", "double", "single", "verified", "yes", "status")
)
DENIED = frozenset(("not", "non", "never", "nicht", "no"))
_WEAK_LEFT = frozenset(("deleted", "removed", "forgotten", "erased", "stopped", "cancelled", "canceled", "inactive"))


def tidy(text: str) -> str:
    """Write a word of a header or a status in lower case with underscores."""
    return re.sub(r"[^\w]+", "_", text.strip().casefold()).strip("_")


def spread(text: str) -> str:
    """Write it so with `camelCase` taken apart, to be compared with what is known."""
    return re.sub(r"_{2,}", "_", tidy(re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", text)))


@lru_cache(maxsize=4096)
def standing_of_word(word: str) -> Standing | None:
    """Read a status, or a phrase such as `Unsubscribed (by admin)`. None for what nobody taught us."""
    if word.strip().startswith("-"):
        return None
    for text in (tidy(word), spread(word)):
        if text in _MEANING:
            return _MEANING[text]
    parts = spread(word).split("_")
    found = _restriction(parts)
    if found is not None:
        return found
    return Standing.ACTIVE if parts != [""] and _ASSENT.issuperset(parts) else None


def is_telling(word: str) -> bool:
    """Tell whether a word speaks of a mailing and of nothing else, whatever column it stands in."""
    return tidy(word) in _TELLING_WORDS or spread(word) in _TELLING_WORDS


def is_worded(word: str) -> bool:
    """Tell whether a word is a known one, not a phrase, and says more than yes or no."""
    return tidy(word) not in TRUE | FALSE | known.NOTHING and (tidy(word) in _MEANING or spread(word) in _MEANING)


def _restriction(parts: list[str]) -> Standing | None:
    """Find a word within a phrase that says that the person may not be written to."""

    def begins(stems: tuple[str, ...]) -> bool:
        return any(part.startswith(stems) for part in parts)

    if begins(known.COMPLAINED_STEMS):
        return Standing.COMPLAINED
    if begins(known.BOUNCED_STEMS) or "invalid" in parts:
        return Standing.BOUNCED
    if begins(known.LEFT_STEMS) or is_opting_out(parts) or not _WEAK_LEFT.isdisjoint(parts):
        return Standing.UNSUBSCRIBED
    return Standing.PENDING if not DENIED.isdisjoint(parts) else None


def is_opting_out(parts: list[str]) -> bool:
    """Tell whether words say "opted out" or "do not mail"."""
    pairs = list(pairwise(parts))
    return any(
        (one in ("opt", "opted", "opting") and other in ("out", "outs"))
        or (one in ("black", "block") and other.startswith("list"))
        or (one == "not" and other in ("email", "mail", "contact", "send"))
        or (one in ("bulk", "no") and other in ("email", "emails", "mailings"))
        for one, other in pairs
    )  # fmt: skip


__all__ = [
    "FALSE", "TRUE", "Standing", "is_opting_out", "is_telling", "is_worded", "spread", "standing_of_word",
    "tidy",
]  # fmt: skip
