"""Bytes to a tree of XML elements, with the repairs that real feeds need. No entity of a document is ever expanded.

The document type is cut out before parsing, so that declared entities, and the bombs made of them, do not exist; what
then still names one is read as HTML's entity of that name, or as text.
"""

from __future__ import annotations

import codecs
import html.entities
import re
from xml.etree.ElementTree import Element, ParseError, XMLParser

from broadsheet.gather.encoding import data_text

DEEPEST = 256  # elements within elements; feeds of people need about ten
MOST_TAGS, MOST_ATTRIBUTES = 300_000, 300_000  # of one document: a tree takes a hundred times the bytes of `<a/>`
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,400}?\?>", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml\s[^>]{0,300}?encoding\s*=\s*[\"']\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_STARTS = (
    ("utf-32-le", b"<\0\0\0"), ("utf-32-be", b"\0\0\0<"), ("utf-16-le", b"<\0"), ("utf-16-be", b"\0<"),
)  # fmt: skip
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BARE_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)([A-Za-z][A-Za-z0-9]{1,31};)?"
)
_NOT_CHARACTERS = re.compile(r"&#(?:([0-9]{1,7})|[xX]([0-9a-fA-F]{1,6}));")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|$))", re.DOTALL)
_CDATA_IN_AN_ELEMENT = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>(?=\s*</)|$))", re.DOTALL)
_ODD_CDATA = re.compile(r"<!\s{0,9}\[\s{0,9}CDATA\s{0,9}\[", re.IGNORECASE)
_LAST_OPENED = re.compile(r"<([A-Za-z_][\w:.-]*)[^<>]*>\s*$")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[\w.-]+(?=[\s=/>])")
_ROOT = re.compile(r"<[A-Za-z_][\w:.-]*")

# What a prefix means where a feed forgot to declare it.
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xlink": "http://www.w3.org/1999/xlink",
}


class NotXml(Exception):
    """Say that a document cannot be read as XML even after repair."""


class TooMuchXml(Exception):
    """Say that a document has more tags than any feed, and is made to exhaust its reader."""


def parse_xml(data: bytes, *, charset: str = "") -> Element:
    """Read a document as a tree. `charset` is what the server said of it. Raises NotXml or TooMuchXml."""
    text = xml_text(data, charset)
    try:
        return _tree(text)
    except ParseError:
        return repaired(text)


def xml_text(data: bytes, charset: str = "") -> str:
    """Decode a document and take out its declaration and its document type, and whatever stands before.

    Raises TooMuchXml.
    """
    text = _without_doctype(decode_xml(data, charset))
    if text.count("<") > MOST_TAGS or text.count("=") > 3 * MOST_ATTRIBUTES or _attributes(text) > MOST_ATTRIBUTES:
        raise TooMuchXml
    return text


def _attributes(text: str) -> int:
    """Count what can be attributes."""
    return text.count('="') + text.count("='")


