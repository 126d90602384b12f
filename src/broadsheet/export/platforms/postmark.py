"""Postmark, broadcast stream. Templates are Mustache; the values come from the sender."""

from __future__ import annotations

from broadsheet.export.engines import MUSTACHE
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, recalled, seen, tags

PLATFORM = Platform(
    name="postmark",
    title="Postmark",
    engine=MUSTACHE,
    tags=tags(
        unsubscribe_url=seen("{{{ pm:unsubscribe_url }}}"),
        first_name=recalled(
            "{{#first_name}}{{first_name}}{{/first_name}}{{^first_name}}" + FALLBACK + "{{/first_name}}",
            bare="{{first_name}}",
        ),
        last_name=recalled("{{last_name}}"),
        email=recalled("{{email}}"),
    ),
    steps=(
        "Create a template, choose Code your own, and paste edition.html and edition.txt.",
        "Send it with first_name, last_name and email in the template model, on a broadcast stream.",
    ),
    conditions=(
        Condition(
            begins="{{#FIELD}}",
            ends="{{/FIELD}}",
            unless="{{^FIELD}}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the model value",
            sure=Certainty.MEMORY,
        ),
    ),
)
