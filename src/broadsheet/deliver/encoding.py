"""Bytes that may stand in a message: quoted-printable bodies and header fields that cannot be broken out of.

Every piece made here begins at the start of a line and ends at the end of one, so pieces can be joined in any order.
No line begins with a dot (RFC 5321 4.5.2 has nothing to stuff) or holds two blanks in a row (RFC 6376 3.4.4 has nothing
to collapse), so neither the wire nor a signature needs another look at the whole body.
"""

from __future__ import annotations

import re
from email.header import Header
from email.utils import formataddr

SOFT_BREAK = b"=\r\n"
_PLAIN = re.compile(rb"[!-~]+")
_UNITS = re.compile(rb"(?:=3D|[^=]){1,24}")
_CODES = [bytes((n,)) if 33 <= n <= 126 and n != 61 else b"=%02X" % n for n in range(256)]
_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LIMIT = 75
_FOLD_AT = 76


def quoted_printable(text: str) -> bytes:
    """Encode a text (RFC 2045 6.7); its line ends become CRLF, and the last line is left open by a soft break."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    out: list[bytes] = []
    for line in lines[:-1]:
        out.append(_encoded(line.encode()) + b"\r\n")
    if lines[-1]:
        out.append(_encoded(lines[-1].encode()) + SOFT_BREAK)
    return b"".join(out)


def quoted_value(text: str) -> bytes:
    """Encode what is filled into an open place: one value, whose line ends are data; nothing for an empty one."""
    raw = text.encode()
    if not _PLAIN.fullmatch(raw):
        return _wrapped([_CODES[byte] for byte in raw]) + SOFT_BREAK if raw else b""
    raw = raw.replace(b"=", b"=3D")
    if len(raw) <= _LIMIT and raw[0] != 46:
        return raw + SOFT_BREAK
    lines = _UNITS.findall(raw)
    return b"".join((b"=2E" + line[1:] if line[0] == 46 else line) + SOFT_BREAK for line in lines)


def _encoded(line: bytes) -> bytes:
    units: list[bytes] = []
    blank = True  # a blank at the start of a line may meet one that ended the piece before
    for byte in line:
        unit = _CODES[byte]
        if byte == 32 and not blank:
            unit = b" "
        blank = byte in (32, 9)
        units.append(unit)
    if units and units[-1] == b" ":
        units[-1] = b"=20"
    return _wrapped(units)


def _wrapped(units: list[bytes]) -> bytes:
    lines: list[bytes] = []
    line = bytearray()
    for unit in units:
        if len(line) + len(unit) > _LIMIT:
            lines.append(bytes(line))
            line.clear()
        if not line and unit in (b".", b" "):
            unit = b"=%02X" % unit[0]
        line += unit
    lines.append(bytes(line))
    return SOFT_BREAK.join(lines)


def field(name: str, value: str) -> bytes:
    """Write a header field that stands on one line; a value with a control character in it is refused.

    Raises ValueError: the last guard, behind everything that cleans a value before.
    """
    if _BREAKING.search(value):
        raise ValueError(f"{name}: a header value holds a control character")
    raw = f"{name}: {value}\r\n".encode()
    if len(raw) > 1000:
        raise ValueError(f"{name}: longer than a line may be (998 octets)")
    return raw


def text_field(name: str, text: str) -> bytes:
    """Write a field of free text, folded at 76 and encoded (RFC 2047) where it is not plain ASCII."""
    value = one_line(text)
    longest = max(map(len, value.split()), default=0)
    if value.isascii() and "=?" not in value and longest < _FOLD_AT - len(name) - 2:
        return _folded(f"{name}: ", value.split(" "))
    encoded = Header(value, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")
    return f"{name}: {encoded}\r\n".encode("ascii")


def address_field(name: str, display: str, address: str) -> bytes:
    """Write a field that holds one mailbox. Raises ValueError for an address that could break out of the field."""
    checked = field(name, address)
    display = one_line(display)
    if not display:
        return checked
    if display.isascii() and "=?" not in display and len(display) < 60:
        return _folded(f"{name}: ", formataddr((display, address)).split(" "))
    encoded = Header(display, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")
    return f"{name}: {encoded}\r\n <{address}>\r\n".encode()


def one_line(text: str) -> str:
    """Make one line of a text: line ends and tabs become blanks, other control characters go."""
    return _BREAKING.sub("", " ".join(text.split()))


def _folded(start: str, words: list[str]) -> bytes:
    lines = [start]
    for number, word in enumerate(words):
        if number and len(lines[-1]) + 1 + len(word) > _FOLD_AT:
            lines.append(f" {word}")
        else:
            lines[-1] += f" {word}" if number else word
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


_UNSAFE_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0<>\"(),:;\[\]\\\u2028\u2029]")


def envelope_address(address: str) -> str:
    """Check an address for the wire and give it with its domain as A-labels (RFC 5891); the local part stays as it is.

    Raises ValueError for anything that could leave the angle brackets of MAIL and RCPT, or break a limit of RFC 5321.
    """
    local, at, domain = address.rpartition("@")
    if not (at and local and domain) or _UNSAFE_ADDRESS.search(address) or "@" in local:
        raise ValueError(f"not an address that can be written to: {address!r}")
    if not domain.isascii():
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise ValueError(f"not a domain that can be looked up: {domain!r}") from None
    if len(local.encode()) > 64 or len(domain) > 253:
        raise ValueError(f"longer than an address may be: {address!r}")
    return f"{local}@{domain}"
