from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config.schedule import Schedule
from broadsheet.desk.coming import coming_editions
from broadsheet.desk.opening import open_desk
from broadsheet.desk.plan import decide, moment_of, planned, upcoming

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (date(2026, 1, 5), time(6), BERLIN, "2026-01-05T05:00"),
        (date(2026, 7, 5), time(6), BERLIN, "2026-07-05T04:00"),
        (date(2026, 3, 29), time(2, 30), BERLIN, "2026-03-29T01:00"),  # skipped: the clocks go from 2:00 to 3:00
        (date(2026, 3, 8), time(2, 30), NEW_YORK, "2026-03-08T07:00"),
        (date(2026, 10, 25), time(2, 30), BERLIN, "2026-10-25T00:30"),  # twice: the first
        (date(2026, 11, 1), time(1, 30), NEW_YORK, "2026-11-01T05:30"),
    ],
)
def test_a_moment_that_is_skipped_or_doubled_is_defined(day: date, at: time, zone: ZoneInfo, expected: str) -> None:
    assert moment_of(day, at, zone) == utc(expected)


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.times(), st.sampled_from(["Europe/Berlin", "America/New_York",
       "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo"]))  # fmt: skip
def test_a_moment_is_on_its_day_or_just_after_a_jump(day: date, at: time, name: str) -> None:
    at = at.replace(microsecond=0)
    zone = ZoneInfo(name)
    wall = moment_of(day, at, zone).astimezone(zone).replace(tzinfo=None)
    assert wall >= datetime.combine(day, at)
    assert wall - datetime.combine(day, at) <= timedelta(days=1)  # Apia left a whole day out


@pytest.mark.parametrize(
    ("name", "night"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Africa/Cairo", date(2026, 4, 24)),
    ],
)
@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2), time(2, 30), time(3)])
def test_a_run_that_starts_every_five_minutes_makes_each_days_edition_once_where_the_clock_changes(
    name: str, night: date, at: time
) -> None:
    zone, schedule = ZoneInfo(name), Schedule(at=at)
    days = [night + timedelta(days=ahead) for ahead in (-1, 0, 1)]
    settled: list[date] = []
    now = moment_of(days[0], time(0), zone)
    while now < moment_of(days[-1] + timedelta(days=1), time(0), zone):
        for decision in decide(schedule, zone, now, settled=settled, begun=(), since=days[0]):
            assert decision.make
            assert now.astimezone(zone).date() == decision.slot.day
            settled.append(decision.slot.day)
        now += timedelta(minutes=5)
    assert settled == days


def test_days_off_and_holidays_have_no_slot() -> None:
    schedule = Schedule(days=("mon", "tue", "wed", "thu", "fri"), holidays=(date(2026, 11, 25),))
    days = [slot.day.day for slot in planned(schedule, BERLIN, date(2026, 11, 23), date(2026, 11, 30))]
    assert days == [23, 24, 26, 27, 30]


def decisions(
    now: str, *, missed: str = "merge", settled: tuple[int, ...] = (), begun: tuple[int, ...] = ()
) -> list[tuple[int, bool]]:
    schedule = Schedule.model_validate({"missed": missed, "late_after": "3h"})
    found = decide(
        schedule, BERLIN, utc(now), since=date(2026, 11, 20),
        settled={date(2026, 11, day) for day in settled}, begun={date(2026, 11, day) for day in begun},
    )  # fmt: skip
    return [(decision.slot.day.day, decision.make) for decision in found]


def test_before_its_time_nothing_is_due() -> None:
    assert decisions("2026-11-20T04:59") == []


def test_at_its_time_and_until_late_it_is_due() -> None:
    assert decisions("2026-11-20T05:00") == [(20, True)]
    assert decisions("2026-11-20T07:59") == [(20, True)]
    assert decisions("2026-11-20T08:00") == [(20, False)]


def test_a_settled_day_is_left_alone() -> None:
    assert decisions("2026-11-20T05:05", settled=(20,)) == []


def test_an_edition_that_was_begun_is_finished_whatever_the_hour() -> None:
    assert decisions("2026-11-20T20:00", begun=(20,)) == [(20, True)]


def test_after_an_outage_at_most_one_edition_is_made() -> None:
    assert decisions("2026-11-23T05:30") == [(20, False), (21, False), (22, False), (23, True)]
    assert decisions("2026-11-23T12:00", missed="catch_up") == [(20, False), (21, False), (22, False), (23, True)]
    assert decisions("2026-11-23T04:00", missed="catch_up") == [(20, False), (21, False), (22, True)]
    assert decisions("2026-11-23T12:00") == [(20, False), (21, False), (22, False), (23, False)]


def test_upcoming_crosses_a_clock_change() -> None:
    slots = upcoming(Schedule(), BERLIN, utc("2026-03-27T12:00"), 3)
    assert [slot.due_at for slot in slots] == [
        utc("2026-03-28T05:00"),
        utc("2026-03-29T04:00"),
        utc("2026-03-30T04:00"),
    ]


@given(
    st.integers(0, 330 * 24 * 60).map(lambda minutes: utc("2026-01-01T00:00") + timedelta(minutes=minutes)),
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(["merge", "skip", "catch_up"]),
    st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Pacific/Auckland")]),
    st.floats(0, 1),
)
def test_where_everything_is_settled_nothing_is_due_until_the_next_slot(
    now: datetime, at: time, missed: str, zone: ZoneInfo, share: float
) -> None:
    schedule = Schedule.model_validate({"missed": missed, "at": at, "days": ["mon", "tue", "thu"]})
    today = now.astimezone(zone).date()
    settled = [slot.day for slot in planned(schedule, zone, today - timedelta(days=20), today) if slot.due_at <= now]

    def due(moment: datetime) -> bool:
        since = max(settled, default=today)
        return bool(decide(schedule, zone, moment, settled=settled, begun=(), since=since))

    (coming,) = upcoming(schedule, zone, now, 1)
    assert not due(now + (coming.due_at - now - timedelta(seconds=1)) * share)
    assert due(coming.due_at)


@pytest.mark.parametrize("text", ["", "soon", "6", "-3h", "h"])
def test_a_duration_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a duration"):
        Schedule.model_validate({"late_after": text})


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24T04:59", [(24, None), (25, None)]),
        ("2026-11-24T05:10", [(24, True), (25, None), (26, None)]),
        ("2026-11-24T10:00", [(24, False), (25, None), (26, None)]),
    ],
)
def test_what_is_due_or_was_missed_is_listed_before_what_comes(
    tmp_path: Path, now: str, expected: list[tuple[int, bool | None]]
) -> None:
    (tmp_path / "broadsheet.toml").write_text(
        '[publications.daily]\ntitle = "Daily"\ntimezone = "Europe/Berlin"\nsender = "news@example.com"\n'
        'postal_address = "1 Quay St"\n[[publications.daily.sections]]\ncategory = "World"\n'
        '[publications.daily.schedule]\nat = 06:00:00\nlate_after = "3h"\n'
    )
    with open_desk(tmp_path, clock=lambda: utc(now)) as desk:
        coming = coming_editions(desk, None, 2)
    assert [(one.day.day, one.made) for one in coming] == expected
    assert all(bool(one.reason) == (one.made is not None) for one in coming)
