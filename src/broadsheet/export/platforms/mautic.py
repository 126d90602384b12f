"""Mautic. Tokens in single braces."""

from __future__ import annotations

from broadsheet.export.engines import SINGLE_BRACES
from broadsheet.export.platform import FALLBACK, Platform, known, tags

PLATFORM = Platform(
    name="mautic",
    title="Mautic",
    engine=SINGLE_BRACES,
    tags=tags(
        unsubscribe_url=known("{unsubscribe_url}"),
        view_url=known("{webview_url}"),
        preferences_url=known("{unsubscribe_url}"),
        first_name=known("{contactfield=firstname|" + FALLBACK + "}", bare="{contactfield=firstname}"),
        last_name=known("{contactfield=lastname}"),
        email=known("{contactfield=email}"),
    ),
    decodes=True,
    steps=("Create a segment email, choose the theme Code Mode, and paste edition.html.",),
    caveats=("With a preference centre in Mautic's settings the unsubscribe link leads there.",),
)
