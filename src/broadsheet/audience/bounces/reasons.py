"""Why a message came back, and whether the address is dead: told from the words first, then from the codes.

Words beat codes, because many systems answer every refusal with 550 5.7.1 or 5.1.1. Only a mailbox or a domain that is
gone is *hard* (never write again); full, blocked, refused and late are *soft*, whatever the first digit says.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files


class Reason(StrEnum):
    """Why a message was not delivered."""

    USER_UNKNOWN = "user_unknown"
    HOST_UNKNOWN = "host_unknown"
    MOVED = "moved"
    NO_MAIL_HERE = "no_mail_here"
    MAILBOX_FULL = "mailbox_full"
    SUSPENDED = "suspended"
    TOO_BIG = "too_big"
    SENDER_REFUSED = "sender_refused"
    AUTHENTICATION = "authentication"
    BLOCKED = "blocked"
    SPAM = "spam"
    VIRUS = "virus"
    POLICY = "policy"
    NO_RELAY = "no_relay"
    RATE = "rate"
    EXPIRED = "expired"
    NETWORK = "network"
    SYSTEM = "system"
    FILTERED = "filtered"
    UNKNOWN = "unknown"

    @property
    def is_hard(self) -> bool:
        """Tell whether the address is dead for good."""
        return self in _HARD


_HARD = frozenset({Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN, Reason.MOVED, Reason.NO_MAIL_HERE})

# RFC 3463 codes for what no word explained. Class 4 is never hard.
_CODES: dict[str, Reason] = {
    "1.0": Reason.USER_UNKNOWN, "1.1": Reason.USER_UNKNOWN, "1.2": Reason.HOST_UNKNOWN, "1.3": Reason.USER_UNKNOWN,
    "1.4": Reason.USER_UNKNOWN, "1.5": Reason.FILTERED, "1.6": Reason.MOVED, "1.7": Reason.SENDER_REFUSED,
    "1.8": Reason.SENDER_REFUSED, "1.9": Reason.SYSTEM, "1.10": Reason.NO_MAIL_HERE, "2.0": Reason.FILTERED,
    "2.1": Reason.SUSPENDED, "2.2": Reason.MAILBOX_FULL, "2.3": Reason.TOO_BIG, "2.4": Reason.FILTERED,
    "3.0": Reason.SYSTEM, "3.1": Reason.SYSTEM, "3.2": Reason.SYSTEM, "3.3": Reason.SYSTEM, "3.4": Reason.TOO_BIG,
    "3.5": Reason.SYSTEM, "4.0": Reason.NETWORK, "4.1": Reason.NETWORK, "4.2": Reason.NETWORK, "4.3": Reason.SYSTEM,
    "4.4": Reason.HOST_UNKNOWN, "4.5": Reason.RATE, "4.6": Reason.NETWORK, "4.7": Reason.EXPIRED,
    "5.3": Reason.RATE, "6.7": Reason.POLICY, "7.0": Reason.POLICY, "7.1": Reason.POLICY, "7.2": Reason.POLICY,
    "7.7": Reason.AUTHENTICATION, "7.13": Reason.SUSPENDED, "7.17": Reason.MOVED, "7.18": Reason.MOVED,
    "7.20": Reason.AUTHENTICATION, "7.23": Reason.AUTHENTICATION, "7.25": Reason.AUTHENTICATION,
    "7.26": Reason.AUTHENTICATION, "7.27": Reason.SENDER_REFUSED, "7.28": Reason.RATE, "7.515": Reason.AUTHENTICATION,
}  # fmt: skip
# "host mx.example.net said: 550 invalid ..." is no word about the host.
_SAID = re.compile(r"\b(?:remote )?(?:host|server)(?: \S+){0,2}? (?:said|replied|responded|returned|answered)\b")
_REASONS = frozenset(Reason)
_ABOUT_THE_SENDER = ("1.7", "1.8", "7.27")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.#/-])([45]\d\d)(?=[ \-#(]|$)")


@lru_cache(maxsize=1)
def phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Read the table of phrases: section and pattern, in order. A section may stand there twice."""
    sections: list[tuple[str, list[str]]] = []
    for line in (files("broadsheet.audience.bounces") / "phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            sections.append((line[1:-1], []))
        elif line and not line.startswith("#"):
            sections[-1][1].append(line.replace("... ", r"(?:\S+ ){0,3}?"))
    return tuple((name, re.compile("|".join(f"(?:{one})" for one in lines))) for name, lines in sections)


def speaks_of(section: str, text: str) -> bool:
    """Tell whether a text holds a phrase of a section of the table."""
    words = " ".join(text.casefold().split())
    return any(name == section and pattern.search(words) for name, pattern in phrases())


def status_in(text: str) -> str:
    """Find an enhanced status code (RFC 3463) in a text; '' for none."""
    found = [match.group() for match in _STATUS.finditer(text) if match[1] != "2"]
    return next((code for code in found if not code.endswith(".0.0")), found[0] if found else "")


def reply_in(text: str) -> str:
    """Find an SMTP reply code of refusal in a text; '' for none."""
    found = _REPLY.search(text)
    return found[1] if found else ""


def reason_in(text: str, status: str = "") -> Reason:
    """Tell why from the words of a diagnostic, else from the code."""
    status = status or status_in(text)
    if status.partition(".")[2] in _ABOUT_THE_SENDER:
        return Reason.SENDER_REFUSED
    words = " ".join(text.casefold().replace("_", " ").split())
    words = _SAID.sub(" ", words)
    for name, pattern in phrases():
        if name in _REASONS and pattern.search(words):
            return Reason(name)
    return reason_of_status(status)


def reason_of_status(status: str) -> Reason:
    """Tell why from an enhanced status code alone."""
    kind, _, detail = status.partition(".")
    reason = _CODES.get(detail, Reason.UNKNOWN)
    if kind == "4" and reason.is_hard:
        return Reason.EXPIRED if detail != "4.4" else Reason.NETWORK
    return reason
