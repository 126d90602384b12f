"""Every rule, in the order in which findings are listed. One module holds the rules about one thing."""

from __future__ import annotations

from broadsheet.check.rule import Rule
from broadsheet.check.rules import (
    access,
    clients,
    contrast,
    dark,
    editorial,
    headers,
    identity,
    images,
    leftovers,
    links,
    size,
    structure,
    subject,
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    *identity.RULES, *headers.RULES, *editorial.RULES, *subject.RULES, *leftovers.RULES, *size.RULES, *links.RULES,
    *images.RULES, *structure.RULES, *access.RULES, *contrast.RULES, *dark.RULES, *clients.RULES,
)  # fmt: skip