def decode_xml(data: bytes, charset: str = "") -> str:
    """Decode a document: by its BOM, as strict UTF-8, as it declares, as the server says, or by its looks."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and b"<" in data[2:4]:
        data = data[2:]  # the first tag tells more than a mark that may be wrong
    for name, start in _STARTS:
        if data.startswith(start):
            return data.decode(name, "replace")
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data_text(data)
    declared = _ENCODING.search(data[:1000])
    name = declared[1].decode("ascii") if declared else charset
    try:
        return _encoded_once(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if name and name.lower().replace("_", "-") not in ("utf-8", "utf8", "us-ascii", "ascii"):
        name = {
            "iso-8859-1": "cp1252",
            "latin-1": "cp1252",
            "latin1": "cp1252",
            "gb2312": "gb18030",
            "gbk": "gb18030",
        }.get(name.lower(), name)
        try:
            return data.decode(name, "replace")
        except (LookupError, UnicodeError):
            pass
    if _mostly_utf8(data):
        return data.decode("utf-8", "replace")
    return data_text(data)


def _encoded_once(text: str) -> str:
    """Undo UTF-8 that was taken for a Western encoding and encoded again ("Ã¼" for "ü") throughout a document."""
    if not re.search("[ÂÃâ][\x80-\u20ac\u2122]", text):
        return text
    try:
        return b"".join(map(_western_byte, re.findall("[\x00-\x7f]+|[^\x00-\x7f]", text))).decode("utf-8")
    except UnicodeError:
        return text


def _western_byte(piece: str) -> bytes:
    try:
        return piece.encode("cp1252")
    except UnicodeEncodeError:
        return piece.encode("latin-1")  # the five that Windows leaves undefined


def _mostly_utf8(data: bytes) -> bool:
    """Tell whether bytes are UTF-8 with a few faults rather than another encoding."""
    text = data.decode("utf-8", "replace")
    faults = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - faults
    return faults * 4 <= good


def _without_doctype(text: str) -> str:
    text = text.lstrip("\ufeff\x00 \t\r\n")
    start = text.find("<")
    text = text[max(start, 0) :]
    if found := _DECLARATION.match(text):
        text = text[found.end() :]
    root = _ROOT.search(text)
    at = text[: root.start()].upper().find("<!DOCTYPE") if root else -1
    if at < 0:
        return text
    end = _doctype_end(text, at)
    return text[:at] + text[end:]


def _doctype_end(text: str, at: int) -> int:
    """Find the end of a document type: the `>` after its `]`, where it has an internal subset."""
    bracket, angle = text.find("[", at), text.find(">", at)
    if bracket < 0 or angle < bracket:
        return angle + 1 if angle >= 0 else len(text)
    closing = re.compile(r"\]\s*>").search(text, bracket)
    return closing.end() if closing else len(text)


def _tree(text: str) -> Element:
    parser = XMLParser()  # noqa: S314 - the document type is gone
    parser.feed(text)
    return parser.close()


def repaired(text: str) -> Element:
    """Read a text that is nearly XML: with bare `&`, HTML's entities, odd CDATA, undeclared prefixes, things behind it.

    Raises NotXml.
    """
    text = _ODD_CDATA.sub("<![CDATA[", _NOT_XML.sub("", text))
    for sections in (_CDATA, _CDATA_IN_AN_ELEMENT) if "<![CDATA[" in text else (_CDATA,):
        mended = _with_prefixes(_with_references(text, sections))
        end = mended.rfind(">", 0, _end_of_root(mended)) + 1
        for whole in (mended, mended[:end]) if 0 < end < len(mended) else (mended,):  # something may stand behind it
            try:
                return _tree(whole)
            except ParseError:
                continue
    raise NotXml


def _with_references(text: str, sections: re.Pattern[str]) -> str:
    """Mend what stands outside of CDATA; inside, take out marks of CDATA, and end one that nobody ended."""
    pieces = sections.split(text)
    if len(pieces) > 1 and not pieces[-2].endswith("]]>"):
        opened = _LAST_OPENED.search(pieces[-3][-1000:])
        end = pieces[-2].find(f"</{opened[1]}>") if opened else -1
        if end >= 0:
            pieces[-2:] = [pieces[-2][:end] + "]]>", pieces[-2][end:]]
    pieces[::2] = [_BARE_AMPERSAND.sub(_entity, _NOT_CHARACTERS.sub(_reference, piece)) for piece in pieces[::2]]
    pieces[1::2] = [
        f"<![CDATA[{piece[9:].replace('<![CDATA[', '').replace(']]>', '')}]]>" if piece.endswith("]]>") else piece
        for piece in pieces[1::2]
    ]
    return "".join(pieces)


def _with_prefixes(text: str) -> str:
    """Declare the prefixes that a document uses and does not declare where they are needed. Raises NotXml."""
    root = _ROOT.search(text)
    if root is None:
        raise NotXml
    opening = text[root.end() : text.find(">", root.end())]
    unbound = {name for name in _PREFIX.findall(text) if name not in ("xml", "xmlns") and f"xmlns:{name}" not in text}
    late = {name for name in _PREFIX.findall(text) if name in NAMESPACES and f"xmlns:{name}" not in opening}
    declared = "".join(
        f' xmlns:{name}="{NAMESPACES.get(name, f"urn:undeclared:{name}")}"' for name in sorted(unbound | late)
    )
    return text[: root.end()] + declared + text[root.end() :]


def _end_of_root(text: str) -> int:
    """Find where the root's end tag ends; 0 where there is none."""
    root = _ROOT.search(text)
    name = root.group()[1:] if root else ""
    at = text.rfind(f"</{name}>") if name else -1
    return at + len(name) + 3 if at >= 0 else 0


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if name and name in html.entities.html5:
        return "".join(f"&#{ord(character)};" for character in html.entities.html5[name])
    return f"&amp;{name or ''}"


def _reference(found: re.Match[str]) -> str:
    """Keep a reference to a character that XML knows; those of Windows' code page are what their writer meant."""
    number = int(found[1]) if found[1] else int(found[2], 16)
    if 0x80 <= number <= 0x9F:
        return bytes([number]).decode("cp1252", "ignore")
    if number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF:
        return found.group()
    return ""
