"""Sections that readers choose, as a platform's own conditionals.

A project names, for a category, the platform's field that says whether a reader wants it: `politics = "POLITICS"`
shows the section to readers in whom the field is filled, `politics = "not NO_POLITICS"` to all others. Whether it is
filled is the one question that every template language can ask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from broadsheet.errors import ExportError
from broadsheet.export.platform import Certainty, Platform
from broadsheet.model import Edition
from broadsheet.slots import SECTION_MARK


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRule:
    """Who reads a section, and the platform's code around it."""

    category: str
    begins: str
    ends: str
    means: str
    sure: Certainty


def section_rules(edition: Edition, platform: Platform, fields: Mapping[str, str]) -> dict[int, SectionRule]:
    """Find the rule of each section of an edition, by its place; a section without a field is everybody's.

    Raises ExportError where the platform has no conditionals, or a field is none that could stand in one.
    """
    wanted = {category.casefold(): field for category, field in fields.items()}
    found = {
        position: _rule(platform, section.category, wanted[section.category.casefold()])
        for position, section in enumerate(edition.sections)
        if section.category.casefold() in wanted and section.picks
    }
    if found and not platform.conditions:
        raise ExportError(
            f"{platform.title} has no conditionals that could stand around a section",
            advice="Leave `sections` out of its table in broadsheet.toml, and make one bundle a choice: --section "
            f"{next(iter(found.values())).category}",
        )
    return found


def _rule(platform: Platform, category: str, written: str) -> SectionRule:
    negated = written.startswith("not ")
    field = written.removeprefix("not ").strip()
    if not platform.conditions:
        return SectionRule(category=category, begins="", ends="", means="", sure=Certainty.MEMORY)
    for condition in platform.conditions:
        if re.fullmatch(condition.field, field):
            break
    else:
        raise ExportError(
            f"{platform.title}: {field!r}, the field of the section {category}, cannot stand in its code",
            advice=f"Write {' or '.join(condition.named for condition in platform.conditions)} into "
            f"[platforms.{platform.name}.sections].",
        )
    if negated and not condition.unless:
        raise ExportError(
            f"{platform.title} cannot ask whether {field} is absent, as the section {category} needs",
            advice="Name a field that readers of the section have, without `not`.",
        )
    begins, ends = (condition.unless, condition.unless_ends or condition.ends) if negated else (
        condition.begins, condition.ends
    )  # fmt: skip
    return SectionRule(
        category=category,
        begins=begins.replace("FIELD", field),
        ends=ends.replace("FIELD", field),
        means=f"readers {'without' if negated else 'with'} {condition.named} {field}",
        sure=condition.sure,
    )


def in_text(text: str, rules: Mapping[int, SectionRule]) -> str:
    """Write the code of sections in plain text, where marks stand on lines of their own."""
    return re.sub(SECTION_MARK.pattern + "\n", lambda found: code_of(found, rules), text)


def code_of(mark: re.Match[str], rules: Mapping[int, SectionRule]) -> str:
    """Give the code that a mark stands for: none where the section is everybody's."""
    rule = rules.get(int(mark[2]))
    return "" if rule is None else rule.ends if mark[1] == "-" else rule.begins
