from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.audience.segments import parse_segment
from broadsheet.desk import Desk
from broadsheet.desk.subscribing import candidates, count_audience, export_subscribers, import_subscribers, sample
from broadsheet.errors import AudienceError
from broadsheet.model import Recipient

ADA = Recipient(
    id=1,
    email="ada@example.com",
    language="de",
    sections=("Politics",),
    joined_on=date(2025, 5, 1),
    attributes={
        "country": "DE",
        "orders": "12",
        "vip": "yes",
        "spam": "no",
        "tags": '"Editors", Wine',
        "born": "1990-02-03",
    },
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('country == "DE" and joined < 2026-01-01', True),
        ('country == "de"', True),
        ('country != "DE"', False),
        ("joined >= 2025-05-02", False),
        ("born < 2000-01-01", True),
        ("orders > 9", True),
        ("orders == 12.0", True),
        ("orders < 2", False),
        ("country > 3", False),
        ('"Politics" in sections', True),
        ('"editors" in tags', True),
        ('"Wine" in tags and not "Beer" in tags', True),
        ('language in ["en", "DE"]', True),
        ('email contains "@EXAMPLE."', True),
        ('domain == "example.com"', True),
        ("vip", True),
        ("spam", False),
        ("not spam", True),
        ("missing", False),
        ('missing == "x"', False),
        ('missing != "x"', True),
        ("missing < 5", False),
        ('country == "FR" or (country == "DE" and orders >= 12)', True),
        ('not (country == "DE" or vip)', False),
        ("""country == 'D"E' or country == "D\\"E" """, False),
        ('sections == "Politics"', True),
        ("joined == 2025-05-01", True),
    ],
)
def test_a_segment_says_who_is_meant(text: str, expected: bool) -> None:
    assert parse_segment(text).matches(ADA) is expected


@pytest.mark.parametrize(
    "text",
    ["", "country ==", "== 3", 'country = "DE"', 'country == "DE', "(vip", "vip)", "vip and", "country == DE",
     "vip vip", "joined < 2026-13-45", 'in ["a"]', 'x in "a"', "x in [1 2]", "__import__('os')", "a.b == 3",
     "(" * 100 + "vip" + ")" * 100, "vip " * 1000, "x == ;"],
)  # fmt: skip
def test_what_is_no_segment_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(AudienceError, match="segment"):
        parse_segment(text)


@given(st.text(alphabet="abnot ()[]\"'=<>!,0123456789-\\in", max_size=60))
def test_any_text_is_a_segment_or_a_clear_refusal(text: str) -> None:
    try:
        assert parse_segment(text).matches(ADA) in (True, False)
    except AudienceError:
        return


def fill(desk: Desk) -> None:
    file = desk.folder / "list.csv"
    rows = [f"reader{n}@example.com,{'DE' if n % 2 else 'FR'},{n}" for n in range(20)]
    file.write_text("email,country,orders\n" + "\n".join(rows) + "\nx@example.com,DE,99\n", encoding="utf-8")
    import_subscribers(desk, desk.config.publication("daily"), file)


def test_the_same_segment_counts_samples_freezes_and_exports(desk: Desk) -> None:
    fill(desk)
    daily = desk.config.publication("daily")
    segment = 'country == "DE" and orders > 4'
    counts = count_audience(desk, daily, segment)
    assert counts["recipients"] == 9
    assert counts["excluded"] == {"not in the segment": 12}
    found, readers = sample(desk, daily, segment, size=3)
    assert (found, len(readers)) == (9, 3)
    assert sample(desk, daily, segment, size=3) == (found, readers)
    frozen = [r.email for r, reason in candidates(desk, daily, date(2026, 11, 24), segment) if not reason]
    assert len(frozen) == 9
    assert export_subscribers(desk, daily, desk.folder / "out.csv", segment=segment) == 9


def test_a_name_nobody_has_is_a_typing_mistake_and_not_an_empty_audience(desk: Desk) -> None:
    fill(desk)
    with pytest.raises(AudienceError, match="did you mean 'country'"):
        count_audience(desk, desk.config.publication("daily"), 'contry == "DE"')
