"""Sendy. Tags in brackets."""

from __future__ import annotations

from broadsheet.export.engines import BRACKETS
from broadsheet.export.platform import FALLBACK, Platform, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="sendy",
    title="Sendy",
    engine=BRACKETS,
    tags=tags(
        unsubscribe_url=seen("[unsubscribe]"),
        view_url=seen("[webversion]"),
        first_name=seen("[Name,fallback=" + FALLBACK + "]"),
        email=seen("[Email]"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=("Create a campaign, turn the HTML source on, and paste edition.html.",),
    caveats=("Sendy knows one name only: it prints the whole name where ours prints the first.",),
)
