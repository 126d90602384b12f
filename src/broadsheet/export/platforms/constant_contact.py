"""Constant Contact, custom code. FreeMarker's openings are refused; styles are inlined at sending."""

from __future__ import annotations

from broadsheet.export.engines import FREEMARKER
from broadsheet.export.platform import FALLBACK, Platform, Preheader, recalled, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="constant-contact",
    title="Constant Contact",
    engine=FREEMARKER,
    tags=tags(
        view_url=seen("[[viewAsWebpage]]"),
        first_name=recalled('[[FIRSTNAME OR "' + FALLBACK + '"]]', bare="[[FIRSTNAME]]"),
        last_name=recalled("[[LASTNAME]]"),
        email=seen("[[emailAddress]]"),
    ),
    supplied=frozenset({Slot.UNSUBSCRIBE_URL, Slot.PREFERENCES_URL}),
    demands=(("[[trackingImage]]", "Constant Contact's mark for counting opens"),),
    preheader=Preheader.FIELD,
    forbidden=("[#", "${", "<@"),
    limit=400_000,
    decodes=True,
    steps=("Create an email, choose Custom code, and paste edition.html.",),
    caveats=("Campaign names must be unique in the account.",),
)
