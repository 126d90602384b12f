"""Klaviyo. Its template language is Django's."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, Preheader, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="klaviyo",
    title="Klaviyo",
    engine=BRACES,
    tags=tags(
        unsubscribe_url=seen("{% unsubscribe_link %}"),
        view_url=seen("{% web_view_link %}"),
        preferences_url=seen("{% manage_preferences_link %}"),
        first_name=seen("{{ first_name|default:'" + FALLBACK + "' }}"),
        last_name=seen("{{ last_name|default:'' }}"),
        email=seen("{{ email }}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    preheader=Preheader.FIELD,
    steps=("Create a campaign, choose HTML as the editor, and paste edition.html.",),
    conditions=(
        Condition(
            begins="{% if person|lookup:'FIELD' %}",
            ends="{% endif %}",
            unless="{% if not person|lookup:'FIELD' %}",
            field=r"[\w ?-]+",
            named="the profile property",
            sure=Certainty.DOCUMENTED,
        ),
    ),
)
