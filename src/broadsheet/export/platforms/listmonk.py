"""listmonk. Go's templates: one stray brace pair and it refuses the campaign.

Its plain-text part is compiled as HTML, so values in it are printed through Safe, or a name such as O'Brien would be
written with references.
"""

from __future__ import annotations

from broadsheet.export.engines import GO
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, known, tags

PLATFORM = Platform(
    name="listmonk",
    title="listmonk",
    engine=GO,
    tags=tags(
        unsubscribe_url=known("{{ UnsubscribeURL }}"),
        view_url=known("{{ MessageURL }}"),
        preferences_url=known("{{ ManageURL }}"),
        first_name=known(
            "{{ if .Subscriber.FirstName }}{{ .Subscriber.FirstName }}{{ else }}" + FALLBACK + "{{ end }}",
            text="{{ if .Subscriber.FirstName }}{{ .Subscriber.FirstName | Safe }}{{ else }}" + FALLBACK + "{{ end }}",
            bare="{{ .Subscriber.FirstName }}",
        ),
        last_name=known("{{ .Subscriber.LastName }}", text="{{ .Subscriber.LastName | Safe }}"),
        email=known("{{ .Subscriber.Email }}", text="{{ .Subscriber.Email | Safe }}"),
    ),
    steps=(
        'Make a template that holds nothing but {{ template "content" . }}, once.',
        "Create a campaign with that template and the format Raw HTML, and paste edition.html.",
    ),
    caveats=("listmonk adds the List-Unsubscribe headers itself.",),
    conditions=(
        Condition(
            begins="{{ if .Subscriber.Attribs.FIELD }}",
            ends="{{ end }}",
            unless="{{ if not .Subscriber.Attribs.FIELD }}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the attribute",
            sure=Certainty.DOCUMENTED,
        ),
    ),
)
