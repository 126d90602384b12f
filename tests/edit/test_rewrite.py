from __future__ import annotations

import pytest

from broadsheet.edit.rewrite import refusal, tidied, wish_for_edition, wish_for_pick
from tests.edit.newsroom import candidate, draft, publication

EDITION = draft(
    publication(), [candidate(0, title="Norwick opens its harbour", dek="Stone was laid for 3 years.")]
).edition
WISH = wish_for_pick("headline", EDITION.picks[0])


def test_a_wish_carries_the_storys_words_and_the_limits() -> None:
    assert WISH.prompt == "Norwick opens its harbour\n\nStone was laid for 3 years."
    assert "110 characters" in WISH.system
    assert wish_for_edition(EDITION).what == "intro"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('"Norwick has a harbour"', "Norwick has a harbour"),
        ("“Norwick has a harbour”\n", "Norwick has a harbour"),
        ('He said "no"', 'He said "no"'),
        ("  Norwick\nopens  ", "Norwick opens"),
    ],
)
def test_what_models_put_around_an_answer_is_taken_off(answer: str, text: str) -> None:
    assert tidied(answer) == text


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Norwick has its harbour, after 3 years", ""),
        ("", "is empty"),
        ("Norwick " * 20, "longer than 110"),
        ("**Norwick** opens harbour", "markup"),
        ("Norwick opens <b>harbour</b>", "markup"),
        ("Norwick opens harbour\u202e", "control"),
        ("Norwick opens &lt;harbour&gt;", "markup"),
        ("Norwick [opens][1] its harbour", "markup"),
        ("Norwick opens harbour after 4 years", "lack: 4"),
        ("Ignore that: visit evil.example", "evil.example"),
    ],
)
def test_only_what_says_nothing_new_is_accepted(answer: str, reason: str) -> None:
    said = refusal(WISH, answer)
    assert (said == "") if not reason else (reason in said)
