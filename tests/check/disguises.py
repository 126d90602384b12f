"""The same mail in other clothes: line ends, cases, quotes, encodings and wrappings, which change nothing in it."""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Callable, Mapping

from broadsheet.check.mail import Mail
from broadsheet.check.message import mail_of_html, mail_of_message

Disguise = Callable[[str], Mail]
_TAG = re.compile(
    r"(<!--.*?-->|<style\b.*?</style>|<script\b.*?</script>|<!doctype[^>]*>)"
    r"|(</?)([a-z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"(\s+)([a-z][\w:.-]*)\s*=\s*(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_VOID = re.compile(r"area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr", re.IGNORECASE)
_CHARSET = re.compile(r"<meta[^>]*charset[^>]*>", re.IGNORECASE)
_HEAD = b"From: A <a@example.org>\r\nSubject: =?utf-8?q?H=C3=A9llo?=\r\nMIME-Version: 1.0\r\n"
_PICTURE = b"--R\r\nContent-Type: image/png\r\nContent-ID: <1@x>\r\n\r\n\r\n--R--\r\n"
_ATTACHED = (
    b"--M\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=a.html\r\n\r\n"
    b"<a href=x>no</a>\r\n--M--\r\n"
)


def _tags(html: str, change: Callable[[re.Match[str]], str]) -> str:
    return _TAG.sub(lambda tag: tag[1] if tag[1] is not None else change(tag), html)


def _upper(html: str) -> str:
    def attributes(text: str) -> str:
        return _ATTRIBUTE.sub(lambda given: f"{given[1]}{given[2].upper()}={given[3]}", text)

    return _tags(html, lambda tag: f"{tag[2]}{tag[3].upper()}{attributes(tag[4])}>")


def _unquoted(html: str) -> str:
    def bare(given: re.Match[str]) -> str:
        value = given[3][1:-1]
        fits = re.fullmatch(r"[^\s\"'=<>`]+", value) and not value.endswith("/")
        return f"{given[1]}{given[2]}={value}" if fits else given[0]

    return _tags(html, lambda tag: f"{tag[2]}{tag[3]}{_ATTRIBUTE.sub(bare, tag[4])} >")


def _as_xhtml(html: str) -> str:
    def closed(tag: re.Match[str]) -> str:
        is_void = tag[2] == "<" and _VOID.fullmatch(tag[3])
        return f"{tag[2]}{tag[3]}{tag[4].rstrip('/ ')} />" if is_void else tag[0]

    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_tags(html, closed)}'


def _in_conditions(html: str) -> str:
    return re.sub(
        r"(<body[^>]*>)(.*)(</body>)",
        lambda body: (
            f"{body[1]}<!--[if mso]><table><tr><td><img src=x><![endif]--><!--[if !mso]><!-->{body[2]}<!--<![endif]-->"
            f"<!--[if mso]></td></tr></table><![endif]-->{body[3]}"
        ),
        html, count=1, flags=re.DOTALL | re.IGNORECASE,
    )  # fmt: skip


def _declaring(html: str, charset: str) -> bytes:
    told = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    html = re.sub(r"(<head[^>]*>)", rf"\1{told}", _CHARSET.sub("", html), count=1, flags=re.IGNORECASE)
    return html.encode(charset, "xmlcharrefreplace")


def _part(html: str, encoding: str, charset: str = "utf-8") -> bytes:
    content = html.encode(charset, "xmlcharrefreplace")
    body = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(encoding, bytes)(content)
    head = f'Content-Type: text/html; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + body


def _nested(part: bytes) -> bytes:
    both = b"--A\r\nContent-Type: text/plain\r\n\r\nHello\r\n--A\r\n" + part + b"\r\n--A--\r\n"
    related = b"--R\r\nContent-Type: multipart/alternative; boundary=A\r\n\r\n" + both + _PICTURE
    mixed = b"--M\r\nContent-Type: multipart/related; boundary=R\r\n\r\n" + related + _ATTACHED
    return _HEAD + b"Content-Type: multipart/mixed; boundary=M\r\n\r\n" + mixed


def _lines(html: str, end: str) -> bytes:
    return html.replace("\r\n", "\n").replace("\n", end).encode()


DISGUISES: Mapping[str, Disguise] = {
    "CRLF": lambda html: mail_of_html(_lines(html, "\r\n")),
    "CR": lambda html: mail_of_html(_lines(html, "\r")),
    "upper case": lambda html: mail_of_html(_upper(html).encode()),
    "unquoted": lambda html: mail_of_html(_unquoted(html).encode()),
    "XHTML": lambda html: mail_of_html(_as_xhtml(html).encode()),
    "conditional comments": lambda html: mail_of_html(_in_conditions(html).encode()),
    "byte order mark": lambda html: mail_of_html(html.encode("utf-8-sig")),
    "UTF-16": lambda html: mail_of_html(html.encode("utf-16")),
    "UTF-16 without a mark": lambda html: mail_of_html(html.encode("utf-16-le")),
    "UTF-16, big end first": lambda html: mail_of_html(html.encode("utf-16-be")),
    "ISO 8859-1": lambda html: mail_of_html(_declaring(html, "iso-8859-1")),
    "no charset": lambda html: mail_of_html(_CHARSET.sub("", html).encode()),
    "quoted-printable": lambda html: mail_of_message(_HEAD + _part(html, "quoted-printable")),
    "base64": lambda html: mail_of_message(_HEAD + _part(html, "base64", "utf-16")),
    "8bit, ISO 8859-1": lambda html: mail_of_message(_HEAD + _part(html, "8bit", "iso-8859-1")),
    "inside mixed and related": lambda html: mail_of_message(_nested(_part(html, "quoted-printable"))),
}
