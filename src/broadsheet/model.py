"""The nouns. Frozen values and enums, built from the standard library only.

A value's type says how far it can be trusted: `RawStory` is what a source wrote, `Story` is clean and identified,
`Pick` is what an edition prints. Times are aware UTC and end in ``_at``; dates end in ``_on`` or are called ``date``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[Any, Any] = MappingProxyType({})


# --- stories ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture by its address; sizes in CSS pixels where the source gave them."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawStory:
    """A story as a source wrote it: untrusted, HTML allowed in every text, dates still as written.

    `place` names where it was read (``file:line`` or an entry's number) for error messages.
    """

    source: str
    title: str
    place: str = ""
    guid: str | None = None
    url: str | None = None
    summary: str = ""
    content: str = ""
    paragraphs: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    publisher: str = ""
    categories: tuple[str, ...] = ()
    section: str = ""
    language: str = ""
    images: tuple[Image, ...] = ()
    published: str | datetime | None = None
    updated: str | datetime | None = None
    embargo: str | datetime | None = None
    expires: str | datetime | None = None
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A clean, identified story. Every text is plain text in NFC.

    `id` is short and typeable. `source` is the id of the source that brought it; `position` its place there (0 is
    first). `published_at` is the first-seen time where the source gave no date, and then `dated` is False. `guid` is
    the source's own name for the story, '' where it gave none.
    """

    id: str
    title: str
    source: str
    published_at: datetime
    first_seen_at: datetime
    url: str | None = None
    dek: str = ""
    body: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    publisher: str = ""
    categories: tuple[str, ...] = ()
    section: str = ""
    language: str = ""
    image: Image | None = None
    dated: bool = True
    position: int = 0
    embargo_at: datetime | None = None
    expires_at: datetime | None = None
    guid: str = ""


# --- editions --------------------------------------------------------------------------------------------------------


class EditionStatus(StrEnum):
    """draft -> approved -> sending -> sent, or skipped with a reason."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One named part of a score: its weighted points, and the fact behind them in words."""

    name: str
    points: float
    fact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A story in an edition. `headline` and `dek` are what we print; `reason` says in words why it stands here.

    `alt` is what an editor says the picture shows; the source's words stand where it is ''.
    """

    story: Story
    position: int
    headline: str
    dek: str
    reason: str = ""
    signals: tuple[Signal, ...] = ()
    also_reported_by: tuple[Story, ...] = ()
    kicker: str = ""
    category: str = ""
    alt: str = ""
    cluster: str = ""
    is_update: bool = False
    is_pinned: bool = False

    @property
    def score(self) -> float:
        """Sum the signals' points."""
        return sum(signal.points for signal in self.signals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of an edition under one title; `category` is what it is filled from."""

    title: str
    category: str
    picks: tuple[Pick, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One digest. `id` is ``publication-date``; `hash` is that of the rendering an approval is bound to ('' before).

    The window says which stories it was drafted from: first seen at `window_from_at` or later (None: from the
    beginning) and before `window_to_at`. `notes` tell the editor what happened; `questions` wait for an answer, so
    that only a person can approve.
    """

    id: str
    publication: str
    date: date
    status: EditionStatus = EditionStatus.DRAFT
    subject: str = ""
    preheader: str = ""
    intro: str = ""
    lead: str | None = None
    sections: tuple[Section, ...] = ()
    hash: str = ""
    window_from_at: datetime | None = None
    window_to_at: datetime | None = None
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def picks(self) -> tuple[Pick, ...]:
        """List every pick in printing order."""
        return tuple(pick for section in self.sections for pick in section.picks)


class Fate(StrEnum):
    """What became of a story when an edition was drafted."""

    PICKED = "picked"
    ALSO_REPORTED = "also_reported"
    RUNNER_UP = "runner_up"
    HELD = "held"
    SHUT_OUT = "shut_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a story was, or was not, picked for one edition, and in `advice` what would change that.

    `beaten_by` lists the ids of the stories that stand instead, or, of further news, that told its event before. HELD
    stories are candidates for the next edition again, whatever its window (an embargo, a section rolled over).
    """

    edition: str
    story: str
    fate: Fate
    reason: str
    section: str = ""
    category: str = ""
    category_reason: str = ""
    confidence: float | None = None
    cluster: str = ""
    cluster_reason: str = ""
    signals: tuple[Signal, ...] = ()
    beaten_by: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One line of an edition's log: who did what and when. The editors' decisions are the sum of these lines.

    `story` is '' where the verb is about the edition; `value` holds what was set, by name.
    """

    edition: str
    at: datetime
    by: str
    verb: str
    story: str = ""
    value: Mapping[str, str] = field(default_factory=lambda: NOTHING)


# --- renderings ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedEdition:
    """An edition as it leaves the render room: slots still open. `hash` covers subject, preheader, html and text.

    `notes` says what the rendering had to do (shortened, moved to the web) in words for the editor.
    """

    edition: Edition
    subject: str
    preheader: str
    html: str
    text: str
    mjml: str
    language: str
    hash: str
    notes: tuple[str, ...] = ()


class Severity(StrEnum):
    """What a finding does: nothing, warn, or block the edition."""

    OFF = "off"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found: the rule's name, how bad, what is wrong, what to do, and where."""

    rule: str
    severity: Severity
    message: str
    advice: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """One file of a bundle: a relative path with forward slashes, and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What an export writes for one platform. `notes` are sentences for the person who pastes it."""

    platform: str
    edition: str
    files: tuple[BundleFile, ...]
    notes: tuple[str, ...] = ()


# --- audience --------------------------------------------------------------------------------------------------------


class Consent(StrEnum):
    """Where a subscription stands. Only CONFIRMED and IMPORTED are active."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    UNSUBSCRIBED = "unsubscribed"


class SuppressionReason(StrEnum):
    """Why an address must never be written to."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    REQUEST = "request"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person one edition goes to. `id` is the subscription's number; `email` is the envelope address.

    `sections` are those the reader chose; none means all.
    """

    id: int
    email: str
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    timezone: str = ""
    sections: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    joined_on: date | None = None
    confirmed_on: date | None = None


# --- deliveries ------------------------------------------------------------------------------------------------------


class DeliveryState(StrEnum):
    """queued -> in_flight -> sent | deferred (-> queued) | failed | in_doubt; skipped is never queued."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer about one recipient: never an exception. `code` is the SMTP reply, `enhanced_code` RFC 3463's.

    `no_mailbox` is true where it says for good that there is no such mailbox.
    """

    state: DeliveryState
    code: int | None = None
    enhanced_code: str = ""
    text: str = ""
    server: str = ""
    no_mailbox: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who a message is really from and for (RFC 5321 MAIL and RCPT)."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An envelope and the finished bytes (CRLF line ends, not dot-stuffed).

    `dotless` promises that no line begins with a dot, so that nothing has to be stuffed on the way (RFC 5321 4.5.2).
    """

    envelope: Envelope
    message_id: str
    content: bytes
    dotless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One edition to one recipient: a ledger row."""

    edition: str
    recipient: int
    email: str
    state: DeliveryState
    attempts: int = 0
    code: int | None = None
    enhanced_code: str = ""
    text: str = ""
    message_id: str = ""
    server: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery that is about to be tried: its number in the ledger, how often it was tried before, and its lane.

    A lane is all deliveries to one mailbox provider; '' are those of no provider that is known by name. `due` (seconds)
    orders those whose time has come.
    """

    number: int
    recipient: Recipient
    attempts: int = 0
    lane: str = ""
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class Throttle:
    """What an answer that said "too fast" taught: the rate (messages a second) it was cut to, at the time it came.

    Nothing goes that way until `rests_until`; then the rate grows back. `ceiling` is the rate before the first cut.
    """

    rate: float
    ceiling: float
    at: datetime
    rests_until: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of an attempt. `due_at` says when a deferred delivery may be tried again."""

    number: int
    outcome: Outcome
    due_at: datetime | None = None
