"""Mailgun. Recipient variables between percent signs; the values come from the sender."""

from __future__ import annotations

from broadsheet.export.engines import MAILGUN
from broadsheet.export.platform import Platform, known, tags

PLATFORM = Platform(
    name="mailgun",
    title="Mailgun",
    engine=MAILGUN,
    tags=tags(
        unsubscribe_url=known("%unsubscribe_url%"),
        first_name=known("%recipient.first_name%"),
        last_name=known("%recipient.last_name%"),
        email=known("%recipient_email%"),
    ),
    steps=(
        "Send edition.html as html and edition.txt as text by the messages API.",
        "Give first_name and last_name of each recipient in recipient-variables.",
    ),
    caveats=("The unsubscribe link works while unsubscribe tracking is on for the domain.",),
)
