"""`[checks]`: how bad each rule's findings are. The rules themselves live in the check room; this list names them."""

from __future__ import annotations

import difflib
from typing import Annotated

from pydantic import AfterValidator, Field

from broadsheet.model import Severity

RULE_NAMES: tuple[str, ...] = (
    "unsubscribe-link",
    "postal-address",
    "from",
    "from-name",
    "reply-to",
    "list-unsubscribe",
    "one-click",
    "headers",
    "embargo",
    "story-expired",
    "edition-empty",
    "section-empty",
    "section-stale",
    "headline-empty",
    "story-repeated",
    "story-carried",
    "story-missing",
    "subject-empty",
    "subject-long",
    "subject-shouting",
    "subject-spam",
    "subject-repeated",
    "preheader-empty",
    "preheader-length",
    "preheader-same",
    "open-slot",
    "template-tag",
    "engine-tag",
    "unfinished",
    "filler",
    "stand-in-date",
    "year-old",
    "size",
    "size-near",
    "link-missing",
    "link-relative",
    "link-unsafe",
    "link-http",
    "link-host",
    "link-shortener",
    "link-duplicate",
    "link-form",
    "link-mismatch",
    "link-dead",
    "link-unsure",
    "image-alt",
    "image-dimensions",
    "image-wide",
    "image-format",
    "image-data",
    "image-address",
    "image-http",
    "image-weight",
    "image-only",
    "doctype",
    "charset",
    "viewport",
    "active-content",
    "form",
    "external-style",
    "style-size",
    "style-nested",
    "outlook-comment",
    "characters",
    "garbled",
    "text-part",
    "language",
    "title",
    "heading-order",
    "link-text",
    "layout-table",
    "aria-role",
    "reading-order",
    "contrast",
    "contrast-dark",
    "text-small",
    "dark-mode",
    "dark-priority",
    "client-support",
)


# The families of mail clients that caniemail tests; `family/platform` names one client of a family.
CLIENT_FAMILIES: tuple[str, ...] = (
    "aol", "apple-mail", "fastmail", "free-fr", "gmail", "gmx", "hey", "ionos-1and1", "laposte", "mail-ru", "orange",
    "outlook", "protonmail", "rainloop", "samsung-email", "sfr", "t-online-de", "thunderbird", "web-de", "wp-pl",
    "yahoo",
)  # fmt: skip


def _known_client(name: str) -> str:
    if name.split("/")[0] not in CLIENT_FAMILIES:
        close = difflib.get_close_matches(name, CLIENT_FAMILIES, n=1)
        raise ValueError(
            f"no mail client is called {name!r}"
            + (f"; did you mean `{close[0]}`?" if close else f"; expected one of: {', '.join(CLIENT_FAMILIES)}")
        )
    return name


def known_rule(name: str) -> str:
    """Give back the name of a rule. Raises ValueError, with a guess at what was meant, when no rule has it."""
    if name not in RULE_NAMES:
        close = difflib.get_close_matches(name, RULE_NAMES, n=1)
        raise ValueError(
            f"no rule is called {name!r}" + (f"; did you mean `{close[0]}`?" if close else "; docs/check.md lists them")
        )
    return name


RuleName = Annotated[str, AfterValidator(known_rule)]
Clients = dict[Annotated[str, AfterValidator(_known_client)], Annotated[float, Field(gt=0)]]
Checks = dict[RuleName, Severity]
