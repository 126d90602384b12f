"""Ghost. Its newsletter template stands around the body and brings every link of the footer."""

from __future__ import annotations

from broadsheet.export.engines import GHOST
from broadsheet.export.platform import FALLBACK, Platform, Preheader, Takes, known, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="ghost",
    title="Ghost",
    engine=GHOST,
    takes=Takes.FRAGMENT,
    tags=tags(
        first_name=known('%%{first_name, "' + FALLBACK + '"}%%', bare="%%{first_name}%%"),
        email=seen("%%{email}%%"),
    ),
    supplied=frozenset({Slot.UNSUBSCRIBE_URL, Slot.VIEW_URL, Slot.PREFERENCES_URL}),
    preheader=Preheader.FIELD,
    decodes=True,
    steps=(
        "Write a new post, insert an HTML card (type /html), and paste body.html into it.",
        "When you publish it, choose Email only: on the website the tags would stand as they are.",
    ),
    caveats=("Ghost warns at 100 KB of HTML, its own template included.",),
)
