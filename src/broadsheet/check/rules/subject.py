"""Subject and preheader: what a reader sees before anything else."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.model import Severity

GROUP = "Subject and preheader"


@rule("subject-empty", GROUP, Severity.BLOCK)
def subject_empty(mail: Mail, context: Context) -> Iterator[Fault]:
    """The mail has a subject."""
    if mail.subject is not None and not mail.subject.strip():
        yield Fault("the subject is empty", "Give it one: broadsheet edition set subject TEXT.", "subject")


@rule("preheader-empty", GROUP, Severity.BLOCK)
def preheader_empty(mail: Mail, context: Context) -> Iterator[Fault]:
    """An edition has a preheader: without one, clients show the first words of the masthead instead."""
    if mail.edition is not None and not (mail.preheader or "").strip():
        yield Fault("the preheader is empty", "Give it one: broadsheet edition set preheader TEXT.", "preheader")


RULES = (subject_empty, preheader_empty)
