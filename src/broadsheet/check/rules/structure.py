"""The skeleton, and what mail clients remove, refuse or choke on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.check.css import at_rules, nested_at_rules
from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.weight import weight
from broadsheet.model import Severity

GROUP = "Structure"
# Gmail takes style elements off that go beyond this many bytes in all.
STYLES_AT_MOST = 16_384
_DIRECTIONS = {"\u202a": 1, "\u202b": 1, "\u202d": 1, "\u202e": 1, "\u202c": -1}
_ISOLATES = {"\u2066": 1, "\u2067": 1, "\u2068": 1, "\u2069": -1}
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_MOJIBAKE = re.compile(r"â€[™œ\x9d“”¦˜]|Ã[©¨¤¶¼±³¡­ª®´»§¢]|Â[\xa0«»·©®]|ï¿½")
_TWICE = re.compile(
    r"&(?:amp|lt|gt|quot|nbsp|apos|#\d{1,6}|#x[0-9a-f]{1,6}|[aeiou](?:uml|acute|grave|circ)|[mn]dash);", re.IGNORECASE
)
_NO_ZOOM = re.compile(r"user-scalable=(?:no|0)|maximum-scale=(?:0|1)(?:\.\d+)?(?![\d.])")
_CONDITION = re.compile(r"\[if [^\]]{1,60}\]", re.IGNORECASE)


@rule("doctype", GROUP, Severity.WARN)
def doctype(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML begins with a doctype: without one, webmail lays it out by the rules of 1998."""
    if mail.page.elements and not mail.page.doctype:
        yield Fault("the HTML has no doctype", "Begin with <!doctype html>.", "line 1, column 1")


