"""SendGrid Marketing Campaigns. Handlebars, and an older language in <% %>."""

from __future__ import annotations

from broadsheet.export.engines import SENDGRID
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="sendgrid",
    title="SendGrid Marketing Campaigns",
    engine=SENDGRID,
    tags=tags(
        unsubscribe_url=seen("{{{unsubscribe}}}"),
        view_url=seen("{{Weblink}}"),
        preferences_url=seen("{{{unsubscribe_preferences}}}"),
        first_name=seen("{{#if first_name}}{{first_name}}{{else}}" + FALLBACK + "{{/if}}", bare="{{first_name}}"),
        last_name=seen("{{last_name}}"),
        email=seen("{{email}}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=(
        "Create a Single Send, choose Custom HTML editor, Code editor, and paste edition.html.",
        "Choose an unsubscribe group: SendGrid schedules nothing without one.",
    ),
    conditions=(
        Condition(
            begins="{{#if FIELD}}",
            ends="{{/if}}",
            unless="{{#unless FIELD}}",
            unless_ends="{{/unless}}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the custom field",
            sure=Certainty.PRACTICE,
        ),
    ),
)
