"""`[checks]`: how bad each rule's findings are. The rules themselves live in the check room; this list names them."""

from __future__ import annotations

import difflib
from typing import Annotated

from pydantic import AfterValidator

from broadsheet.model import Severity

RULE_NAMES: tuple[str, ...] = (
    "unsubscribe-link",
    "postal-address",
    "open-slot",
    "template-tag",
    "engine-tag",
    "size",
    "size-near",
    "subject-empty",
    "preheader-empty",
)


def _known(name: str) -> str:
    if name not in RULE_NAMES:
        close = difflib.get_close_matches(name, RULE_NAMES, n=1)
        raise ValueError(
            f"no rule is called {name!r}" + (f"; did you mean `{close[0]}`?" if close else "; docs/check.md lists them")
        )
    return name


RuleName = Annotated[str, AfterValidator(_known)]
Checks = dict[RuleName, Severity]
