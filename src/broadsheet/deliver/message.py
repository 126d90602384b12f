"""Compose a rendered edition into messages: everything that is the same for all is encoded once.

A reader's message is a join of bytes: no template runs and no MIME tree is built for it. Formats: RFC 5322 (message),
2045-2049 (MIME), 6532 (addresses beyond ASCII), 2369, 2919 and 8058 (list fields and one-click unsubscribe).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr
from typing import Protocol

from broadsheet.deliver.encoding import (
    LONGEST_LINE,
    UnwritableAddress,
    address_field,
    envelope_address,
    field,
    named_field,
    one_line,
    quoted_printable,
    quoted_value,
    text_field,
)
from broadsheet.model import Envelope, Message, Recipient, RenderedEdition
from broadsheet.slots import Slot, fill, pieces, used

Link = Callable[[Slot, Recipient], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes, as readers and mail servers see it.

    `domain` stands right of the @ in a Message-ID. `feedback_id` is for the mailbox providers' own
    statistics, up to four parts with colons between them.
    """

    name: str
    email: str
    list_id: str
    list_title: str = ""
    reply_to: str = ""
    feedback_id: str = ""

    @property
    def domain(self) -> str:
        """Give the domain that identifies our messages."""
        return _ours(self.email).rpartition("@")[2]


class Signer(Protocol):
    """Sign a message: gets the header's fields and the body in parts, gives the fields to put on top."""

    def sign(self, header: Sequence[bytes], body: Sequence[bytes]) -> bytes:
        """Give one or more DKIM-Signature fields."""


def message_id(edition: str, subscription: int, domain: str) -> str:
    """Name a message by what it is, so that every attempt at it has the same name."""
    return f"<{edition}.{subscription}@{domain}>"


