"""What should have been filled in before: slots, template tags, other platforms' merge tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.tags import TAGS
from broadsheet.check.tree import decode
from broadsheet.model import Severity
from broadsheet.slots import TOKEN, Slot

GROUP = "Left over"
_ENGINE_TAG = re.compile(r"<(mj-?[a-z][a-z-]{0,30})", re.IGNORECASE)
_KNOWN = {slot.token for slot in Slot}


@rule("open-slot", GROUP, Severity.BLOCK)
def open_slot(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every slot in the rendering is one that exists; a finished mail has none left."""
    for where, text in mail.texts:
        for token in dict.fromkeys(found.group() for found in TOKEN.finditer(text)):
            if mail.edition is None:
                yield Fault(f"a slot was never filled: {token}", "Export or send it; do not copy a rendering.", where)
            elif token not in _KNOWN:
                yield Fault(f"no slot is called {token}", "Use one of the slots that exist, in the theme.", where)


@rule("template-tag", GROUP, Severity.BLOCK, in_template=Severity.WARN)
def template_tag(mail: Mail, context: Context) -> Iterator[Fault]:
    """No template or merge tag is left that nobody will fill in; those that a story itself is about are not counted."""
    told = _told(mail)
    for where, text in mail.texts:
        found = dict.fromkeys(decode(match.group()) for match in TAGS.finditer(text))
        tags = [tag for tag in found if tag not in told]
        if tags:
            shown = ", ".join(tag[:60] for tag in tags[:6]) + (f" and {len(tags) - 6} more" if len(tags) > 6 else "")
            yield Fault(
                f"{'tags were' if len(tags) > 1 else 'a tag was'} never filled in: {shown}",
                "Mend the theme, or remove it: readers would see the tag as it stands.",
                where,
            )


@rule("engine-tag", GROUP, Severity.BLOCK)
def engine_tag(mail: Mail, context: Context) -> Iterator[Fault]:
    """No MJML tag is left in the HTML: the engine lets those it does not know pass."""
    places = [(element.name, element.start) for element in mail.page.elements if element.name.startswith("mj")]
    for comment in mail.page.comments:
        if comment.data.lstrip().startswith("[if"):  # what Outlook reads; other comments are nobody's business
            places += [(found[1].lower(), comment.start) for found in _ENGINE_TAG.finditer(comment.data)]
    for name, start in places:
        if name.startswith(("mj-", "mjml")):
            yield Fault(f"an MJML tag is left: <{name}>", "Mend its spelling in the theme.", mail.place(start))


_MARK = re.compile(
    r"\bTK(?:TK)*\b(?! ?(?:Maxx|Elevator))|\bTO-?DO:|\bTODO\b|\bFIXME\b|\bXXX+\b|"
    r"\[(?:TBD|TBA|TBC|insert [^\]]{1,40})\]"
)
_LOREM = re.compile(
    r"\blorem ipsum\b|\bdolor sit amet\b|\bconsectetur adipi|\b(?:headline|title|subtitle|text|teaser) goes here\b|"
    r"\byour (?:headline|title|text|company|logo|name|address) here\b",
    re.IGNORECASE,
)
_STAND_IN_DATE = re.compile(
    r"\b(?:DD|TT|JJ)[./-]MM[./-](?:YY|JJ|AA)(?:YY|JJ|AA)?\b|\bMM[./-]DD[./-]YY(?:YY)?\b|\bYYYY-MM-DD\b|\b0000-00-00\b|"
    r"\b00[./-]00[./-](?:00)?00\b|\b1970-01-01\b|\b(?:1 January|January 1,|1\. Januar|1er janvier) 1970\b|"
    r"\b(?:Month|Weekday) (?:DD|00|Day|XX)\b|\b(?:20XX|20YY|19XX)\b|\[(?:date|month|year|day)\]|\bInvalid Date\b",
)
_COPYRIGHT = re.compile(
    r"(?:©|&copy;|\(c\)|copyright)\s{0,3}(?:©\s{0,3})?((?:19|20)\d\d)(?:\s{0,2}[-–—]\s{0,2}((?:19|20)\d\d))?",
    re.IGNORECASE,
)


def _read(mail: Mail) -> Iterator[tuple[str, str]]:
    """List the texts that readers read, and where each stands."""
    yield from ((where, mail.words if where == "html" else text) for where, text in mail.texts)


def _first(mail: Mail, pattern: re.Pattern[str], message: str, advice: str) -> Iterator[Fault]:
    for where, text in _read(mail):
        found = list(dict.fromkeys(match.group() for match in pattern.finditer(text)))
        if found:
            match = pattern.search(text)
            around = " ".join(text[max(0, match.start() - 30) : match.end() + 30].split()) if match else ""
            place = _story_with(mail, pattern) or where
            yield Fault(f"{message}: {', '.join(found[:5])} in “{around}”", advice, place)


def _story_with(mail: Mail, pattern: re.Pattern[str]) -> str:
    for pick in mail.edition.picks if mail.edition else ():
        if pattern.search(f"{pick.headline}\n{pick.dek}\n{pick.kicker}"):
            return f"story {pick.story.id} ({pick.headline})"
    return ""


@rule("unfinished", GROUP, Severity.WARN)
def unfinished(mail: Mail, context: Context) -> Iterator[Fault]:
    """No editor's mark for "to come" is left: TK, TODO, XXX, [TBD]."""
    yield from _first(mail, _MARK, "a mark for what is to come is left", "Fill in what is missing.")


@rule("filler", GROUP, Severity.WARN)
def filler(mail: Mail, context: Context) -> Iterator[Fault]:
    """No filler text is left: lorem ipsum, "headline goes here"."""
    yield from _first(mail, _LOREM, "filler text is left", "Replace it.")


@rule("stand-in-date", GROUP, Severity.WARN)
def stand_in_date(mail: Mail, context: Context) -> Iterator[Fault]:
    """No date is a stand-in (DD/MM/YYYY, 20XX) or what a program writes when it has none (1 January 1970)."""
    yield from _first(mail, _STAND_IN_DATE, "a date is a stand-in", "Put the real date there.")


@rule("year-old", GROUP, Severity.WARN)
def year_old(mail: Mail, context: Context) -> Iterator[Fault]:
    """The year beside © is this year."""
    for where, text in _read(mail):
        for match in _COPYRIGHT.finditer(text):
            year = int(match[2] or match[1])
            if year < context.now.year:
                yield Fault(f"“{match.group()}” in {context.now.year}", "Write the year by the edition's date.", where)
                break


def _told(mail: Mail) -> frozenset[str]:
    """List the tags that stand in the stories' own words: a story may be about a template language."""
    if mail.edition is None:
        return frozenset()
    words: list[str] = [mail.edition.intro, mail.edition.subject, mail.edition.preheader]
    for pick in mail.edition.picks:
        words += (pick.headline, pick.dek, pick.kicker)
        for story in (pick.story, *pick.also_reported_by):
            words += (story.title, story.dek, *story.body, story.url or "", story.publisher, story.section)
            words += (*story.authors, *story.categories, story.image.alt if story.image else "")
    return frozenset(found.group() for text in words for found in TAGS.finditer(text))


RULES = (open_slot, template_tag, engine_tag, unfinished, filler, stand_in_date, year_old)
