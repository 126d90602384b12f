"""AWeber."""

from __future__ import annotations

from broadsheet.export.engines import SINGLE_BRACES
from broadsheet.export.platform import Platform, seen, tags

PLATFORM = Platform(
    name="aweber",
    title="AWeber",
    engine=SINGLE_BRACES,
    tags=tags(
        unsubscribe_url=seen("{!remove_web}"),
        view_url=seen("{!archive_url}"),
        preferences_url=seen("{!remove_web}"),
        first_name=seen("{!firstname_fix}"),
        last_name=seen("{!lastname_fix}"),
        email=seen("{!email}"),
    ),
    steps=("Create a message with the HTML editor, and paste edition.html.",),
    caveats=("AWeber adds the address and an unsubscribe link of its own when it finds none.",),
)
