"""Zoho Campaigns."""

from __future__ import annotations

from broadsheet.export.engines import DOUBLE_BRACKETS
from broadsheet.export.platform import FALLBACK, Platform, recalled, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="zoho",
    title="Zoho Campaigns",
    engine=DOUBLE_BRACKETS,
    tags=tags(
        unsubscribe_url=seen("$[LI:UNSUBSCRIBE]$"),
        view_url=seen("$[LI:VIEWINBROWSER]$"),
        preferences_url=seen("$[LI:SUB_PREF]$"),
        first_name=seen("$[FNAME|" + FALLBACK + "]$"),
        last_name=recalled("$[LNAME]$"),
        email=recalled("$[EMAIL]$"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=("Create an email campaign, choose HTML editor, and paste edition.html.",),
)
