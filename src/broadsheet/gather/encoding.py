"""Bytes to text where nothing declares an encoding: BOM, strict UTF-8, the usual Western one, then the most likely."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What Western European prose has above ASCII; a sign inside a word speaks for another encoding.
_WESTERN = re.compile("[\x00-\x7fÀ-ÖØ-öø-ÿŒœŠšŽžŸ€‚„…‹›‘’“”•–—™¡£§©ª«®°²³´·º»¼½¾¿\u00a0]*")
_SIGN_IN_WORD = re.compile("[A-Za-zÀ-ÿ][¡£§©²³¹¼½¾¿]")
_SHORT = 400  # bytes: below this, likelihood by statistics is a guess


def decode(data: bytes) -> str:
    """Decode a file's bytes; line ends become single newlines. Bytes that fit nowhere become U+FFFD, never an error."""
    return data_text(data).replace("\r\n", "\n").replace("\r", "\n")


def data_text(data: bytes) -> str:
    """Decode bytes by their BOM, else by `encoding_of`."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace")
    return data.decode(encoding_of(data), "replace")


def encoding_of(data: bytes) -> str:
    """Name the encoding of bytes without a BOM."""
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 3 and error.reason == "unexpected end of data":
            return "utf-8"  # a sample that stops inside a character
    if len(data) < _SHORT and _is_western(data):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:100_000]).best()
    return best.encoding if best else "cp1252"


def _is_western(data: bytes) -> bool:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    high = sum(character > "\x7f" for character in text)
    return high < 0.3 * len(text) and _WESTERN.fullmatch(text) is not None and not _SIGN_IN_WORD.search(text)
