"""What a server said, at which phase of the conversation, and what that means: pure decisions over RFC 5321 and 3463.

A reply about one recipient is a value, never an exception. A phase without an answer (`code` None) is a lost or
silent connection; only after the end of a message does that leave a doubt whether it was taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where in a conversation a reply belongs. HANDING is a message's body under way; ANSWER follows its last octet."""

    CONNECT = "connect"
    HELLO = "hello"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    HANDING = "handing"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or its absence (`code` None), in one phase. `text` is the server's, or our own words for a loss."""

    phase: Phase
    code: int | None
    text: str = ""
    server: str = ""

    @property
    def is_yes(self) -> bool:
        """Tell whether the server agreed (2xx, or 354 to DATA)."""
        return self.code is not None and 200 <= self.code < 400

    @property
    def enhanced_code(self) -> str:
        """Give RFC 3463's code where the text begins with one of the same class as the reply."""
        found = _ENHANCED.match(self.text)
        return found[0] if found and self.code is not None and found[0][0] == str(self.code)[0] else ""


class Kind(StrEnum):
    """What an answer means for a delivery and for the run."""

    ACCEPTED = "accepted"  # the relay has taken the message
    REFUSED = "refused"  # this recipient, for good
    BLOCKED = "blocked"  # by policy: not the recipient's fault
    NO_RELAY = "no_relay"  # the relay takes no mail for there: this address, or, where none is taken, all of them
    LATER = "later"  # this recipient, for now: mailbox full, system busy
    GREYLISTED = "greylisted"  # come back in some minutes (RFC 6647)
    THROTTLED = "throttled"  # too fast
    LOST = "lost"  # the connection broke before the message was complete: nothing was delivered
    DOUBT = "doubt"  # it broke after: nobody knows
    RELAY_BUSY = "relay_busy"  # the relay itself is down or says 421: every recipient waits
    OURS = "ours"  # the login, the sender, the message: every recipient would be refused


_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
EARLY = frozenset({Phase.CONNECT, Phase.HELLO, Phase.TLS, Phase.LOGIN})
_NO_MAILBOX = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|address|recipient)|does(?: not|n't) exist|unrouteable"
    r"|invalid (?:recipient|mailbox)|recipient (?:address )?(?:rejected: user|not found)|no mailbox"
    r"|mailbox (?:not found|unavailable|disabled)",
    re.IGNORECASE,
)
_NO_RELAY = re.compile(
    r"relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:allowed|permitted)|prohibited)", re.IGNORECASE
)
_POLICY = re.compile(r"spam|block(?:ed|list)|black ?list|reputation|policy|spamhaus|rbl\b|dnsbl", re.IGNORECASE)
_GREY = re.compile(r"gr[ea]y ?-?list|try again (?:later|in)|come back", re.IGNORECASE)
_FAST = re.compile(r"rate|too (?:many|fast|much)|throttl|exceed|unusual|limit|slow down|deferred due", re.IGNORECASE)

# RFC 3463 and its registry: whose fault a permanent refusal is.
_RECIPIENT_CODES = frozenset(
    {
        *("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.0", "5.2.1", "5.2.2", "5.4.4", "5.6.7"),
        *("5.7.13", "5.7.17", "5.7.18"),
    }
)
# 5.1.2 (the domain) is not among them: a domain that is broken today may be back tomorrow.
_DEAD_CODES = frozenset({"5.1.1", "5.1.6", "5.1.10", "5.2.1"})
_DEAD_WORDS = re.compile(
    r"(?:user|account|mailbox|recipient) (?:is )?(?:unknown|not found|does(?: not|n't) exist)|unknown user"
    r"|no such (?:user|mailbox|recipient)",
    re.IGNORECASE,
)
_OUR_CODES = frozenset(
    {
        *("5.1.7", "5.1.8", "5.3.4", "5.5.1", "5.5.2", "5.5.4", "5.7.7", "5.7.8", "5.7.9", "5.7.11", "5.7.14"),
        *("5.7.20", "5.7.21", "5.7.22", "5.7.23", "5.7.24", "5.7.25", "5.7.26", "5.7.27", "5.7.29"),
        *("5.7.509", "5.7.515"),
    }
)


def names_no_mailbox(reply: Reply) -> bool:
    """Tell whether an answer says for good that there is no such mailbox.

    By RFC 3463 and its registry: 5.1.1 (no such mailbox), 5.1.6 (moved away), 5.1.10 (the domain takes no mail) and
    5.2.1 (closed). Without such a code the words must say it. Never by policy, for content, size, a full mailbox or
    "too fast", for a domain, or where a server checked the sender and not the recipient.
    """
    if reply.code is None or reply.code < 500 or reply.phase is not Phase.RECIPIENT:
        return False
    if _kind_of_refusal(reply) is not Kind.REFUSED or _FAST.search(reply.text) or "sender" in reply.text.lower():
        return False
    if reply.enhanced_code:
        return reply.enhanced_code in _DEAD_CODES
    return reply.code in (550, 551, 553) and _DEAD_WORDS.search(reply.text) is not None


def kind_of(reply: Reply) -> Kind:
    """Decide what a reply means. Text beats a vague code, as receivers reuse a few codes for everything."""
    if reply.code is None:
        return _kind_of_silence(reply.phase)
    if reply.is_yes:
        return Kind.ACCEPTED
    if reply.phase in EARLY:
        permanent = reply.code >= 500
        return Kind.OURS if permanent else Kind.RELAY_BUSY
    if reply.code == 421:
        too_fast = reply.enhanced_code.startswith("4.7.") and _FAST.search(reply.text)
        return Kind.THROTTLED if too_fast else Kind.RELAY_BUSY
    if reply.code < 500:
        return _kind_of_delay(reply)
    return _kind_of_refusal(reply)


def _kind_of_silence(phase: Phase) -> Kind:
    if phase is Phase.ANSWER:
        return Kind.DOUBT
    return Kind.RELAY_BUSY if phase in EARLY else Kind.LOST


def _kind_of_delay(reply: Reply) -> Kind:
    code = reply.enhanced_code
    if code in ("4.2.1", "4.2.2", "4.2.3"):
        return Kind.LATER  # the mailbox's own state, as in "over quota: limit exceeded"
    if code == "4.7.28" or _FAST.search(reply.text):
        return Kind.THROTTLED
    if reply.phase is Phase.SENDER:
        return Kind.RELAY_BUSY
    if code in ("4.7.0", "4.7.1") or (reply.code in (450, 451) and _GREY.search(reply.text)):
        return Kind.GREYLISTED
    return Kind.LATER


def _kind_of_refusal(reply: Reply) -> Kind:
    code = reply.enhanced_code
    if code in _OUR_CODES or (reply.phase is Phase.SENDER and code not in _RECIPIENT_CODES):
        return Kind.OURS
    if reply.code in (530, 534, 535, 538):
        return Kind.OURS
    if _NO_RELAY.search(reply.text):
        return Kind.NO_RELAY if reply.phase is Phase.RECIPIENT else Kind.OURS
    if _POLICY.search(reply.text):
        return Kind.BLOCKED
    if code in _RECIPIENT_CODES or _NO_MAILBOX.search(reply.text):
        return Kind.REFUSED
    return Kind.BLOCKED  # nothing says that the recipient is at fault: a row of these stops the run
