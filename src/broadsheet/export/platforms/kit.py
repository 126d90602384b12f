"""Kit (ConvertKit). Liquid; the body goes into a template of its own."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, Preheader, Takes, recalled, seen, tags

PLATFORM = Platform(
    name="kit",
    title="Kit",
    engine=BRACES,
    takes=Takes.FRAGMENT,
    tags=tags(
        unsubscribe_url=seen("{{ unsubscribe_url }}"),
        preferences_url=seen("{{ subscriber_preferences_url }}"),
        first_name=seen(
            '{{ subscriber.first_name | strip | default: "' + FALLBACK + '" }}', bare="{{ subscriber.first_name }}"
        ),
        last_name=recalled("{{ subscriber.last_name }}"),
        email=seen("{{ subscriber.email_address }}"),
    ),
    preheader=Preheader.FIELD,
    steps=("Create a broadcast, insert an HTML block, and paste body.html into it.",),
    caveats=(
        "The email template around it must hold {{ message_content }}, {{ unsubscribe_url }} and {{ address }}, or a "
        "typed address.",
    ),
    conditions=(
        Condition(
            begins="{% if subscriber.FIELD and subscriber.FIELD != '' %}",
            ends="{% endif %}",
            unless="{% if subscriber.FIELD and subscriber.FIELD != '' %}{% else %}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the custom field",
            sure=Certainty.MEMORY,
        ),
    ),
)
