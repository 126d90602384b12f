"""ActiveCampaign. Known words between percent signs."""

from __future__ import annotations

from broadsheet.export.engines import PERCENT
from broadsheet.export.platform import Certainty, Condition, Platform, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="activecampaign",
    title="ActiveCampaign",
    engine=PERCENT,
    tags=tags(
        unsubscribe_url=seen("%UNSUBSCRIBELINK%"),
        view_url=seen("%WEBCOPY%"),
        preferences_url=seen("%UPDATELINK%"),
        first_name=seen("%FIRSTNAME%"),
        last_name=seen("%LASTNAME%"),
        email=seen("%EMAIL%"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    demands=(
        ("%SENDER-INFO-SINGLELINE%", "the sender's name and address, without which ActiveCampaign adds a footer"),
    ),
    steps=("Create a campaign, choose Custom HTML, and paste edition.html.",),
    conditions=(
        Condition(
            begins="%IF in_array('FIELD', $TAGS)%",
            ends="%/IF%",
            unless="",
            field=r"[\w -]+",
            named="the tag",
            sure=Certainty.DOCUMENTED,
        ),
    ),
)
