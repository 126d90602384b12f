"""Bytes that may stand in a message: quoted-printable bodies and header fields that cannot be broken out of.

Every piece made here begins at the start of a line and ends at the end of one, so pieces can be joined in any order.
No line begins with a dot (RFC 5321 4.5.2 has nothing to stuff) or holds two blanks in a row (RFC 6376 3.4.4 has nothing
to collapse), so neither the wire nor a signature needs another look at the whole body.
"""

from __future__ import annotations

import re
from email.header import Header
from email.utils import quote

SOFT_BREAK = b"=\r\n"
_PLAIN = re.compile(rb"[!-~]+")
_UNITS = re.compile(rb"(?:=3D|[^=]){1,24}")
_CODES = [bytes((n,)) if 33 <= n <= 126 and n != 61 else b"=%02X" % n for n in range(256)]
_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FROM = [b"F", b"r", b"o", b"m", b" "]  # mailbox files put a > before such a line (RFC 2049 3)
_LIMIT = 75
_FOLD_AT = 76
LONGEST_LINE = 998  # octets, without the line end (RFC 5322 2.1.1)
_LONGEST_PHRASE = 60
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def quoted_printable(text: str) -> bytes:
    """Encode a text (RFC 2045 6.7); its line ends become CRLF, and the last line is left open by a soft break."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    out: list[bytes] = []
    for line in lines[:-1]:
        out.append(_encoded(_octets(line)) + b"\r\n")
    if lines[-1]:
        out.append(_encoded(_octets(lines[-1])) + SOFT_BREAK)
    return b"".join(out)


def quoted_value(text: str) -> bytes:
    """Encode what is filled into an open place: one value, whose line ends are data; nothing for an empty one."""
    raw = _octets(text)
    if not _PLAIN.fullmatch(raw):
        return _wrapped([_CODES[byte] for byte in raw]) + SOFT_BREAK if raw else b""
    raw = raw.replace(b"=", b"=3D")
    if len(raw) <= _LIMIT and raw[0] != 46:
        return raw + SOFT_BREAK
    lines = _UNITS.findall(raw)
    return b"".join((b"=2E" + line[1:] if line[0] == 46 else line) + SOFT_BREAK for line in lines)


def _octets(text: str) -> bytes:
    """Write a text in UTF-8; half of a surrogate pair, which no text can hold, becomes a question mark."""
    return text.encode("utf-8", "replace")


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
    for number, unit in enumerate(units):
        if len(line) + len(unit) > _LIMIT:
            lines.append(bytes(line))
            line.clear()
        if not line and (unit in (b".", b" ") or (unit == b"F" and units[number : number + 5] == _FROM)):
            unit = b"=%02X" % unit[0]
        line += unit
    lines.append(bytes(line))
    return SOFT_BREAK.join(lines)


def field(name: str, value: str) -> bytes:
    """Write a header field that stands on one line; a value that is not printable ASCII is refused.

    Raises ValueError: the last guard, behind everything that cleans a value before.
    """
    line = _line(name, value)
    if not line.isascii():
        raise ValueError(f"{name}: a header value holds a character beyond ASCII")
    return line


def _line(name: str, value: str) -> bytes:
    if _BREAKING.search(value):
        raise ValueError(f"{name}: a header value holds a control character")
    raw = f"{name}: {value}\r\n".encode()
    if len(raw) > LONGEST_LINE + 2:
        raise ValueError(f"{name}: longer than a line may be ({LONGEST_LINE} octets)")
    return raw


def text_field(name: str, text: str) -> bytes:
    """Write a field of free text, folded at 76 and encoded (RFC 2047) where it is not plain ASCII."""
    value = one_line(text)
    longest = max(map(len, value.split()), default=0)
    if value.isascii() and "=?" not in value and longest < _FOLD_AT - len(name) - 2:
        return _folded(f"{name}: ", value.split(" "))
    return f"{name}: {_encoded_words(name, value)}\r\n".encode("ascii")


def address_field(name: str, display: str, address: str) -> bytes:
    """Write a field that holds one mailbox: where it stands alone it may be beyond ASCII (RFC 6532).

    Raises ValueError for an address that could break out of the field.
    """
    display = one_line(display)
    return named_field(name, display, address) if display else _line(name, address)


def named_field(name: str, display: str, inner: str) -> bytes:
    """Write a field of a phrase and something in angle brackets, as From and List-Id have it (RFC 5322 3.4, RFC 2919).

    A phrase beyond ASCII is encoded (RFC 2047 5 (3)). Raises ValueError for what could end the brackets or the field.
    """
    if "<" in inner or ">" in inner:
        raise ValueError(f"{name}: what stands in angle brackets holds one")
    bare = field(name, f"<{inner}>")
    display = one_line(display)
    if not display:
        return bare
    if not display.isascii() or "=?" in display or len(display) > _LONGEST_PHRASE:
        return f"{name}: {_encoded_words(name, display)}\r\n <{inner}>\r\n".encode("ascii")
    phrase = display if _ATOMS.fullmatch(display) else f'"{quote(display)}"'
    return _folded(f"{name}: ", [*phrase.split(" "), f"<{inner}>"])


def _encoded_words(name: str, value: str) -> str:
    clean = _octets(value).decode()
    return Header(clean, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def one_line(text: str) -> str:
    """Make one line of a text: line ends and tabs become blanks, other control characters go, no blank is double."""
    return " ".join(_BREAKING.sub("", " ".join(text.split())).split())


def _folded(start: str, words: list[str]) -> bytes:
    lines = [start]
    for number, word in enumerate(words):
        if number and len(lines[-1]) + 1 + len(word) > _FOLD_AT:
            lines.append(f" {word}")
        else:
            lines[-1] += f" {word}" if number else word
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


_ATEXT = r"[^\x00-\x20\x7f-\xa0()<>\[\]:;@\\,.\"\u2028\u2029]"
_LOCAL = re.compile(
    rf"{_ATEXT}+(?:\.{_ATEXT}+)*"  # dot-string
    r'|"(?:[^\x00-\x1f\x7f-\x9f\\"<>\u2028\u2029]|\\[\x20-;=?-\x7e])+"'  # quoted-string, without angle brackets in it
)
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


class UnwritableAddress(ValueError):
    """Say that an address cannot stand in an envelope."""


def envelope_address(address: str) -> str:
    """Check an address for the wire and give it with its domain as A-labels (RFC 5891); the local part stays as it is.

    Quoted local parts are taken (RFC 5321 4.1.2), save those with an angle bracket; so are those beyond ASCII (RFC
    6531). Raises UnwritableAddress for anything that could leave the angle brackets of MAIL and RCPT, or that breaks a
    limit of RFC 5321 4.5.3.1: 64 octets left of the @, 254 in all.
    """
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise UnwritableAddress(f"not a domain that can be looked up: {domain!r}") from None
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise UnwritableAddress(f"not an address that can be written to: {address!r}")
    try:
        octets = len(local.encode())
    except UnicodeEncodeError:
        raise UnwritableAddress(f"not an address that can be written to: {address!r}") from None
    if octets > 64 or octets + 1 + len(domain) > 254:
        raise UnwritableAddress(f"longer than an address may be: {address!r}")
    return f"{local}@{domain}"
