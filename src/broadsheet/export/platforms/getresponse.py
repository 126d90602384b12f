"""GetResponse."""

from __future__ import annotations

from broadsheet.export.engines import DOUBLE_BRACKETS
from broadsheet.export.platform import Platform, recalled, seen, tags

PLATFORM = Platform(
    name="getresponse",
    title="GetResponse",
    engine=DOUBLE_BRACKETS,
    tags=tags(
        unsubscribe_url=seen("[[remove]]"),
        view_url=seen("[[view]]"),
        preferences_url=recalled("[[change_details]]"),
        first_name=seen("[[firstname]]"),
        last_name=recalled("[[lastname]]"),
        email=recalled("[[email]]"),
    ),
    steps=("Create a newsletter, choose the HTML editor, and paste edition.html.",),
)
