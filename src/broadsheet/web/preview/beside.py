"""What stands beside the mail: findings gathered by rule, each with its place and its fix, and what is different."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.desk import Desk
from broadsheet.desk.explaining import Against, compare
from broadsheet.desk.fixing import Fix, fix_for, pick_of
from broadsheet.desk.proofing import Proof
from broadsheet.model import Finding, Severity

_FIELDS = ("subject", "preheader")


AGAINST: tuple[Against, ...] = ("draft", "sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding with its number, which its element in the mail bears, whose words it is about, and where to look."""

    number: int
    finding: Finding
    fix: Fix | None
    about: str = ""
    field: str = ""
    story: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """All findings of one rule."""

    rule: str
    severity: Severity
    shown: tuple[ShownFinding, ...]


def beside(desk: Desk, proof: Proof) -> dict[str, object]:
    """Give what the panes beside the mail show of a proof."""
    return {
        "by_rule": by_rule(proof),
        "differences": tuple((against, *compare(desk, proof.edition, against)) for against in AGAINST),
    }


def by_rule(proof: Proof) -> tuple[RuleFindings, ...]:
    """Gather findings by rule, those that block first."""
    rules: dict[str, list[ShownFinding]] = {}
    for number, finding in enumerate(proof.findings):
        pick = pick_of(finding, proof.edition)
        rules.setdefault(finding.rule, []).append(
            ShownFinding(
                number=number, finding=finding, fix=fix_for(finding, proof.edition),
                about=pick.headline if pick else "" if finding.place in _FIELDS else finding.place,
                field=finding.place if finding.place in _FIELDS else "",
                story=pick.story.id if pick else "", url=(pick.story.url or "") if pick else "",
            )
        )  # fmt: skip
    ordered = sorted(rules.items(), key=lambda one: one[1][0].finding.severity is not Severity.BLOCK)
    return tuple(RuleFindings(rule, shown[0].finding.severity, tuple(shown)) for rule, shown in ordered)
