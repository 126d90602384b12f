"""Run the rules over a mail."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, Rule
from broadsheet.check.rules import RULES
from broadsheet.model import Finding, RenderedEdition, Severity

# A rule that has more to say than this says how much more.
AT_MOST = 25


def check_rendered(rendered: RenderedEdition, context: Context) -> tuple[Finding, ...]:
    """Check a rendered edition. Findings stand in the order of the rules, blocking ones first."""
    return check_mail(Mail.of(rendered), context)


def check_mail(mail: Mail, context: Context, *, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """Check any mail. Findings stand in the order of the rules, blocking ones first."""
    findings: list[Finding] = []
    for rule in rules:
        severity = severity_of(rule, mail, context)
        if severity is not Severity.OFF:
            findings.extend(_findings(rule, severity, rule.find(mail, context)))
    return tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.BLOCK))


def severity_of(rule: Rule, mail: Mail, context: Context) -> Severity:
    """Decide how bad a rule's findings are: as configured, else by default."""
    default = rule.in_template if mail.is_template else rule.severity
    return context.severities.get(rule.name, default)


def blocks(findings: Iterable[Finding]) -> bool:
    """Tell whether one of the findings blocks."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def _findings(rule: Rule, severity: Severity, faults: Iterable[Fault]) -> list[Finding]:
    found = iter(faults)
    findings = [
        Finding(rule=rule.name, severity=severity, message=fault.message, advice=fault.advice, place=fault.place)
        for fault in islice(found, AT_MOST)
    ]
    more = sum(1 for _ in found)
    if more:
        findings.append(
            Finding(
                rule=rule.name, severity=severity, message=f"and {more} more of this kind", advice=findings[-1].advice
            )
        )
    return findings
