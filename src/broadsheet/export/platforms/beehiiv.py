"""beehiiv. Its own template stands around the body and brings every link of the footer."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import Platform, Preheader, Takes, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="beehiiv",
    title="beehiiv",
    engine=BRACES,
    takes=Takes.FRAGMENT,
    tags=tags(
        first_name=seen("{{first_name}}"),
        email=seen("{{email}}"),
    ),
    supplied=frozenset({Slot.UNSUBSCRIBE_URL, Slot.VIEW_URL, Slot.PREFERENCES_URL}),
    preheader=Preheader.FIELD,
    keeps_style=False,
    steps=("Write a post, insert an HTML snippet, and paste body.html into it.",),
)
