"""Iterable. Handlebars."""

from __future__ import annotations

from broadsheet.export.engines import HANDLEBARS
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, recalled, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="iterable",
    title="Iterable",
    engine=HANDLEBARS,
    tags=tags(
        unsubscribe_url=seen("{{unsubscribeUrl}}"),
        view_url=recalled("{{viewInBrowserUrl}}"),
        preferences_url=seen("{{hostedUnsubscribeUrl}}"),
        first_name=seen("{{#if firstName}}{{firstName}}{{else}}" + FALLBACK + "{{/if}}", bare="{{firstName}}"),
        last_name=seen("{{lastName}}"),
        email=seen("{{email}}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=("Create an email template, choose the HTML editor, and paste edition.html.",),
    caveats=("Turn the automatic footer of the channel off, or two unsubscribe links appear.",),
    conditions=(
        Condition(
            begins="{{#if FIELD}}",
            ends="{{/if}}",
            unless="{{#unless FIELD}}",
            unless_ends="{{/unless}}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the user field",
            sure=Certainty.PRACTICE,
        ),
    ),
)
