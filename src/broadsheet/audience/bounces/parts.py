"""Take a message apart: what a person is told, the copy of what was sent, the addresses in its headers."""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr

from broadsheet.audience.bounces.texts import cut_original, original_recipients

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")

ESCAPE = b"\x1b$"  # Japanese by RFC 1468, which old systems write without naming it


def text_of(part: Message) -> str:
    """Give the text of a part, whatever it claims about its character set."""
    payload = part.get_payload(decode=True)
    if payload is None:
        inner = part.get_payload()
        return "\n".join(str(one) for one in inner) if isinstance(inner, list) else str(inner)
    if not isinstance(payload, bytes):
        return str(payload)
    if ESCAPE in payload:
        return payload.decode("iso2022_jp", "replace")
    try:
        return payload.decode(str(part.get_content_charset() or "utf-8"), "replace")
    except LookupError:
        return payload.decode("latin-1")


def notice_of(message: Message) -> str:
    """Collect what a person is told, without the copy of what was sent."""
    texts: list[str] = []
    for part in outer_parts(message):
        kind = part.get_content_type()
        # A multipart that is still one text lost its boundaries on the way: everything stands in it.
        if kind.startswith(("text/plain", "multipart/")) or (kind == "text/html" and not texts):
            text = text_of(part)
            texts.append(re.sub(r"<[a-zA-Z/!][^@>]*>", " ", text) if kind == "text/html" else text)
    return cut_original("\n".join(texts).replace("\r\n", "\n").replace("\r", "\n"))


def outer_parts(message: Message) -> Iterator[Message]:
    """Yield the parts that are not the sent message nor a machine's report."""
    if message.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/delivery-status"):
        return
    payload = message.get_payload()
    if isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from outer_parts(part)
    else:
        yield message


def reports_in(message: Message, kind: str) -> list[Message]:
    """List a report's own parts of a type. Those inside a copy of a mail count only where it has none itself.

    A returned mail may itself have had a report attached, about somebody else; a report that somebody forwards stands
    in a copy alone.
    """
    return [part for part in _own_parts(message) if part.get_content_type() == kind] or [
        part for part in message.walk() if part.get_content_type() == kind
    ]


def _own_parts(message: Message) -> Iterator[Message]:
    yield message
    payload = message.get_payload()
    if isinstance(payload, list) and message.get_content_type() != "message/rfc822":
        for part in payload:
            if isinstance(part, Message):
                yield from _own_parts(part)


def originals(message: Message) -> Iterator[Message]:
    """Yield the copies of the sent message, or of its headers."""
    for part in message.walk():
        if part is message:
            continue
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                yield inner[0]
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            yield email.message_from_string(text_of(part))


def original_to(message: Message) -> list[str]:
    """List whom the sent message was addressed to.

    What a discussion list passed on (RFC 2369's List-Post) was addressed to the list: its copy names no reader.
    """
    for original in originals(message):
        if "@" in str(original.get("List-Post", "")) or original.get("X-BeenThere"):
            return []
        if found := unique(addresses_in(original, "To", "X-Original-To", "Delivered-To")):
            return found
    for part in outer_parts(message):
        if part.get_content_type() == "text/plain":
            text = text_of(part)
            if re.search(r"^[>\s|]*(?:list-post|x-beenthere):.*@", text, re.IGNORECASE | re.MULTILINE):
                return []
            if found := original_recipients(text):
                return found
    return []


def original_id(message: Message) -> str:
    """Give the Message-ID of the sent message, or ''."""
    for original in originals(message):
        if identifier := str(original.get("Message-ID", "")).strip():
            return identifier
    return ""


def addresses_in(message: Message, *names: str) -> list[str]:
    """List the addresses in headers, each once."""
    values = [str(value) for name in names for value in message.get_all(name, [])]
    found = [address for _, address in getaddresses(values) if "@" in address]
    return unique(found or [parseaddr(value)[1] for value in values if "@" in value])


def fields_in(text: str) -> dict[str, list[str]]:
    """Read the fields of a block of a report by their names in lower case, folded lines joined."""
    fields: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line[:1] in " \t" and name:
            fields[name][-1] += " " + line.strip()
        elif match := re.match(r"([A-Za-z][A-Za-z0-9-]*)\s*:\s*(.*)", line):
            name = match[1].lower()
            fields.setdefault(name, []).append(match[2].strip())
    return fields


def unique(values: Iterable[str]) -> list[str]:
    """Keep the first of those that differ in case only."""
    seen: dict[str, str] = {}
    for value in values:
        if value:
            seen.setdefault(value.lower(), value)
    return list(seen.values())


def decoded(text: str) -> str:
    """Read a header's encoded words (RFC 2047), if they can be read."""
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError, UnicodeError):
        return text


def unescaped(text: str) -> str:
    """Read Japanese that stands in a header as it is (RFC 1468)."""
    return text.encode("utf-8").decode("iso2022_jp", "replace") if ESCAPE.decode("ascii") in text else text
