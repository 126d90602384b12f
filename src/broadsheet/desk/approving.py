"""Approve an edition: its rendering is checked first, and what blocks is mended, or answered for by name.

An acknowledgement is a line of the edition's log: who answers for which rule's findings, in which rendering. Like an
approval it holds for those very bytes alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from broadsheet.desk import editing
from broadsheet.desk.checking import check
from broadsheet.desk.opening import Desk
from broadsheet.errors import CheckFailed
from broadsheet.model import Edition, Finding, RenderedEdition, Revision, Severity


def approve_checked(
    desk: Desk, edition: Edition, rendered: RenderedEdition, by: str, *, acknowledged: Collection[str] = ()
) -> Edition:
    """Check a rendering of an edition, then approve it. `acknowledged` names the rules whose findings `by` answers for.

    A rule that blocks nothing here is acknowledged in vain, and not logged. Raises CheckFailed when something blocks
    that nobody acknowledged, and what `editing.approve` raises.
    """
    open_findings = unacknowledged(desk, rendered, check(desk, rendered))
    if left := [finding for finding in open_findings if finding.rule not in acknowledged]:
        raise CheckFailed(_sentence(edition, left), advice=_advice(edition, [*acknowledged, *_rules(left)]))
    with desk.store.transaction():
        desk.store.editions.record(
            Revision(
                edition=edition.id, at=desk.now(), by=by, verb="acknowledge",
                value={"rule": rule, "findings": _messages(open_findings, rule), "hash": rendered.hash},
            )
            for rule in _rules(open_findings)
        )  # fmt: skip
        return editing.approve(desk, edition, rendered.hash, by)


def unacknowledged(desk: Desk, rendered: RenderedEdition, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """List the blocking findings that nobody has acknowledged for just this rendering."""
    log = desk.store.editions.revisions(rendered.edition.id)
    answered = {
        line.value["rule"] for line in log if line.verb == "acknowledge" and line.value["hash"] == rendered.hash
    }
    return tuple(f for f in findings if f.severity is Severity.BLOCK and f.rule not in answered)


def _rules(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.rule for finding in findings))


def _messages(findings: Iterable[Finding], rule: str) -> str:
    return "; ".join(finding.message for finding in findings if finding.rule == rule)


def _sentence(edition: Edition, findings: list[Finding]) -> str:
    which = "; ".join(f"{rule} ({_messages(findings, rule)})" for rule in _rules(findings))
    return f"{edition.id} is not approved, because of {which}"


def _advice(edition: Edition, rules: list[str]) -> str:
    names = " ".join(f"--acknowledge {rule}" for rule in dict.fromkeys(rules))
    return (
        "`broadsheet check` says how to mend that. To answer for it by name: "
        f"broadsheet edition approve {edition.id} {names}"
    )
