"""MailPoet. Shortcodes; our HTML goes into a block of its own editor."""

from __future__ import annotations

from broadsheet.export.engines import BRACKETS
from broadsheet.export.platform import FALLBACK, Platform, Preheader, Takes, known, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="mailpoet",
    title="MailPoet",
    engine=BRACKETS,
    takes=Takes.FRAGMENT,
    tags=tags(
        unsubscribe_url=known("[link:subscription_unsubscribe_url]"),
        view_url=known("[link:newsletter_view_in_browser_url]"),
        preferences_url=known("[link:subscription_manage_url]"),
        first_name=known("[subscriber:firstname | default:" + FALLBACK + "]"),
        last_name=known("[subscriber:lastname | default:]"),
        email=known("[subscriber:email]"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    preheader=Preheader.FIELD,
    keeps_style=False,
    steps=("Create a newsletter from an empty template, insert a Custom HTML block, and paste body.html into it.",),
)
