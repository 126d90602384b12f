"""Keila. Liquid; an error in a tag fails the campaign."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, known, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="keila",
    title="Keila",
    engine=BRACES,
    tags=tags(
        unsubscribe_url=known("{{ unsubscribe_link }}"),
        view_url=known("{{ campaign.public_link }}"),
        first_name=known('{{ contact.first_name | default: "' + FALLBACK + '" }}', bare="{{ contact.first_name }}"),
        last_name=known("{{ contact.last_name }}"),
        email=known("{{ contact.email }}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=("Create a campaign of the kind HTML, and paste edition.html.",),
    caveats=("The link to the browser view works when the campaign's public link is enabled.",),
    conditions=(
        Condition(
            begins="{% if contact.data.FIELD and contact.data.FIELD != '' %}",
            ends="{% endif %}",
            unless="{% if contact.data.FIELD and contact.data.FIELD != '' %}{% else %}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the data",
            sure=Certainty.DOCUMENTED,
        ),
    ),
)
