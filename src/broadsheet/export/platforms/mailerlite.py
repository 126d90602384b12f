"""MailerLite, new and classic. Known words after {$."""

from __future__ import annotations

from broadsheet.export.engines import SINGLE_BRACES
from broadsheet.export.platform import Platform, recalled, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="mailerlite",
    title="MailerLite",
    engine=SINGLE_BRACES,
    tags=tags(
        unsubscribe_url=seen("{$unsubscribe}"),
        view_url=seen("{$url}"),
        preferences_url=recalled("{$preferences}"),
        first_name=seen("{$name}"),
        last_name=recalled("{$last_name}"),
        email=seen("{$email}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=("Create a campaign, choose Custom HTML editor, and paste edition.html.",),
    caveats=("MailerLite may add its own footer although the unsubscribe link is there.",),
)
