"""What the name of a file says about everybody in it: platforms write a file for each state, often without a column.

`unsubscribed_members_export_1a2b.csv` is plain. `left.csv` or `former readers.csv` is a word of a person, and counts
where the file says nothing else. `left-bank-readers.csv` can be read in two ways, so somebody must say.
"""

from __future__ import annotations

import re
from itertools import pairwise

from broadsheet.audience import consent_words as known
from broadsheet.audience.states import DENIED, Standing, is_opting_out, spread
from broadsheet.audience.words import words

# Words of people for those who may not be written to.
_GONE = {
    **dict.fromkeys(
        words(
            """
            left leaver leavers leavings former ex gone quit quitters goodbye goodbyes lapsed expired churned archived
            departed departures ended stopped lost withdrawn revoked excluded exclusion exclusions ehemalige
            ausgeschieden anciens partis parti exsuscriptores
            """
        ),
        Standing.UNSUBSCRIBED,
    ),
    **dict.fromkeys(words("dead undelivered returned nonexistent bad"), Standing.BOUNCED),
}
# Of these alone a longer name is asked about: the others are parts of too many names (`ex-pats`, `lost-and-found`).
_ASKED_ABOUT = frozenset(words("left leavers former departed lapsed churned quit ehemalige anciens"))
_NEUTRAL = frozenset(
    words(
        """
        subscriber subscribers member members reader readers contact contacts people person user users customer
        customers address addresses email emails mail mails list lists newsletter newsletters export exports exported
        audience csv txt file data all the of who and have has from our us a copy new final daily weekly morning
        abonnenten leser empfänger abonnés lecteurs suscriptores
        """
    )
)

_WELCOME_IN_FILE_NAMES = frozenset(("subscribed", "active"))
_WEAK_IN_FILE_NAMES = {
    "unconfirmed": Standing.PENDING,
    "pending": Standing.PENDING,
    "nonsubscribed": Standing.PENDING,
    "inactive": Standing.UNSUBSCRIBED,
    "deleted": Standing.UNSUBSCRIBED,
    "removed": Standing.UNSUBSCRIBED,
    "cancelled": Standing.UNSUBSCRIBED,
    "canceled": Standing.UNSUBSCRIBED,
    "blocked": Standing.BOUNCED,
    "blocks": Standing.BOUNCED,
    "invalid": Standing.BOUNCED,
    "junk": Standing.BOUNCED,
}


def standing_of_file_name(stem: str) -> Standing | None:
    """Read what a platform puts into the name of an export: `cleaned_members_...`, `unsubscribed.csv`."""
    parts = _parts(stem)
    said = [_WEAK_IN_FILE_NAMES[part] for part in parts if part in _WEAK_IN_FILE_NAMES]
    for stems, meaning in (
        (known.LEFT_STEMS, Standing.UNSUBSCRIBED),
        (known.BOUNCED_STEMS, Standing.BOUNCED),
        (known.COMPLAINED_STEMS, Standing.COMPLAINED),
    ):
        # `cleaned_members.csv` is what a platform gave up; `readers_cleaned.csv` is what somebody tidied.
        if any(part.startswith(stems) for part in parts if part != "cleaned" or part is parts[0]):
            said.append(meaning)
    if is_opting_out(parts):
        said.append(Standing.UNSUBSCRIBED)
    if any(one in DENIED and other == "subscribed" for one, other in pairwise(parts)):
        said.append(Standing.PENDING)
    if not said and not _WELCOME_IN_FILE_NAMES.isdisjoint(parts):
        return Standing.ACTIVE
    return max(said, default=None)


def standing_of_loose_name(stem: str) -> Standing | None:
    """Read a name that is nothing but a person's word for those who are gone: `left`, `former readers 2024`."""
    parts = _parts(stem)
    said = [_GONE[part] for part in parts if part in _GONE]
    return max(said) if said and all(part in _GONE or part in _NEUTRAL for part in parts) else None


def doubtful_word(stem: str) -> str:
    """Give the word of a longer name that may mean that everybody in the file is gone, or ''."""
    return next((part for part in _parts(stem) if part in _ASKED_ABOUT), "")


def _parts(stem: str) -> list[str]:
    return [part for part in re.split(r"[\W\d_]+", spread(stem)) if part]
