from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.errors import ConfigError

GOOD = """\
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
subject = "{title}: {lead}"

[publications.daily.edit]
when_thin = "ask"

[publications.daily.edit.weights]
freshness = 2

[[publications.daily.sections]]
category = "Politics"
min = 2
max = 3

[[publications.daily.sections]]
category = "Sport"
"""


def test_policies_are_read_with_their_defaults() -> None:
    edit = parse_config(GOOD, folder=Path("project")).publication().edit
    assert (edit.when_thin, edit.weights.freshness, edit.weights.sources, edit.follow_ups) == ("ask", 2, 3, "update")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("{lead}", "{lede}"), "{lede} is no place of a subject; expected {count}, {date}, {lead}, {title}"),
        (("min = 2", "min = 4"), "`min` is 4, but `max` only 3"),
        (('"Sport"', '"politics"'), "two sections are called 'politics'"),
        (("max = 3", 'when_thin = "fill"'), "`neighbours` (categories to fill from) together"),
        (("max = 3", 'neighbours = ["World"]'), 'expected `when_thin = "fill"`'),
        (('"ask"', '"pad"'), "'skip', 'short', 'fill' or 'ask'"),
        (("freshness = 2", "freshnes = 2"), "did you mean `freshness`"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_was_expected(change: tuple[str, str], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(GOOD.replace(*change), folder=Path("project"))
    assert words in str(caught.value)