class Composer:
    """One variant of an edition (one rendering), ready to be filled for any number of recipients. Threads may share it.

    `link` gives a recipient's links; names and the address are filled from the recipient itself. `bounce_address`
    gives the envelope sender, by default the sender's own address. `mailto` gives a second way to unsubscribe, beside
    the link: a whole mailto URL (RFC 6068), or '' for none. `tag` marks what is outside of the ledger: it
    becomes part of the Message-ID, so that a test never counts as the edition itself. `mark` begins its subject.
    """

    def __init__(
        self,
        rendered: RenderedEdition,
        sender: Sender,
        *,
        date: datetime,
        link: Link,
        bounce_address: Callable[[Recipient], str] | None = None,
        mailto: Callable[[Recipient], str] | None = None,
        signer: Signer | None = None,
        tag: str = "",
        mark: str = "",
    ) -> None:
        self._sender, self._link, self._signer, self._tag = sender, link, signer, tag
        self._edition = rendered.edition.id
        self._domain = sender.domain
        self._sender_address = _ours(sender.email)
        self._bounce_address = bounce_address
        self._mailto = mailto
        boundary = f"=_{rendered.hash[:32] or 'broadsheet'}"
        self._subject = f"{mark}{rendered.subject}"
        self._subject_slots = bool(used(self._subject))
        self._fixed = self._fixed_fields(date, boundary)
        self._parts = self._body_parts(rendered, boundary)
        needed = {*used(rendered.html), *used(rendered.text), *used(self._subject)}
        self._slots = tuple(slot for slot in Slot if slot in needed or slot is Slot.UNSUBSCRIBE_URL)

    def _fixed_fields(self, date: datetime, boundary: str) -> list[bytes]:
        sender = self._sender
        fields = [
            address_field("From", sender.name, self._sender_address),
            b"" if self._subject_slots else text_field("Subject", self._subject),
            field("Date", format_datetime(date.astimezone(UTC))),
            _reply_field(sender.reply_to) if sender.reply_to else b"",
            named_field("List-Id", sender.list_title, sender.list_id),
            field("Feedback-ID", one_line(sender.feedback_id)) if sender.feedback_id else b"",
            b"Precedence: bulk\r\n",
            b"Auto-Submitted: auto-generated\r\n",
            b"X-Auto-Response-Suppress: OOF, AutoReply\r\n",
            b"MIME-Version: 1.0\r\n",
            f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'.encode("ascii"),
        ]
        return [one for one in fields if one]

    def _body_parts(self, rendered: RenderedEdition, boundary: str) -> list[bytes | tuple[Slot, bool]]:
        """Cut the body at its open places; (slot, True) stands in HTML and is escaped for it."""
        parts: list[bytes | tuple[Slot, bool]] = []
        for kind, text in (("plain", rendered.text), ("html", rendered.html)):
            head = (
                f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            )
            parts.append(head.encode("ascii"))
            for piece in pieces(text):
                parts.append((piece, kind == "html") if isinstance(piece, Slot) else quoted_printable(piece))
            parts.append(b"\r\n")
        parts.append(f"--{boundary}--\r\n".encode("ascii"))
        return _joined(parts)

    def compose(self, recipient: Recipient) -> Message:
        """Fill the edition for a recipient.

        Raises UnwritableAddress for an address that cannot be written to, and ValueError for a fault of ours, such as
        a link that no header can hold.
        """
        address = envelope_address(recipient.email)
        values = {slot: self._value(slot, recipient) for slot in self._slots}
        name = message_id(self._edition + self._tag, recipient.id, self._domain)
        header = [
            *self._fixed,
            *([text_field("Subject", fill(self._subject, values.__getitem__))] if self._subject_slots else ()),
            address_field("To", "", address),
            field("Message-ID", name),
            *_unsubscribe(values[Slot.UNSUBSCRIBE_URL], self._mailto(recipient) if self._mailto else ""),
        ]
        encoded: dict[tuple[Slot, bool], bytes] = {}
        body: list[bytes] = []
        for part in self._parts:
            if isinstance(part, bytes):
                body.append(part)
                continue
            value = encoded.get(part)
            if value is None:
                slot, in_html = part
                value = encoded[part] = quoted_value(html.escape(values[slot]) if in_html else values[slot])
            body.append(value)
        signature = self._signer.sign(header, body) if self._signer else b""
        sender = self._sender_address
        if self._bounce_address is not None:
            sender = _ours(self._bounce_address(recipient))
        return Message(
            envelope=Envelope(sender=sender, recipient=address),
            message_id=name,
            content=b"".join((signature, *header, b"\r\n", *body)),
            dotless=True,
        )

    def _value(self, slot: Slot, recipient: Recipient) -> str:
        match slot:
            case Slot.FIRST_NAME:
                return one_line(recipient.first_name)
            case Slot.LAST_NAME:
                return one_line(recipient.last_name)
            case Slot.EMAIL:
                return recipient.email
            case _:
                return self._link(slot, recipient)


def _unsubscribe(url: str, mailto: str) -> list[bytes]:
    """Write List-Unsubscribe on one line (some relays break a signature over a folded one), and RFC 8058's word.

    The link comes first, as RFC 2369 wants the preferred way; a mailto that does not fit beside it is left out.
    """
    if set(url + mailto) & set(' <>,"'):
        raise ValueError("List-Unsubscribe: an address holds a character that would end it")
    ways = [f"<{way}>" for way in (url, mailto) if way]
    if len("List-Unsubscribe: " + ", ".join(ways)) > LONGEST_LINE and url:
        ways = [f"<{url}>"]
    fields = [field("List-Unsubscribe", ", ".join(ways))] if ways else []
    if url.startswith("https://"):
        fields.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    return fields


def _ours(address: str) -> str:
    """Check an address of ours: ASCII alone, because not every relay takes more. Raises ValueError."""
    try:
        checked = envelope_address(address)
    except UnwritableAddress as error:
        raise ValueError(f"the sender's own address is {error}") from None
    if not checked.isascii():
        raise ValueError(f"the sender's own address has a letter beyond ASCII before its @: {address!r}")
    return checked


def _reply_field(reply_to: str) -> bytes:
    display, address = parseaddr(reply_to)
    return address_field("Reply-To", display, _ours(address))


def _joined(parts: list[bytes | tuple[Slot, bool]]) -> list[bytes | tuple[Slot, bool]]:
    """Join neighbouring literals: fewer pieces for each reader."""
    out: list[bytes | tuple[Slot, bool]] = []
    for part in parts:
        if out and isinstance(part, bytes) and isinstance(out[-1], bytes):
            out[-1] += part
        else:
            out.append(part)
    return out
