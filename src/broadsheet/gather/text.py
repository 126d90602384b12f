"""Turn what sources write, HTML or not, into plain text: NFC, entities decoded once, one blank between words.

The HTML is first rebuilt by nh3 (a browser's parser), so that the small reader below sees well-formed tags only and
scripts, styles and comments are gone, whatever the source wrote.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import nh3

LONGEST_HTML = 2_000_000  # characters of one text that are read; far more than any article has

_BLOCK_NAMES = (
    "address article aside blockquote center dd details div dl dt fieldset footer h1 h2 h3 h4 h5 h6 header hr li main"
    " ol p pre section table tbody td tfoot th thead tr ul"
)
_LEFT_OUT_NAMES = (
    "applet audio button canvas embed figcaption figure form iframe map math nav noscript object select svg template"
    " textarea video"
)
_BLOCKS, _LEFT_OUT = frozenset(_BLOCK_NAMES.split()), frozenset(_LEFT_OUT_NAMES.split())
_KEPT = _BLOCKS | _LEFT_OUT | {"br", "img", "a"}
_DROPPED_WITH_CONTENT = {"script", "style", "title", "xmp", "noembed", "noframes"}
_HTML_TAG = re.compile(
    r"<(?:/?(?:a|abbr|b|big|blockquote|body|br|center|cite|code|div|em|figure|font|form|h[1-6]|head|hr|html|i|iframe|img"
    r"|input|li|link|meta|object|ol|p|pre|q|s|script|section|small|span|strike|strong|style|sub|sup|svg|table|tbody|td"
    r"|th|title|tr|tt|u|ul|video|article|aside|audio|embed|figcaption|footer|header|label|nav|noscript|picture|source"
    r"|time|wbr|ins|del|mark|center|nobr|map|area|base|button)(?=[\s/>])|!--|!\[CDATA\[)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^\"'<>]|\"[^\"]*\"|'[^']*')*)>")
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>?")
_VOID = frozenset({"br", "img", "hr", "input", "wbr", "meta", "link", "source", "area", "base", "col", "embed"})
_DEEPEST = 200
_ATTRIBUTE = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
# Bytes 80 to BF as Windows-1252 and Latin-1 read them, behind those first bytes that hardly stand before such a sign in
# any language. Behind a capital letter or an opening quotation mark they are taken for text ("IRMÃ»", “Ñ”).
_LATER = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_DECODED_WRONGLY = re.compile(
    f"â[€„]{_LATER}|ð[Ÿ\x9f]{_LATER}{{2}}|(?:[ÐÑ]{_LATER}){{2,}}|(?<![A-ZÀ-ÖØ-Þ«“„‘\"'(])(?:Â[\xa0-\xbf]|Ã{_LATER})"
)
_WRONG_FIRSTS = frozenset("âðÐÑÂÃ")
_SURROGATES = re.compile("[\ud800-\udfff]")

_cleaner = nh3.Cleaner(
    tags=set(_KEPT),
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes={"img": {"src", "alt", "width", "height", "srcset", "data-src"}},
    link_rel=None,
    strip_comments=True,
    url_schemes={"http", "https"},
)


def tidy(text: str) -> str:
    """Make one line of plain text: NFC, no control, invisible or direction characters, single blanks."""
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line  # most are, and need no more
    if not _WRONG_FIRSTS.isdisjoint(text):
        text = _DECODED_WRONGLY.sub(_decode_again, text)
    text = unicodedata.normalize("NFC", _seen(text))
    return " ".join(text.split())


def _decode_again(found: re.Match[str]) -> str:
    """Decode letters of UTF-8 that somebody read as Windows-1252 (`â€™`, `Ã©`); what is no UTF-8 stays as it is."""
    octets = b"".join(
        bytes((ord(letter),)) if ord(letter) < 256 else letter.encode("cp1252") for letter in found.group()
    )
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return found.group()


def _seen(text: str) -> str:
    """Take out what no reader sees, and stand in for what is no character."""
    return _UNSEEN.sub("", _SURROGATES.sub("\ufffd", text))


_OF_PROSE = "p|div|ul|ol|blockquote|article|section|table|h[1-6]"
_TAG_ESCAPED_TWICE = re.compile(rf"&amp;lt;/(?:{_OF_PROSE}|a|em|strong|b|i|li|span)&amp;gt;", re.IGNORECASE)
_ESCAPE_OF_ESCAPE = re.compile(r"&amp;(#?\w{1,8};)")
_BLOCK_ESCAPED = re.compile(rf"&lt;(?:{_OF_PROSE})(?:\s|&gt;)", re.IGNORECASE)
_BLOCK_END_ESCAPED = re.compile(rf"&lt;/(?:{_OF_PROSE})&gt;$", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Tell whether a text holds a tag that HTML knows; `a < b` and `<name>` are text."""
    return "<" in text and _HTML_TAG.search(text) is not None


