"""Subject and preheader: what a reader sees before anything else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.tags import TAGS
from broadsheet.model import Severity

GROUP = "Subject and preheader"
SUBJECT_AT_MOST = 70  # what Gmail's web page shows; phones show 35 to 45
PREHEADER_AT_LEAST, PREHEADER_AT_MOST = 30, 150
_SPAM = re.compile(
    r"\b(?:act now|100 ?% free|risk[- ]free|no obligation|click (?:here|now|below)|buy now|order now|earn money|"
    r"extra income|free (?:gift|money|trial|access|quote)|guaranteed|limited[- ]time (?:offer|only)|once in a lifetime|"
    r"you(?:'ve| have) won|you are a winner|congratulations|urgent(?: response)?|dear friend|cash bonus|double your|"
    r"lose weight|miracle|viagra|casino|crypto giveaway|special promotion|this is not spam|winner!|"
    r"jetzt zugreifen|gratis testen|gagnez|gratuit !|gana dinero|oferta exclusiva)\b|[$€£]{2,}",
    re.IGNORECASE,
)
_REPLY = re.compile(r"\s*(?:re|fwd?|aw|wg|tr|rv|sv|odp)\s*(?:\[\d+\])?:", re.IGNORECASE)
_SET = "broadsheet edition set"


def length(text: str) -> int:
    """Count what a reader takes for characters, roughly: marks, joiners and what they join count with their base."""
    total, joined = 0, False
    for character in text:
        if character in "\u200d" or unicodedata.category(character) in ("Mn", "Me", "Cf") or "🏻" <= character <= "🏿":
            joined = character == "\u200d"
            continue
        total += not joined
        joined = False
    return total


def _emoji(text: str) -> int:
    """Count pictures; those joined into one (U+200D) are one, and so is a flag, which is made of two letters."""
    kinds = re.sub("\u200d.|[\U0001f1e6-\U0001f1ff](?=[\U0001f1e6-\U0001f1ff])", "", text)
    return sum(unicodedata.category(character) == "So" and ord(character) > 0x2190 for character in kinds)


@rule("subject-empty", GROUP, Severity.BLOCK)
def subject_empty(mail: Mail, context: Context) -> Iterator[Fault]:
    """The mail has a subject."""
    if mail.subject is not None and not mail.subject.strip():
        yield Fault("the subject is empty", f"Give it one: {_SET} subject TEXT.", "subject")


@rule("subject-long", GROUP, Severity.WARN)
def subject_long(mail: Mail, context: Context) -> Iterator[Fault]:
    """The subject has at most 70 characters; phones show the first 35 to 45."""
    many = length((mail.subject or "").strip())
    if many > SUBJECT_AT_MOST:
        yield Fault(
            f"the subject has {many} characters; clients will cut it: “{(mail.subject or '')[:45]}…”",
            "Put what matters first, and let the preheader say the rest.",
            "subject",
        )


@rule("subject-shouting", GROUP, Severity.WARN)
def subject_shouting(mail: Mail, context: Context) -> Iterator[Fault]:
    """The subject does not shout: no capitals throughout, no rows of !!! or ???, one emoji at most."""
    subject = mail.subject or ""
    cased = [character for character in subject if character.isupper() or character.islower()]
    if len(cased) >= 8 and sum(character.isupper() for character in cased) > 0.7 * len(cased):
        yield Fault("the subject is in capitals", "Write it as a sentence.", "subject")
    if re.search(r"[!?]{2}|!.{0,60}!", subject):
        yield Fault("the subject has more than one mark of exclamation", "Keep one, or none.", "subject")
    if _emoji(subject) > 1:
        yield Fault(
            "the subject has more than one emoji", "Keep one, at the end: each is read aloud by name.", "subject"
        )


@rule("subject-spam", GROUP, Severity.WARN)
def subject_spam(mail: Mail, context: Context) -> Iterator[Fault]:
    """Subject and preheader use no phrases that filters know from spam, and pretend to be no reply."""
    for where, text in (("subject", mail.subject or ""), ("preheader", mail.preheader or "")):
        found = _SPAM.search(text)
        if found:
            yield Fault(f"“{found.group()}” reads like spam", "Say it in other words.", where)
    if _REPLY.match(mail.subject or ""):
        yield Fault("the subject pretends to be a reply", "Remove the Re: or Fwd:.", "subject")


@rule("subject-repeated", GROUP, Severity.WARN)
def subject_repeated(mail: Mail, context: Context) -> Iterator[Fault]:
    """Subject and preheader differ from those of the edition before: clients fold equal subjects into one thread."""
    before = context.previous
    if mail.edition is None or before is None or before.id == mail.edition.id:
        return
    for where, now, then in (
        ("subject", mail.subject or "", before.subject),
        ("preheader", mail.preheader or "", before.preheader),
    ):
        if now.strip() and _folded(now) == _folded(then):
            yield Fault(f"the {where} is that of {before.id}", f"Give it a new one: {_SET} {where} TEXT.", where)


@rule("preheader-empty", GROUP, Severity.BLOCK)
def preheader_empty(mail: Mail, context: Context) -> Iterator[Fault]:
    """An edition has a preheader: without one, clients show the first words of the masthead instead."""
    if mail.edition is not None and not (mail.preheader or "").strip():
        yield Fault("the preheader is empty", f"Give it one: {_SET} preheader TEXT.", "preheader")


@rule("preheader-length", GROUP, Severity.WARN)
def preheader_length(mail: Mail, context: Context) -> Iterator[Fault]:
    """The preheader has 30 to 150 characters: a shorter one lets the masthead follow, a longer one is cut."""
    if TAGS.search(mail.preview or ""):
        return
    many = length((mail.preview or "").strip())
    if 0 < many < PREHEADER_AT_LEAST or many > PREHEADER_AT_MOST:
        yield Fault(
            f"the preheader has {many} characters", "Write 40 to 110: the second and third story, say.", "preheader"
        )


@rule("preheader-same", GROUP, Severity.WARN)
def preheader_same(mail: Mail, context: Context) -> Iterator[Fault]:
    """The preheader adds to the subject instead of repeating it."""
    subject, preheader = _folded(mail.subject or ""), _folded(mail.preview or "")
    if len(subject) > 5 and preheader.startswith(subject):
        yield Fault("the preheader repeats the subject", "Name the next stories instead.", "preheader")


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).casefold().strip()


RULES = (
    subject_empty, subject_long, subject_shouting, subject_spam, subject_repeated, preheader_empty, preheader_length,
    preheader_same,
)  # fmt: skip
