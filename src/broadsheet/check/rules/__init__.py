"""Every rule, in the order in which findings are listed. One module holds the rules about one thing."""

from __future__ import annotations

from broadsheet.check.rule import Rule
from broadsheet.check.rules import identity, leftovers, size, subject

RULES: tuple[Rule, ...] = (*identity.RULES, *leftovers.RULES, *size.RULES, *subject.RULES)
