"""Campaign Monitor. Links of its own are elements, not addresses."""

from __future__ import annotations

from broadsheet.export.engines import BRACKETS
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, recalled, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="campaign-monitor",
    title="Campaign Monitor",
    engine=BRACKETS,
    tags=tags(
        unsubscribe_url=seen("[unsubscribe]", element="unsubscribe"),
        view_url=seen("[webversion]", element="webversion"),
        preferences_url=recalled("[preferences]", element="preferences"),
        first_name=seen("[firstname,fallback=" + FALLBACK + "]"),
        last_name=seen("[lastname,fallback=]"),
        email=seen("[email]"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    decodes=True,
    hosts_images=True,
    steps=(
        "Create a campaign, choose Import your own, and upload edition.html; pictures, if there are any, are "
        "in upload.zip.",
        "Upload or paste edition.txt as the plain-text version.",
    ),
    conditions=(
        Condition(
            begins="[if:FIELD=yes]",
            ends="[endif]",
            unless="[if:FIELD=yes][else]",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="`yes` in the custom field",
            sure=Certainty.PRACTICE,
        ),
    ),
)
