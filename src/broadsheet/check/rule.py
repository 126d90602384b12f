"""A rule: a name, how bad it is by default, and a function that finds faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from broadsheet.check.mail import Context, Mail
from broadsheet.model import Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found, before anybody has decided how bad that is."""

    message: str
    advice: str = ""
    place: str = ""


Check = Callable[[Mail, Context], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `severity` holds for our editions and for finished mail, `in_template` for a bare HTML file.

    A bare HTML file may be a template: it has no subject yet, and its merge tags and its unsubscribe link may be the
    platform's to fill in. `group` is the heading that its findings stand under.
    """

    name: str
    group: str
    summary: str
    severity: Severity
    in_template: Severity
    find: Check


def rule(name: str, group: str, severity: Severity, *, in_template: Severity | None = None) -> Callable[[Check], Rule]:
    """Turn a function into a rule; the first line of its docstring is what the documentation says about it."""

    def build(find: Check) -> Rule:
        summary = (find.__doc__ or "").strip().splitlines()[0]
        return Rule(name, group, summary, severity, severity if in_template is None else in_template, find)

    return build
