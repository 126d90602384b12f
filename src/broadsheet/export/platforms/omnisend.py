"""Omnisend."""

from __future__ import annotations

from broadsheet.export.engines import DOUBLE_BRACKETS
from broadsheet.export.platform import FALLBACK, Platform, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="omnisend",
    title="Omnisend",
    engine=DOUBLE_BRACKETS,
    tags=tags(
        unsubscribe_url=seen("[[unsubscribe_link]]"),
        first_name=seen("[[contact.first_name | default: '" + FALLBACK + "']]"),
        last_name=seen("[[contact.last_name | default: '']]"),
        email=seen("[[contact.email]]"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=("Create a campaign, insert an HTML block, and paste edition.html.",),
)
