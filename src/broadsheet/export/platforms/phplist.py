"""phpList. Known names in brackets."""

from __future__ import annotations

from broadsheet.export.engines import BRACKETS
from broadsheet.export.platform import FALLBACK, Platform, known, recalled, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="phplist",
    title="phpList",
    engine=BRACKETS,
    tags=tags(
        unsubscribe_url=known("[UNSUBSCRIBEURL]"),
        view_url=recalled("[VIEWONLINE]"),
        preferences_url=known("[PREFERENCESURL]"),
        first_name=known("[FIRST NAME%%" + FALLBACK + "]", bare="[FIRST NAME]"),
        last_name=known("[LAST NAME]"),
        email=known("[EMAIL]"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    steps=(
        "Start a campaign, turn the editor to its source, and paste edition.html.",
        "Choose no template, and the format HTML.",
    ),
    caveats=("The names are those of the attributes First name and Last name; phpList must have them.",),
)
