"""EmailOctopus. An empty pair of braces anywhere makes it refuse the whole email."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import FALLBACK, Platform, recalled, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="emailoctopus",
    title="EmailOctopus",
    engine=BRACES,
    tags=tags(
        unsubscribe_url=seen("{{UnsubscribeURL}}"),
        view_url=seen("{{WebVersionURL}}"),
        first_name=seen('{{FirstName|default("' + FALLBACK + '")}}', bare="{{FirstName}}"),
        last_name=recalled("{{LastName}}"),
        email=recalled("{{EmailAddress}}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    demands=(("{{SenderInfo}}", "the sender's name and address, without which EmailOctopus sends nothing"),),
    forbidden=("{{}}", "{{ }}"),
    steps=("Create a campaign, choose Code your own, and paste edition.html. There is no way in by API.",),
)
