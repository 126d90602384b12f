"""Mailchimp."""

from __future__ import annotations

from broadsheet.export.engines import MERGE_BARS
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, Preheader, known, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="mailchimp",
    title="Mailchimp",
    engine=MERGE_BARS,
    tags=tags(
        unsubscribe_url=known("*|UNSUB|*"),
        view_url=known("*|ARCHIVE|*"),
        preferences_url=known("*|UPDATE_PROFILE|*"),
        first_name=known(f"*|IF:FNAME|**|FNAME|**|ELSE:|*{FALLBACK}*|END:IF|*", bare="*|FNAME|*"),
        last_name=known("*|LNAME|*"),
        email=known("*|EMAIL|*"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    preheader=Preheader.FIELD,
    hosts_images=True,
    archive_limit=1_000_000,
    steps=(
        "Create, Email template, Code your own: choose Paste in code and paste edition.html, or choose Import zip and "
        "upload upload.zip if there is one (1 MB at most).",
        "Start a campaign from that template.",
    ),
    caveats=("Mailchimp adds a grey footer of its own when it finds no postal address of the audience in the HTML.",),
    conditions=(
        Condition(
            begins="*|IF:FIELD|*",
            ends="*|END:IF|*",
            unless="*|IFNOT:FIELD|*",
            field=r"[A-Z][A-Z0-9_]{0,9}",
            named="the merge field",
            sure=Certainty.DOCUMENTED,
        ),
        Condition(
            begins="*|INTERESTED:FIELD|*",
            ends="*|END:INTERESTED|*",
            unless="*|INTERESTED:FIELD|**|ELSE:|*",
            field=r"[\w &'-]+:[\w &'-]+",
            named="the group",
            sure=Certainty.PRACTICE,
        ),
    ),
)
