"""What should have been filled in before: slots, template tags, other platforms' merge tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.model import Severity
from broadsheet.slots import TOKEN, Slot

GROUP = "Left over"
# Each form is bounded in length, so that no input makes the search slow.
TAGS = re.compile(
    r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}|\*\|[^|\n]{1,80}\|\*|%%[A-Za-z_][\w.=() -]{0,80}%%|<%[^%\n]{0,200}%>|"
    r"\$\{[^{}\n]{1,80}\}|\[\[[A-Z_a-z][\w.: -]{0,60}\]\]"
)
_ENGINE_TAG = re.compile(r"</?mj-?[a-z][a-z-]{0,30}", re.IGNORECASE)
_KNOWN = {slot.token for slot in Slot}


@rule("open-slot", GROUP, Severity.BLOCK)
def open_slot(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every slot in the rendering is one that exists; a finished mail has none left."""
    for where, text in _texts(mail):
        for token in dict.fromkeys(found.group() for found in TOKEN.finditer(text)):
            if mail.edition is None:
                yield Fault(f"a slot was never filled: {token}", "Export or send it; do not copy a rendering.", where)
            elif token not in _KNOWN:
                yield Fault(f"no slot is called {token}", "Use one of the slots that exist, in the theme.", where)


@rule("template-tag", GROUP, Severity.BLOCK, in_template=Severity.WARN)
def template_tag(mail: Mail, context: Context) -> Iterator[Fault]:
    """No template or merge tag is left that nobody will fill in; those that a story itself is about are not counted."""
    told = _told(mail)
    for where, text in _texts(mail):
        for tag in dict.fromkeys(found.group() for found in TAGS.finditer(text)):
            if tag not in told:
                yield Fault(
                    f"a tag was never filled in: {tag[:80]}",
                    "Mend the theme, or remove it: readers would see the tag as it stands.",
                    where,
                )


@rule("engine-tag", GROUP, Severity.BLOCK)
def engine_tag(mail: Mail, context: Context) -> Iterator[Fault]:
    """No MJML tag is left in the HTML: the engine lets those it does not know pass."""
    for found in _ENGINE_TAG.finditer(mail.html):
        if found.group().lower().lstrip("</").startswith(("mj-", "mjml")):
            yield Fault(
                f"an MJML tag is left: {found.group()}>", "Mend its spelling in the theme.", mail.place(found.start())
            )


def _texts(mail: Mail) -> Iterator[tuple[str, str]]:
    yield from (("subject", mail.subject or ""), ("preheader", mail.preheader or ""))
    yield from (("html", mail.html), ("text", mail.text or ""))


def _told(mail: Mail) -> frozenset[str]:
    """List the tags that stand in the stories' own words: a story may be about a template language."""
    if mail.edition is None:
        return frozenset()
    words: list[str] = []
    for pick in mail.edition.picks:
        words += (pick.headline, pick.dek, pick.kicker, pick.story.title, pick.story.dek, *pick.story.body)
        words += (pick.story.url or "", pick.story.publisher, *pick.story.authors)
    return frozenset(found.group() for text in words for found in TAGS.finditer(text))


RULES = (open_slot, template_tag, engine_tag)
