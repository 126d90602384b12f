"""What an editor would want to know before it goes out: embargoes, repeats, stale and empty parts, missing stories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.rules.links import target_of
from broadsheet.model import Pick, Severity

GROUP = "Stories"
STALE_AFTER = timedelta(hours=72)
_FOLD = re.compile(r"[\W_]+")


def _place(pick: Pick) -> str:
    return f"story {pick.story.id} ({pick.headline})"


def _picks(mail: Mail) -> tuple[Pick, ...]:
    return mail.edition.picks if mail.edition else ()


@rule("embargo", GROUP, Severity.BLOCK)
def embargo(mail: Mail, context: Context) -> Iterator[Fault]:
    """No story goes out before its embargo ends, nor one that is told along with another."""
    for pick in _picks(mail):
        for story in (pick.story, *pick.also_reported_by):
            if story.embargo_at and story.embargo_at > context.now:
                until = f"{story.embargo_at:%Y-%m-%d %H:%M} UTC"
                yield Fault(f"“{story.title}” is under embargo until {until}", "Drop it, or send later.", _place(pick))


@rule("story-expired", GROUP, Severity.BLOCK)
def story_expired(mail: Mail, context: Context) -> Iterator[Fault]:
    """No story goes out after the time until which its source lets it be used."""
    for pick in _picks(mail):
        if pick.story.expires_at and pick.story.expires_at <= context.now:
            yield Fault(f"the story expired at {pick.story.expires_at:%Y-%m-%d %H:%M} UTC", "Drop it.", _place(pick))


@rule("edition-empty", GROUP, Severity.BLOCK)
def edition_empty(mail: Mail, context: Context) -> Iterator[Fault]:
    """The edition has stories."""
    if mail.edition and not mail.edition.picks:
        yield Fault("the edition has no story", "Gather and pick again, or skip this edition.", "edition")


@rule("section-empty", GROUP, Severity.WARN)
def section_empty(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every section has stories."""
    for section in mail.edition.sections if mail.edition and mail.edition.picks else ():
        if not section.picks:
            yield Fault("the section is empty", "Move a story into it, or leave it out.", f"section {section.title}")


@rule("section-stale", GROUP, Severity.WARN)
def section_stale(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every section has a story of the last three days."""
    for section in mail.edition.sections if mail.edition else ():
        dated = [pick.story.published_at for pick in section.picks if pick.story.dated]
        if dated and len(dated) == len(section.picks) and max(dated) < context.now - STALE_AFTER:
            days = (context.now - max(dated)).days
            yield Fault(
                f"the newest story is {days} days old", "See whether its sources still bring stories.",
                f"section {section.title}",
            )  # fmt: skip


@rule("headline-empty", GROUP, Severity.BLOCK)
def headline_empty(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every story has a headline."""
    for pick in _picks(mail):
        if not _folded(pick.headline):
            yield Fault(
                "the story has no headline", f"Write one: broadsheet edition set {pick.story.id}.", _place(pick)
            )


@rule("story-repeated", GROUP, Severity.WARN)
def story_repeated(mail: Mail, context: Context) -> Iterator[Fault]:
    """No story stands twice: by its identity, its address or its headline."""
    seen: dict[str, Pick] = {}
    for pick in _picks(mail):
        keys = [f"id {pick.story.id}", f"headline {_folded(pick.headline)}"]
        if pick.story.url:
            keys.append(f"address {target_of(pick.story.url)}")
        before = next((seen[key] for key in keys if key in seen), None)
        if before is not None and _folded(pick.headline):
            how = "the same story" if before.story.id == pick.story.id else "the same address or headline"
            yield Fault(f"{how} as {_place(before)}", "Drop one of them.", _place(pick))
        for key in keys:
            seen.setdefault(key, pick)


@rule("story-carried", GROUP, Severity.WARN)
def story_carried(mail: Mail, context: Context) -> Iterator[Fault]:
    """No story stood in the edition before, unless it is marked as an update."""
    before = context.previous
    if mail.edition is None or before is None or before.id == mail.edition.id:
        return
    carried = {pick.story.id for pick in before.picks}
    for pick in mail.edition.picks:
        if pick.story.id in carried and not pick.is_update:
            yield Fault(f"it stood in {before.id}, too", "Drop it, or mark it as an update.", _place(pick))


@rule("story-missing", GROUP, Severity.WARN)
def story_missing(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every story of the edition stands in the HTML and in the text, unless the rendering says that it moved it."""
    if mail.edition is None:
        return
    shown, text, notes = _folded(mail.words), _folded(mail.text or ""), _folded(" ".join(mail.notes))
    for pick in mail.edition.picks:
        headline = _folded(pick.headline)
        for where, words in (("HTML", shown), ("text", text)):
            if headline and headline not in words and headline[:40] not in notes:
                yield Fault(
                    f"its headline does not stand in the {where}", "See whether the theme shows it.", _place(pick)
                )


def _folded(text: str) -> str:
    return _FOLD.sub("", text).casefold()


RULES = (
    embargo, story_expired, edition_empty, section_empty, section_stale, headline_empty, story_repeated, story_carried,
    story_missing,
)  # fmt: skip
