"""Buttondown. Its template language is Django's."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, Takes, known, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="buttondown",
    title="Buttondown",
    engine=BRACES,
    takes=Takes.FRAGMENT,
    tags=tags(
        unsubscribe_url=known("{{ unsubscribe_url }}"),
        view_url=known("{{ email.absolute_url }}"),
        preferences_url=known("{{ manage_subscription_url }}"),
        first_name=known("{{ subscriber.metadata.first_name|default:'" + FALLBACK + "' }}"),
        last_name=known("{{ subscriber.metadata.last_name }}"),
        email=known("{{ subscriber.email }}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=(
        "Write a new email, switch the editor to Naked mode (a paid feature that sends HTML as it is) or to HTML, and "
        "paste body.html.",
    ),
    caveats=("The link to preferences works while the Portal is on in Buttondown's settings.",),
    conditions=(
        Condition(
            begins="{% if subscriber.metadata.FIELD %}",
            ends="{% endif %}",
            unless="{% if not subscriber.metadata.FIELD %}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the metadata",
            sure=Certainty.DOCUMENTED,
        ),
    ),
)
