"""The platforms, one module each. To add one, write its module and name it here; docs/export.md tells how."""

from __future__ import annotations

import difflib
import importlib

from broadsheet.errors import ExportError
from broadsheet.export.platform import Platform

NAMES = (
    "html",
    "eml",
    "mailchimp",
    "brevo",
    "sendgrid",
    "klaviyo",
    "hubspot",
    "campaign-monitor",
    "activecampaign",
    "mailerlite",
    "constant-contact",
    "kit",
    "customerio",
    "iterable",
    "salesforce",
    "beehiiv",
    "buttondown",
    "ghost",
    "listmonk",
    "mautic",
    "sendy",
    "keila",
    "phplist",
    "mailpoet",
    "emailoctopus",
    "loops",
    "postmark",
    "mailgun",
    "ses",
    "zoho",
    "getresponse",
    "aweber",
    "omnisend",
)


def find_platform(name: str) -> Platform:
    """Find a platform by its name. Raises ExportError with the nearest known one."""
    if name not in NAMES:
        close = difflib.get_close_matches(name.lower(), NAMES, n=1)
        raise ExportError(
            f"no platform is called {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""),
            advice="`broadsheet export --list` names them all.",
        )
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    platform: Platform = module.PLATFORM
    return platform


def platforms() -> list[Platform]:
    """Load every platform, in the order of the list."""
    return [find_platform(name) for name in NAMES]
