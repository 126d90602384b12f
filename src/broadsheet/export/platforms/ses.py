"""Amazon SES, stored templates. Handlebars; the values come from the sender."""

from __future__ import annotations

from broadsheet.export.engines import HANDLEBARS
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, seen, tags

PLATFORM = Platform(
    name="ses",
    title="Amazon SES",
    engine=HANDLEBARS,
    tags=tags(
        unsubscribe_url=seen("{{amazonSESUnsubscribeUrl}}"),
        preferences_url=seen("{{amazonSESUnsubscribeUrl}}"),
        first_name=seen("{{#if first_name}}{{first_name}}{{else}}" + FALLBACK + "{{/if}}", bare="{{first_name}}"),
        last_name=seen("{{last_name}}"),
        email=seen("{{email}}"),
    ),
    limit=500_000,
    steps=(
        "Create an email template with edition.html, edition.txt and the subject (CreateEmailTemplate).",
        "Send it with ListManagementOptions that name a contact list; give first_name, last_name and email as "
        "template data.",
    ),
    caveats=("SES puts its link in at most two places of an email: preferences count as one of them.",),
    conditions=(
        Condition(
            begins="{{#if FIELD}}",
            ends="{{/if}}",
            unless="{{#unless FIELD}}",
            unless_ends="{{/unless}}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the template value",
            sure=Certainty.PRACTICE,
        ),
    ),
)
