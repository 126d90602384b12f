"""Generic HTML, for a platform that is not in the list: slots as neutral placeholders, to be replaced by hand."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import Certainty, Condition, Platform, known, tags

PLATFORM = Platform(
    name="html",
    title="generic HTML",
    engine=BRACES,
    tags=tags(
        unsubscribe_url=known("{{ unsubscribe_url }}"),
        view_url=known("{{ view_url }}"),
        preferences_url=known("{{ preferences_url }}"),
        first_name=known("{{ first_name }}"),
        last_name=known("{{ last_name }}"),
        email=known("{{ email }}"),
    ),
    steps=(
        "Replace each placeholder ({{ … }}) in edition.html and edition.txt by the tag of your own platform.",
        "Paste edition.html as a complete document, where your platform takes custom HTML.",
    ),
    caveats=("Whoever sends this must add the List-Unsubscribe header.",),
    conditions=(
        Condition(
            begins="{% if FIELD %}",
            ends="{% endif %}",
            unless="{% if not FIELD %}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the value",
            sure=Certainty.DOCUMENTED,
        ),
    ),
)
