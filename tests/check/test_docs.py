"""docs/check.md lists every rule as the code has it. To write the list anew: python -m tests.check.test_docs."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from broadsheet.check.clients import client_table
from broadsheet.check.rules import RULES
from broadsheet.model import Severity

PAGE = Path(__file__).parents[2] / "docs" / "check.md"
BEGIN, END = "<!-- rules: written by tests/check/test_docs.py -->", "<!-- end of rules -->"


def listed() -> str:
    parts = []
    for group, rules in groupby(sorted(RULES, key=lambda rule: rule.group), key=lambda rule: rule.group):
        parts.append(
            f"### {group}\n\n| rule | by default | in a bare HTML file | what it asks for |\n| --- | --- | --- | --- |"
        )
        parts += [
            f"| `{rule.name}` | {_shown(rule.severity)} | {_shown(rule.in_template)} | {rule.summary} |"
            for rule in rules
        ]
        parts.append("")
    return "\n".join([BEGIN, "", *parts, END])


def _shown(severity: Severity) -> str:
    return f"**{severity}**" if severity is Severity.BLOCK else severity.value


def test_the_page_lists_every_rule_as_it_is() -> None:
    assert listed() in PAGE.read_text(encoding="utf-8")


def test_the_page_gives_the_date_of_the_client_data() -> None:
    assert client_table().date in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(before + listed() + after, encoding="utf-8")
