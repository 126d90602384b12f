"""How each family of template engines is kept from reading story text as code.

A platform's engine reads the whole of what it is given: text, attributes, style sheets, comments. So everything that is
not one of our tags is neutralised, in a way that its place allows and no reader sees: numeric references in HTML,
percent-encoding in addresses, a word joiner (U+2060) in subjects and plain text, a space in style sheets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

JOINER = "\u2060"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});")
_MARKS = frozenset("{}[]%*|$\\#@!")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPED_NAME = re.compile(r"%[0-9A-Fa-f]{2}(?=\w*%)")
_CSS_JOINT = re.compile(r"([{}])(?=[{}%#$!\[])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A family of template languages.

    `opening` and `closing` match the single characters that begin or end a piece of code, where they could; `code` is
    what the engine would act on, and must match nowhere once a text is neutral.
    """

    name: str
    opening: re.Pattern[str]
    closing: re.Pattern[str]
    code: re.Pattern[str]
    as_is: str = ""
    spoilt: str = ""

    def html(self, text: str) -> str:
        """Write what could be code as numeric references: for HTML text and for attributes."""
        return self.closing.sub(_reference, self.opening.sub(_reference, _bare(text)))

    def sturdy_html(self, text: str) -> str:
        """Do as `html`, and part the characters too: for platforms that decode references before their engine runs."""
        text = self.opening.sub(lambda found: _reference(found) + JOINER, _bare(text))
        return self.closing.sub(lambda found: JOINER + _reference(found), text)

    def url(self, address: str) -> str:
        """Percent-encode what could be code in the address of an attribute (RFC 3986, section 2.1)."""
        address = _STRAY_PERCENT.sub("%25", _bare(address))
        if self.code.search("%AD%"):
            # An escape can spell the beginning of a tag's name; its digits may be in either case, a name may not.
            address = _ESCAPED_NAME.sub(lambda found: found.group().lower(), address)
        return self.closing.sub(_percent, self.opening.sub(_percent, address))

    def css(self, sheet: str) -> str:
        """Part braces that meet each other or an identifier: `{#id` would open a comment in most engines."""
        return _CSS_JOINT.sub(r"\1 ", sheet)

    def plain(self, text: str) -> str:
        """Part the characters of what could be code by a joiner, and percent-encode it inside an address."""
        pieces = []
        end = 0
        for address in _ADDRESS.finditer(text):
            pieces += [self._joined(text[end : address.start()]), self.url(address.group())]
            end = address.end()
        pieces.append(self._joined(text[end:]))
        return "".join(self.untouched(mark) if mark in self.spoilt else mark for mark in "".join(pieces))

    def untouched(self, text: str) -> str:
        """Write markup or a character that the engine would drop or change so that it prints it."""
        return self.as_is.replace("@", text) if self.as_is else text

    def _joined(self, text: str) -> str:
        text = self.opening.sub(lambda found: found.group() + JOINER, text)
        return self.closing.sub(lambda found: JOINER + found.group(), text)


def _reference(found: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in found.group())


def _percent(found: re.Match[str]) -> str:
    # Whatever percent sign still stands leads an escape.
    return "".join("%" if character == "%" else f"%{ord(character):02X}" for character in found.group())


def _bare(html: str) -> str:
    """Undo references to the marks that engines use, so that each is written one way only."""

    def mark(found: re.Match[str]) -> str:
        character = unescape(found.group())
        return character if character in _MARKS else found.group()

    return _REFERENCE.sub(mark, html)


def _engine(name: str, *, opening: str, closing: str, code: str, as_is: str = "", spoilt: str = "") -> Engine:
    return Engine(
        name=name, opening=re.compile(opening), closing=re.compile(closing), code=re.compile(code),
        as_is=as_is, spoilt=spoilt,
    )  # fmt: skip


NO_ENGINE = _engine("none", opening=r"(?!)", closing=r"(?!)", code=r"(?!)")

# Jinja, Django, HubL, Twig and Liquid read {{, {% and {#. Every brace goes, so that none can join with a tag beside it.
BRACES = _engine("braces", opening=r"\{", closing=r"\}", code=r"\{[{%#]")

# A backslash before {{ makes Handlebars print the tag instead of its value.
HANDLEBARS = _engine("handlebars", opening=r"\{|\\", closing=r"\}", code=r"\{\{")

# SendGrid knows <% %> beside Handlebars, and so does an older set of its tags in square brackets.
SENDGRID = _engine("sendgrid", opening=r"[{\\\[]|<(?=%)", closing=r"\}|%(?=[>\]])", code=r"\{\{|<%|\[%")

# Go's html/template reads even the plain text as HTML: it writes a lone < as &lt;, and drops every comment, those for
# Outlook too. listmonk's function Safe prints both as they are.
GO = _engine("go", opening=r"\{", closing=r"\}", code=r"\{\{(?! `<)", as_is="{{ `@` | Safe }}", spoilt="<")

MUSTACHE = _engine("mustache", opening=r"\{", closing=r"\}", code=r"\{\{")

MERGE_BARS = _engine("mailchimp", opening=r"\*(?=\|)", closing=r"\|(?=\*)", code=r"\*\|")

# {word}, {word=...}, {$word}, {!word}: one brace is enough.
SINGLE_BRACES = _engine("single braces", opening=r"\{", closing=r"\}", code=r"\{[$!]|\{\w+[=}|]")

# Ghost stores its replacements as %%{word}%%, and keeps whatever stands between them.
GHOST = _engine("ghost", opening=r"\{|%(?=[%{])", closing=r"\}", code=r"%%\{|\{\w+[=}|]")

# [word] and the elements that some of these platforms put in the place of a link.
BRACKETS = _engine(
    "brackets",
    opening=r"\[|<(?=/?(?:unsubscribe|webversion|preferences|multiline|singleline)\b)",
    closing=r"\]",
    code=r"\[(?:\w+,\s*fallback=|if:|ifmemberof:|[A-Za-z]+:|unsubscribe|webversion|UNSUBSCRIBE|PREFERENCES|EMAIL)",
)

DOUBLE_BRACKETS = _engine(
    "double brackets", opening=r"\[|\{|\$(?=[\[{])", closing=r"\]|\}", code=r"\[\[|\$\{|\{\{|\$\["
)

# Constant Contact refuses the openings of FreeMarker wherever they stand.
FREEMARKER = _engine("freemarker", opening=r"\[|\{|\$(?=\{)|<(?=@)", closing=r"\]|\}", code=r"\[#|\$\{|<@|\[\[")

PERCENT = _engine("percent", opening=r"%(?=[\w/])", closing=r"(?!)", code=r"%[A-Z][A-Z0-9_-]*%|%/?IF")

# %recipient.x% in what is sent, Handlebars in stored templates.
MAILGUN = _engine("mailgun", opening=r"%(?=\w)|\{|\\", closing=r"\}", code=r"%recipient|%\w*unsubscribe|\{\{")

AMPSCRIPT = _engine("ampscript", opening=r"%(?=[%\w=\[])|\{|<(?=%)", closing=r"\}|%(?=[>\]])", code=r"%%|<%|\{\{")