def decode_entities(text: str) -> str:
    """Decode entities that are written out in full, once. `AT&T` and `a&copy=1` stay as they are."""
    return _ENTITY.sub(lambda found: html.unescape(found.group()), text) if "&" in text else text


def unescaped(markup: str) -> str:
    """Undo what a writer escaped once too often, where it is plain that he did: tags would stand in the reader's text.

    Those are a text whose every tag is escaped, one block from end to end, and escapes of escapes that make a tag.
    """
    if "&amp;lt;" in markup and _TAG_ESCAPED_TWICE.search(markup):
        return _ESCAPE_OF_ESCAPE.sub(lambda found: html.unescape(f"&{found[1]}"), markup)
    markup = markup.strip()
    if (
        markup[:4] == "&lt;"
        and _BLOCK_ESCAPED.match(markup)
        and _BLOCK_END_ESCAPED.search(markup, max(0, len(markup) - 20))
    ):
        return markup if is_html(markup) else html.unescape(markup)
    return markup


def line_of(text: str) -> str:
    """Read a headline, a name or any short text as one line of plain text."""
    if is_html(text):
        return tidy(" ".join(paragraphs_of(text, keep_captions=True)))
    return tidy(decode_entities(text))


def paragraphs_of(text: str, *, keep_captions: bool = False) -> tuple[str, ...]:
    """Read a text as paragraphs of plain text. Tables become lines; media, forms and captions are left out."""
    text = text[:LONGEST_HTML]
    if not is_html(text):
        parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
        return tuple(line for part in parts if (line := tidy(decode_entities(part))))
    paragraphs: list[str] = []
    words: list[str] = []
    breaks = 0
    hidden: list[str] = []

    def end() -> None:
        line = tidy("".join(words))
        words.clear()
        if line:
            paragraphs.append(line)

    for kind, value, _attributes in pieces_of(text):
        if kind == "text":
            if not hidden or keep_captions:
                if value.strip():
                    breaks = 0
                words.append(value)
        elif kind == "open":
            if value in _LEFT_OUT:
                hidden.append(value)
                end()
            elif value == "br":
                breaks += 1
                words.append(" ")
                if breaks > 1:
                    end()
            elif value in _BLOCKS:
                end()
        elif value in _LEFT_OUT:
            if value in hidden:
                del hidden[len(hidden) - 1 - hidden[::-1].index(value) :]
        elif value in _BLOCKS:
            end()
    end()
    return tuple(paragraphs)


def images_of(text: str) -> tuple[dict[str, str], ...]:
    """List the attributes of every picture in a text, in reading order."""
    if "<" not in text:
        return ()
    return tuple(
        attributes for kind, value, attributes in pieces_of(text[:LONGEST_HTML]) if kind == "open" and value == "img"
    )


def pieces_of(text: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Cut HTML into text, and opening and closing tags with the attributes of pictures."""
    source = _rebuilt(text)
    at = 0
    for found in _TOKEN.finditer(source):
        if found.start() > at:
            yield "text", html.unescape(source[at : found.start()]), {}
        closing, name, rest = found.groups()
        if closing:
            yield "close", name, {}
        else:
            attributes = {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(rest)} if name == "img" else {}
            yield "open", name, attributes
        at = found.end()
    if at < len(source):
        yield "text", html.unescape(source[at:]), {}


@lru_cache(maxsize=8)
def _rebuilt(text: str) -> str:
    """Rebuild HTML as a browser would read it. A text is looked at twice in a row: for pictures and for words."""
    return _cleaner.clean(_shallow(_seen(text)))


def _shallow(text: str) -> str:
    """Take out the tags that stand deeper in one another than any text needs: deep ones cost their reader dearly."""
    if text.count("<") < _DEEPEST:
        return text
    depth = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal depth
        if found[1]:
            depth = max(0, depth - 1)
        elif found[2].lower() not in _VOID:
            depth += 1
            if depth > _DEEPEST:
                return " "
        return found.group()

    return _ANY_TAG.sub(kept, text)
