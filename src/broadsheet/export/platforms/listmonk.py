"""listmonk. Go's templates: one stray brace pair and it refuses the campaign."""

from __future__ import annotations

from broadsheet.export.engines import GO
from broadsheet.export.platform import FALLBACK, Platform, known, tags

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
            bare="{{ .Subscriber.FirstName }}",
        ),
        last_name=known("{{ .Subscriber.LastName }}"),
        email=known("{{ .Subscriber.Email }}"),
    ),
    steps=(
        'Make a template that holds nothing but {{ template "content" . }}, once.',
        "Create a campaign with that template and the format Raw HTML, and paste edition.html.",
    ),
    caveats=("listmonk adds the List-Unsubscribe headers itself.",),
)
