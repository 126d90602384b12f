"""Brevo (formerly Sendinblue). Its template language is of the Jinja family."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, Preheader, known, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="brevo",
    title="Brevo",
    engine=BRACES,
    tags=tags(
        unsubscribe_url=seen("{{ unsubscribe }}"),
        view_url=seen("{{ mirror }}"),
        preferences_url=known("{{ update_profile }}"),
        first_name=known('{{ contact.FIRSTNAME | default:"' + FALLBACK + '" }}', bare="{{ contact.FIRSTNAME }}"),
        last_name=known("{{ contact.LASTNAME }}"),
        email=known("{{ contact.EMAIL }}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    preheader=Preheader.FIELD,
    steps=("Create an email campaign, choose Code your own, Paste your code, and paste edition.html.",),
    conditions=(
        Condition(
            begins="{% if contact.FIELD %}",
            ends="{% endif %}",
            unless="{% if not contact.FIELD %}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the contact attribute",
            sure=Certainty.PRACTICE,
        ),
    ),
)