@rule("charset", GROUP, Severity.WARN)
def charset(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML says that it is UTF-8: wrong letters otherwise, and Gmail may even cut a small mail."""
    for meta in mail.page.named("meta"):
        declared = meta.get("charset")
        if not declared and "charset=" in meta.get("content").lower():
            declared = meta.get("content").lower().split("charset=")[1].split(";")[0].strip()
        if declared:
            if declared.lower() not in ("utf-8", "utf8"):
                yield Fault(f"the HTML says that it is {declared}", "Use UTF-8 throughout.", mail.place(meta))
            return
    if mail.page.elements:
        yield Fault("the HTML does not say how it is encoded", 'Put <meta charset="utf-8"> first in <head>.', "html")


@rule("viewport", GROUP, Severity.WARN)
def viewport(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML has a viewport, which phones need, and one that lets readers zoom."""
    advice = 'Put <meta name="viewport" content="width=device-width, initial-scale=1"> into <head>.'
    found = [meta for meta in mail.page.named("meta") if meta.get("name").lower() == "viewport"]
    if mail.page.elements and not found:
        yield Fault("the HTML has no viewport", advice, "html")
    for meta in found:
        content = meta.get("content").lower().replace(" ", "")
        if _NO_ZOOM.search(content):
            yield Fault("the viewport keeps readers from zooming", advice, mail.place(meta))


@rule("active-content", GROUP, Severity.BLOCK)
def active_content(mail: Mail, context: Context) -> Iterator[Fault]:
    """Nothing in the mail runs: no script, frame, object or event handler. Filters refuse such mail."""
    for element in mail.page.elements:
        if element.name in ("script", "iframe", "frame", "object", "embed", "applet"):
            data = element.name == "script" and "json" in element.get("type").lower()
            if not data:  # JSON-LD runs nothing; Gmail reads it
                yield Fault(f"there is a <{element.name}>", "Remove it: no client runs it.", mail.place(element))
        for name in element.attributes:
            if name.startswith("on") and name.isalpha() and len(name) > 3:
                yield Fault(f"<{element.name}> has the event handler {name}", "Remove it.", mail.place(element))


@rule("form", GROUP, Severity.WARN)
def form(mail: Mail, context: Context) -> Iterator[Fault]:
    """The mail holds no form: half of the clients do not show it, and several warn of it."""
    for element in mail.page.named("form", "input", "select", "textarea"):
        yield Fault(f"there is a <{element.name}>", "Link to a page that holds the form.", mail.place(element))
        return


@rule("external-style", GROUP, Severity.WARN)
def external_style(mail: Mail, context: Context) -> Iterator[Fault]:
    """Styles stand in the mail: nearly no client loads a style sheet or a font from elsewhere."""
    for link in mail.page.named("link"):
        if "stylesheet" in link.get("rel").lower():
            yield Fault(
                f"a style sheet is loaded: {link.get('href')[:80]}",
                "Write its rules into the mail; name fonts that readers have.",
                mail.place(link),
            )
    for element, sheet in mail.sheets:
        for found in at_rules(sheet):
            if found.lower().startswith("@import"):
                yield Fault(
                    f"a style sheet is loaded: {found[:80]}", "Write its rules into the mail.", mail.place(element)
                )


@rule("style-size", GROUP, Severity.WARN)
def style_size(mail: Mail, context: Context) -> Iterator[Fault]:
    """Style sheets stay below the 16 KB from which Gmail removes them."""
    total = sum(weight(sheet) for _, sheet in mail.sheets)
    if total > STYLES_AT_MOST:
        yield Fault(f"{total:,} bytes of style sheets", "Remove rules that the mail does not use.", "html")


@rule("style-nested", GROUP, Severity.WARN)
def style_nested(mail: Mail, context: Context) -> Iterator[Fault]:
    """No at-rule stands inside another one: Gmail drops the whole style element."""
    for element, sheet in mail.sheets:
        for found in nested_at_rules(sheet)[:1]:
            yield Fault(
                f"{found[:60]} stands inside another at-rule", "Put it into a style element of its own.",
                mail.place(element),
            )  # fmt: skip


@rule("outlook-comment", GROUP, Severity.WARN)
def outlook_comment(mail: Mail, context: Context) -> Iterator[Fault]:
    """Conditional comments for Outlook are closed: an open one swallows what follows, or shows its marks."""
    for comment in mail.page.comments:
        opens = _CONDITION.match(comment.data.lstrip())
        hides = opens and not comment.data.rstrip().endswith(("<!", "<!--", "]>"))
        if hides and "[endif]" not in comment.data.lower():
            yield Fault(
                f"a conditional comment is not closed: <!--{comment.data.lstrip()[:30]}",
                "End it with <![endif]-->.",
                mail.place(comment.start),
            )


@rule("characters", GROUP, Severity.WARN)
def characters(mail: Mail, context: Context) -> Iterator[Fault]:
    """No control characters, and every change of writing direction is ended where it began."""
    for where, text in mail.texts:
        found = _CONTROLS.search(text)
        if found:
            spot = mail.place(found.start()) if where == "html" else where
            yield Fault(f"a control character (U+{ord(found.group()):04X})", "Remove it.", spot)
        if not _is_balanced(text, _DIRECTIONS) or not _is_balanced(text, _ISOLATES):
            yield Fault(
                "a change of writing direction is never ended", "Remove U+202A to 202E and 2066 to 2069.", where
            )


@rule("garbled", GROUP, Severity.WARN)
def garbled(mail: Mail, context: Context) -> Iterator[Fault]:
    """No text was decoded wrongly (Ã©, â€™, the replacement character) or escaped twice (&amp;amp;)."""
    shown = [(where, text) for where, text in mail.texts if where != "html"]
    for where, text in (*shown, ("html", mail.words)):
        found = _MOJIBAKE.search(text) or re.search("\ufffd", text)
        if found:
            yield Fault(
                f"text was decoded wrongly: “{_around(text, found)}”", "Read the source in its right encoding.", where
            )
        twice = _TWICE.search(text)
        if twice:
            yield Fault(
                f"text was escaped twice: “{_around(text, twice)}”", "Decode it once more at the source.", where
            )


@rule("text-part", GROUP, Severity.WARN)
def text_part(mail: Mail, context: Context) -> Iterator[Fault]:
    """There is a plain text that can be read alone: watches, filters and some screen readers take it."""
    if mail.text is None:
        return
    if not mail.text.strip():
        yield Fault("there is no text part", "Send multipart/alternative with a text/plain part.", "text")
    elif len(mail.text.split()) * 8 < len(mail.shown_words.split()):
        yield Fault(
            f"the text has {len(mail.text.split())} words, the HTML {len(mail.shown_words.split())}",
            "Say the same in both: filters compare them.",
            "text",
        )
    elif re.search(r"<(?:p|div|td|br|a|span|table)\b[^<>]{0,200}>", mail.text, re.IGNORECASE):
        yield Fault("the text holds HTML tags", "Build it from the stories, not from the HTML.", "text")


def _is_balanced(text: str, kinds: dict[str, int]) -> bool:
    open_ones = 0
    for found in _TURNS.finditer(text):
        open_ones += kinds.get(found.group(), 0)
        if open_ones < 0:
            return False
    return open_ones == 0


def _around(text: str, found: re.Match[str]) -> str:
    return " ".join(text[max(0, found.start() - 20) : found.end() + 20].split())


RULES = (
    doctype, charset, viewport, active_content, form, external_style, style_size, style_nested, outlook_comment,
    characters, garbled, text_part,
)  # fmt: skip
