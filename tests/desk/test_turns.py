"""Waves by the readers' timezones, and what is too late to go by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from broadsheet.deliver.forecast import Forecast
from broadsheet.desk import editing
from broadsheet.desk.coming import coming_editions, due_now
from broadsheet.desk.daily import run
from broadsheet.desk.reporting import status_of
from broadsheet.desk.subscribing import erase
from broadsheet.errors import ApprovalMissing
from broadsheet.model import DeliveryState, EditionStatus
from tests.deliver.relay import Conversation, Relay, Stage
from tests.desk.mailroom import Mailroom

MISSED = "it had not gone out by 12:00 (Europe/Berlin); its stories wait for the next edition"
ZONES = {
    "ada": "Asia/Tokyo",
    "ben": "Europe/London",
    "cy": "America/New_York",
    "dot": "",  # Berlin's, as the publication's
    "eve": "Mars/Olympus",
    "fay": "Pacific/Honolulu",
}
AT_SEVEN = "[publications.daily.sending]\nat = 07:00:00\n"

Rooms = Callable[..., Mailroom]


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as relay:
        yield relay


@pytest.fixture
def rooms(tmp_path: Path, relay: Relay) -> Iterator[Rooms]:
    made: list[Mailroom] = []

    def make(publication: str = AT_SEVEN, **more: str) -> Mailroom:
        made.append(Mailroom(tmp_path, relay, publication=publication, **more))
        for name, zone in ZONES.items():
            made[-1].reads(f"{name}@example.com", zone)
        return made[-1]

    yield make
    for room in made:
        room.close()


def taken(relay: Relay) -> str:
    """Name the readers who were written to since the last time."""
    names = " ".join(sorted(one.recipient.partition("@")[0] for one in relay.taken))
    relay.taken.clear()
    return names


def test_each_reader_gets_it_at_the_same_hour_of_their_own(rooms: Rooms, relay: Relay) -> None:
    room = rooms()
    room.at(23, 21)
    day = room.edition(24)
    report = room.send(day)
    assert (report.sent, report.queued, report.exit_code) == (0, 6, 75)
    assert report.forecast is not None
    assert report.forecast.limited_by == "turns"
    assert report.forecast.done_at is not None
    assert report.forecast.done_at.isoformat() == "2026-11-24T17:00:00+00:00"
    waves = {}
    for hour in range(22, 48):
        room.at(23 + hour // 24, hour % 24)
        report = room.send(day)
        assert report.balanced
        if names := taken(relay):
            waves[f"{room.now:%d %H}"] = names
    assert waves == {"23 22": "ada", "24 06": "dot eve", "24 07": "ben", "24 12": "cy", "24 17": "fay"}
    assert (report.sent, report.exit_code, report.status) == (6, 0, EditionStatus.SENT)


def test_the_cron_job_comes_back_for_later_waves_and_raises_no_alarm(rooms: Rooms, relay: Relay) -> None:
    automatic = 'approval = "automatic"\n'
    room = rooms(f"{automatic}[publications.daily.schedule]\nat = 06:00:00\nexpected_by = 06:30:00\n{AT_SEVEN}")
    day = room.edition(24)
    waves, codes = {}, []
    room.at(24, 4, 55)
    while room.now.hour < 18:
        codes += [report.exit_code for report in run(room.desk)]
        if names := taken(relay):
            waves[f"{room.now:%H:%M}"] = names
        room.now += timedelta(minutes=5)
    assert waves == {"05:00": "ada", "06:00": "dot eve", "07:00": "ben", "12:00": "cy", "17:00": "fay"}
    assert set(codes) == {75, 0}
    assert set(room.states(day).values()) == {DeliveryState.SENT}

    from broadsheet.desk.cronjob import late_editions

    room.at(24, 8)
    assert late_editions(room.desk, "daily") == {}


def test_the_cron_job_goes_on_with_what_was_begun_the_evening_before(rooms: Rooms, relay: Relay) -> None:
    schedule = "[publications.daily.schedule]\nat = 06:00:00\n"
    room = rooms(f'approval = "automatic"\n{schedule}{AT_SEVEN}late_after = "2h"\n')
    room.at(23, 20)
    day = room.edition(24)
    room.send(day)
    assert [(one.day, one.made, one.reason) for one in coming_editions(room.desk, None, 2)] == [
        (date(2026, 11, 23), False, MISSED),
        (day, True, "it was begun"),
        (date(2026, 11, 25), None, ""),
        (date(2026, 11, 26), None, ""),
    ]
    waves = {}
    while room.now < datetime(2026, 11, 24, 18, tzinfo=UTC):
        run(room.desk)
        if names := taken(relay):
            waves[f"{room.now:%d %H:%M}"] = names
        room.now += timedelta(minutes=30)
    assert waves == {"23 22:00": "ada", "24 06:00": "dot eve", "24 07:00": "ben", "24 12:00": "cy", "24 17:00": "fay"}
    found = room.desk.store.editions.get(f"daily-{day}")
    assert found is not None
    assert found.status is EditionStatus.SENT


def test_without_a_schedule_the_waves_of_yesterday_are_finished(rooms: Rooms, relay: Relay) -> None:
    room = rooms("[publications.daily.sending]\nat = 15:00:00\n")
    room.reads("gil@example.com", "Pacific/Pago_Pago")  # whose three in the afternoon is Berlin's next morning
    day = room.edition(23)
    room.at(23, 14)
    room.send(day)
    assert taken(relay) == "ada dot eve"
    room.at(24, 2)
    assert [report.exit_code for report in run(room.desk) if report.edition == f"daily-{day}"] == [0]
    assert taken(relay) == "ben cy fay gil"


def test_a_reader_who_is_erased_before_their_turn_is_skipped_and_the_run_ends(rooms: Rooms, relay: Relay) -> None:
    room = rooms()
    room.at(24, 5)
    day = room.edition(24)
    room.send(day)
    assert taken(relay) == "ada"
    erase(room.desk, "ben@example.com")
    room.at(24, 7)
    report = room.send(day)
    assert (report.sent, report.skipped, report.queued) == (3, 1, 2)
    assert taken(relay) == "dot eve"


def test_an_edition_that_was_skipped_ahead_of_its_day_holds_up_no_earlier_one(rooms: Rooms) -> None:
    room = rooms('approval = "automatic"\n[publications.daily.schedule]\nat = 06:00:00\n')
    room.at(23, 5, 1)
    later = room.edition(26)
    editing.skip(room.desk, f"daily-{later}", "Robin", "a holiday")
    assert [one.day.day for one in coming_editions(room.desk, None, 3)] == [23, 24, 25, 27]
    assert [one.slot.day.day for one in due_now(room.desk, room.publication)] == [23]


def test_a_clock_that_is_set_back_makes_no_hold_longer_than_it_is(rooms: Rooms, relay: Relay) -> None:
    room = rooms(AT_SEVEN)
    room.at(23, 6)
    day = room.edition(23)
    room.send(day)
    assert taken(relay) == "ada dot eve"
    room.at(23, 5)
    room.now += timedelta(minutes=30)
    begun = monotonic()
    assert room.send(day).exit_code == 75
    assert monotonic() - begun < 10


def test_a_reader_of_a_late_wave_has_the_whole_day_to_be_tried_again(rooms: Rooms, relay: Relay) -> None:
    room = rooms()
    room.at(23, 12)
    day = room.edition(24)
    room.send(day)
    relay.script = lambda stage, talk: "452 4.2.2 mailbox full" if stage is Stage.RCPT else None
    room.at(24, 17)  # Honolulu's seven, 29 hours after the readers were written down
    room.send(day)
    assert room.states(day)["fay@example.com"] is DeliveryState.DEFERRED


def test_the_clocks_jump_over_the_hour_of_a_reader(rooms: Rooms) -> None:
    from broadsheet.desk.turns import Turns
    from broadsheet.model import Recipient

    room = rooms("[publications.daily.sending]\nat = 02:30:00\n")
    assert room.publication.sending.at == time(2, 30)
    spring = Turns(room.publication, date(2026, 3, 29))
    moment = spring.turn(Recipient(id=1, email="dot@example.com", timezone="Europe/Berlin"))
    assert moment is not None
    assert moment.isoformat() == "2026-03-29T01:00:00+00:00"


LATE = "late_after = '2h'\n"
SCHEDULED = 'approval = "automatic"\n[publications.daily.schedule]\nat = 06:00:00\n'


def test_an_edition_that_would_begin_late_holds_until_a_person_says(rooms: Rooms, relay: Relay) -> None:
    room = rooms(f"{SCHEDULED}[publications.daily.sending]\n{LATE}")
    day = room.edition(24)
    room.at(24, 7, 1)
    holds = "it would begin late, and holds until `broadsheet send -p daily --date 2026-11-24`"
    assert [(one.made, one.reason) for one in coming_editions(room.desk, None, 1)] == [(False, holds), (None, "")]
    (report,) = run(room.desk)
    assert report.exit_code == 3
    (problem,) = report.problems.values()
    assert (
        "would begin late, at 08:01 on 24 Nov and not at 06:00 on 24 Nov (Europe/Berlin): it holds. Type `" in problem
    )
    assert "broadsheet send -p daily --date 2026-11-24" in problem
    assert room.desk.store.deliveries.sending(f"daily-{day}") is None
    assert not relay.taken
    assert room.send(day).sent == 6


def test_who_is_too_late_for_a_run_is_counted_before_it_skips_them(rooms: Rooms, relay: Relay) -> None:
    room = rooms(AT_SEVEN + LATE)
    room.at(23, 21)
    day = room.edition(24)
    room.send(day, by_itself=True)
    room.at(24, 7)
    assert [one.late for one in status_of(room.desk).outgoing] == [1]  # Tokyo's turn was nine hours ago
    room.at(24, 8, 30)
    (outgoing,) = status_of(room.desk).outgoing
    assert (outgoing.late, outgoing.halt) == (3, "")
    assert outgoing.balance is not None
    assert (outgoing.balance.frozen, outgoing.balance.sent) == (6, 0)
    assert room.send(day, by_itself=True).late == 3


def test_the_forecast_waits_for_the_hold(rooms: Rooms, relay: Relay) -> None:
    room = rooms("[publications.daily.sending]\nhold = '10m'\n")
    day = room.edition(23)
    foreseen: list[Forecast] = []
    stop = Event()
    stop.set()
    report = room.send(day, announce=foreseen.append, stop=stop)
    assert (report.sent, report.waiting) == (0, 6)
    hold = timedelta(minutes=10)
    assert [(one.begins_at, one.done_at) for one in foreseen] == [(room.now + hold, room.now + hold)]
    frozen_at = room.now
    room.now += timedelta(minutes=4)
    (outgoing,) = status_of(room.desk).outgoing
    assert outgoing.forecast.begins_at == frozen_at + hold
    room.now += timedelta(minutes=7)
    (outgoing,) = status_of(room.desk).outgoing
    assert (outgoing.forecast.begins_at, outgoing.forecast.limited_by) == (room.now, "")


def test_what_has_begun_is_finished_whatever_the_hour(rooms: Rooms, relay: Relay) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "452 4.2.2 mailbox full" if stage is Stage.RCPT and talk.recipient.startswith("cy") else None

    relay.script = script
    room = rooms(f"{SCHEDULED}[publications.daily.sending]\n{LATE}")
    day = room.edition(24)
    room.at(24, 6, 59)
    assert [report.exit_code for report in run(room.desk)] == [75]
    relay.script = None
    room.at(24, 12)
    assert [report.exit_code for report in run(room.desk)] == [0]
    assert room.states(day)["cy@example.com"] is DeliveryState.SENT


def test_an_edition_whose_readers_were_written_down_and_nobody_tried_holds(rooms: Rooms, relay: Relay) -> None:
    room = rooms(f"[publications.daily.sending]\n{LATE}")
    day = room.edition(23)
    port, relay_is_away = relay.port, room.desk.config.smtp
    assert relay_is_away is not None
    assert relay_is_away.port == port
    relay.script = lambda stage, talk: "421 4.3.2 away" if stage is Stage.BANNER else None
    assert room.send(day, by_itself=True).sent == 0
    relay.script = None
    room.at(23, 7, 30)
    with pytest.raises(ApprovalMissing, match="would begin late"):
        room.send(day, by_itself=True)
    assert room.send(day).sent == 6


def test_a_wave_that_was_missed_holds_and_the_others_go(rooms: Rooms, relay: Relay) -> None:
    room = rooms(AT_SEVEN + LATE)
    room.at(23, 21)
    day = room.edition(24)
    room.send(day, by_itself=True)
    room.at(24, 8, 30)  # Tokyo's turn was ten and a half hours ago, Berlin's two and a half, London's one and a half
    report = room.send(day, by_itself=True)
    assert taken(relay) == "ben"
    assert (report.late, report.skipped, report.queued, report.balanced) == (3, 3, 2, True)
    listed = {row.email: row.text for row in room.desk.store.deliveries.listed(f"daily-{day}", [DeliveryState.SKIPPED])}
    assert listed["ada@example.com"] == "late: not begun within 2h of their hour"
    room.at(24, 9)
    assert room.send(day).late == 3
    assert room.send(day, late=True).late == 0
    assert taken(relay) == "ada dot eve"
    room.at(24, 17)
    report = room.send(day, by_itself=True)
    assert taken(relay) == "fay"
    assert (report.late, report.skipped, report.balanced, report.sent) == (1, 1, True, 5)


def test_a_turn_that_passed_before_the_readers_were_written_down_counts_from_then(rooms: Rooms, relay: Relay) -> None:
    room = rooms(AT_SEVEN + LATE)
    room.at(24, 9)
    day = room.edition(24)
    assert room.send(day, by_itself=True).late == 0
    assert taken(relay) == "ada ben dot eve"
