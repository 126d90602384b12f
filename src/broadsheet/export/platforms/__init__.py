"""The platforms, one module each. To add one, write its module and name it here; docs/export.md tells how."""

from __future__ import annotations

import importlib

from broadsheet.export.names import unknown_name
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
    """Find a platform by its name. Raises ConfigError with the nearest known ones."""
    if name not in NAMES:
        raise unknown_name("platform", name, NAMES, advice="`broadsheet export --list` names them all.")
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    platform: Platform = module.PLATFORM
    return platform


def platforms() -> list[Platform]:
    """Load every platform, in the order of the list."""
    return [find_platform(name) for name in NAMES]
