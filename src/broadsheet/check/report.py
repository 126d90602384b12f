"""Put findings into order for people, and into SARIF 2.1.0 for the programs that show them beside the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from broadsheet import __version__
from broadsheet.check.rules import RULES
from broadsheet.model import Finding, Severity

_SPOT = re.compile(r"line (\d+), column (\d+)$")
_LEVELS = {Severity.WARN: "warning", Severity.BLOCK: "error", Severity.OFF: "none"}
_BY_NAME = {rule.name: (number, rule) for number, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class Group:
    """What one rule found: the rule, how bad it is, each message with its place, and the advice that goes with them."""

    rule: str
    title: str
    severity: Severity
    lines: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]


def grouped(findings: Iterable[Finding]) -> Iterator[Group]:
    """Bring findings of one rule together, in the order in which they come."""
    for (name, severity), group in groupby(findings, key=lambda finding: (finding.rule, finding.severity)):
        members = list(group)
        yield Group(
            rule=name,
            title=_BY_NAME[name][1].group,
            severity=severity,
            lines=tuple((finding.message, finding.place) for finding in members),
            advice=tuple(dict.fromkeys(finding.advice for finding in members if finding.advice)),
        )


def sarif(findings: Iterable[Finding], artifact: str) -> Mapping[str, Any]:
    """Write findings as a SARIF 2.1.0 document (OASIS) about one artifact, a relative path or a name."""
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "broadsheet",
                        "version": __version__,
                        "rules": [
                            {
                                "id": rule.name,
                                "shortDescription": {"text": rule.summary},
                                "defaultConfiguration": {"level": _LEVELS[rule.severity]},
                                "properties": {"group": rule.group},
                            }
                            for rule in RULES
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, artifact) for finding in findings],
            }
        ],
    }


def _result(finding: Finding, artifact: str) -> Mapping[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(artifact.replace("\\", "/"), safe="/.-_~")}}
    spot = _SPOT.search(finding.place)
    if spot:
        physical["region"] = {"startLine": int(spot[1]), "startColumn": int(spot[2])}
    location: dict[str, Any] = {"physicalLocation": physical}
    name = _SPOT.sub("", finding.place).rstrip(", ")
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    return {
        "ruleId": finding.rule,
        "ruleIndex": _BY_NAME[finding.rule][0],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}. {finding.advice}".rstrip()},
        "locations": [location],
    }
