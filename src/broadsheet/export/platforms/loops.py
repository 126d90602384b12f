"""Loops. Takes MJML and compiles it itself."""

from __future__ import annotations

from broadsheet.export.engines import SINGLE_BRACES
from broadsheet.export.platform import Platform, Takes, known, recalled, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="loops",
    title="Loops",
    engine=SINGLE_BRACES,
    takes=Takes.MJML,
    tags=tags(
        unsubscribe_url=known("{unsubscribe_link}"),
        first_name=seen("{firstName}"),
        last_name=recalled("{lastName}"),
        email=recalled("{email}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    decodes=True,
    hosts_images=True,
    steps=("Create a campaign, choose Upload MJML, and upload upload.zip.",),
)
