"""Take a message apart: `.eml` bytes to a `Mail`. Takes any bytes: what cannot be decoded is replaced, not refused."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from broadsheet.check.mail import Mail

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_FIELDS = re.compile(rb"(?:From [^\n]*\n)?[!-9;-~]+:[^\n]*\n(?:[!-9;-~]+:|[ \t]+[^\s<])")
_PARTS_AT_MOST = 200


def is_message(content: bytes) -> bool:
    """Tell a message by its first two lines, which are header fields (RFC 5322, 2.2), from HTML."""
    return _FIELDS.match(content) is not None


def mail_of_html(content: bytes) -> Mail:
    """Take a bare HTML file: a template, or what somebody saved. Subject and headers are not known."""
    return Mail(html=_decoded(content, None), is_template=True)


def mail_of_message(content: bytes) -> Mail:
    """Take a finished message (RFC 5322). The first HTML part and the first plain one that are no attachments count."""
    message = message_from_bytes(content)
    html = text = None
    for number, part in enumerate(message.walk()):
        if number >= _PARTS_AT_MOST or (html is not None and text is not None):
            break
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind == "text/html" and html is None:
            html = _body(part)
        elif kind == "text/plain" and text is None:
            text = _body(part)
    headers: dict[str, list[str]] = {}
    for name, value in message.items():
        headers.setdefault(name.lower(), []).append(_header(value))
    return Mail(
        html=html or "", text=text or "", subject=" ".join(headers.get("subject", [""])[0].split()), headers=headers
    )


def _body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return _decoded(payload, part.get_content_charset()) if isinstance(payload, bytes) else str(part.get_payload())


def _decoded(content: bytes, charset: str | None) -> str:
    """Decode by byte order mark, then by the declared charset, then as UTF-8; Windows-1252 takes the rest.

    UTF-16 without a mark is known by its beginning, where nearly every other byte is zero.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if wide := _wide(content[:400]):
        return content.decode(wide, "replace")
    declared = _CHARSET.search(content[:2048])
    names = [charset, declared[1].decode("ascii") if declared else None, "utf-8-sig"]
    for name in names:
        try:
            if name:
                return content.decode("utf-8-sig" if name.lower() in ("utf-8", "utf8") else name)
        except (LookupError, ValueError):
            continue
    return content.decode("windows-1252", "replace")


def _wide(beginning: bytes) -> str:
    first, second = beginning[::2], beginning[1::2]
    for zeros, others, name in ((second, first, "utf-16-le"), (first, second, "utf-16-be")):
        if zeros.count(0) > len(zeros) * 0.8 and others.count(0) < len(others) * 0.2:
            return name
    return ""


def _header(value: object) -> str:
    try:
        return str(make_header(decode_header(str(value))))
    except (MessageError, LookupError, ValueError):
        return str(value)
