from __future__ import annotations

import pytest

from broadsheet.edit.facts import unsupported
from broadsheet.edit.quantities import Quantity, quantities

SOURCE = (
    "Mayor Anna Berg opened the rebuilt harbour in Norwick on Tuesday. It cost 38 million pounds, 12.5% more than"
    " planned; 214 people came. The wall was built by Stonefield of Leeds. In 2019 a storm broke it. About two"
    " thirds of the fishermen are back. The site is at harbour.example/news. Apple supplies and May Reed spoke."
)


@pytest.mark.parametrize(
    ("text", "value", "kind", "currency"),
    [
        ("two hundred and fourteen", "214", "", ""),
        ("a hundred and five", "105", "", ""),
        ("thirty-eight million pounds", "38000000", "", "£"),
        ("$1.2bn", "1200000000", "", "$"),
        ("two million five hundred thousand", "2500000", "", ""),
        ("ten per cent", "10", "%", ""),
        ("2 percentage points", "2", "points", ""),
        ("minus 3.50 euros", "-3.5", "", "€"),
        ("twenty-first", "21", "rank", ""),
        ("21st", "21", "rank", ""),
        ("the nineties", "90", "decade", ""),
        ("'90s", "90", "decade", ""),
        ("doubling", "x2", "", ""),
    ],
)
def test_a_quantity_is_read_in_digits_and_in_words(text: str, value: str, kind: str, currency: str) -> None:
    found = [(one.value, one.kind, one.currency) for one in quantities(text)]
    assert (value, kind, currency) in found


def test_numbers_that_stand_beside_each_other_are_not_added_up() -> None:
    assert [one.value for one in quantities("three or four, nineteen eighty-four, 10-12 and four and five")] == [
        "10", "12", "3", "4", "19", "84", "4", "5",
    ]  # fmt: skip
    assert list(quantities("one of them, no one")) == []


def test_other_languages_have_their_number_words() -> None:
    assert list(quantities("neun Boote, neununddreißig Leute", "de")) == [
        Quantity("neun", "9"), Quantity("neununddreißig", "neununddreißig"),
    ]  # fmt: skip
    assert unsupported("vierzig kamen", ["Es kamen 40 Leute."], "de") == ()
    assert unsupported("fünfzig kamen", ["Es kamen 40 Leute."], "de") == ("fünfzig",)


@pytest.mark.parametrize(
    "text",
    [
        "The harbour cost thirty-nine million pounds.", "Sixteen people came.", "Some ninety boats sailed.",
        "The cost rose by a fifth.", "The cost rose by 12.5 million.", "It will cost 38% more.", "12.5 people came.",
        "It cost $38 million.", "It cost 38 million euros.", "38 people came.", "The 214th visitor came.",
        "Costs doubled.", "Half of the fishermen are back.", "In the nineties it broke.", "Zero people came.",
        "-214 people came.", "Minus 38 million pounds.", "It cost ３９ million.", "It cost ¾ million.",
        "The first harbour.",
        "Hundreds came.", "It opened on wednesday.", "It opened yesterday.", "The US paid.", "Reed Berg spoke.",
        "The Mayor, Anna Leeds, opened it.", "See ｅｖｉｌ．ｅｘａｍｐｌｅ", "See evil。example", "See evil dot com",
        "See evil[dot]com", "javascript:alert", "data:text/html,x",
    ],
)  # fmt: skip
def test_what_the_sources_lack_is_found_however_it_is_written(text: str) -> None:
    assert unsupported(text, [SOURCE])


@pytest.mark.parametrize(
    "text",
    [
        "£38m harbour opens.", "The thirty-eight-million-pound harbour.", "It cost 38,000,000 pounds.",
        "The cost was 12.5 per cent more than planned.", "Two hundred and fourteen people came.", "214 came in 2019.",
        "Norwick's Anna Berg opened it.", "Two thirds of the fishermen are back.", "More at harbour.example/news.",
    ],
)  # fmt: skip
def test_what_they_say_may_be_written_in_another_way(text: str) -> None:
    assert unsupported(text, [SOURCE]) == ()


def test_initials_are_the_same_with_and_without_their_dots() -> None:
    assert unsupported("The US paid.", ["The U.S. paid."]) == unsupported("The U.S. paid.", ["The US paid."]) == ()
