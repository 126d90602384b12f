"""A month of the scheduler's starts, every five minutes: the exact set of editions, each once, everybody accounted for.

To be quick, the starts between are left out where a start found nothing to do (the next is when the plan says that
there is something; `test_plan` proves that nothing is due before), or just what the one before found (the next is half
an hour later). Whenever something happens, the next start is five minutes later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from broadsheet.desk.cronjob import Start
from broadsheet.desk.plan import moment_of
from broadsheet.model import DeliveryState, EditionStatus
from tests.daily.month import BERLIN, FIRST, LAST, NEW_YORK, READERS, Month, Wire

STEP, LONG_STEP = timedelta(minutes=5), timedelta(minutes=30)


def utc(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


# What goes wrong, from and until.
WIRE_DOWN = [(utc(10, 19), utc(10, 20)), (utc(11, 6), utc(11, 6, 3))]
RELAY_DOWN = [(utc(10, 22), utc(10, 22, 2)), (utc(10, 28), utc(10, 29, 2)), (utc(11, 9, 12), utc(11, 9, 14))]
MACHINE_OFF = [(utc(11, 4), utc(11, 5, 20))]
APPROVES_LATE = {date(2026, 10, 20), date(2026, 11, 10)}
NEVER_APPROVES = {date(2026, 10, 21), date(2026, 11, 12)}
BACKUP_AT, LEAVE_AT, RESTORE_AT = utc(11, 10, 20), utc(11, 10, 21), utc(11, 12, 20)
ADOPT_AT = utc(11, 13, 9)  # after the Courier's last moment, before the Gazette's first

COURIER_SKIPPED = {
    date(2026, 10, 19),  # the wire was down, and nothing had come since the day before
    date(2026, 11, 4), date(2026, 11, 5),  # the machine was off
    date(2026, 11, 13),  # nobody had taken the restored database for the one that sends
}  # fmt: skip
GAZETTE_SKIPPED = {*NEVER_APPROVES, date(2026, 11, 4), date(2026, 11, 5)}
HOLIDAY = date(2026, 10, 31)


def is_within(now: datetime, spells: list[tuple[datetime, datetime]]) -> bool:
    return any(since <= now < until for since, until in spells)


def days() -> Iterator[date]:
    return (FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))


@pytest.mark.slow
def test_a_month_of_starts_every_five_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadsheet.deliver.run.FIRST_CONNECTION_TRIES", 1)  # a relay that is down is not waited for
    with Wire() as wire:
        month = Month(tmp_path, wire)
        with month.relay:
            month.begin()
            try:
                live(month)
                judge(month)
            finally:
                month.close()


def happenings(month: Month) -> dict[datetime, list[Callable[[], object]]]:
    """List what happens besides the starts, by the time at which it does."""
    found: dict[datetime, list[Callable[[], object]]] = {
        BACKUP_AT: [month.back_up],
        LEAVE_AT: [lambda: month.leave(3, "courier")],  # the restored database must know it all the same
        RESTORE_AT: [month.restore],
        ADOPT_AT: [month.adopt],
    }
    for day in days():
        for hour in (0, 10):
            found.setdefault(datetime.combine(day, time(hour), UTC), []).append(month.bring)
        if day not in NEVER_APPROVES:
            hour = 9 if day in APPROVES_LATE else 7
            found.setdefault(moment_of(day, time(hour), NEW_YORK), []).append(month.approve_gazette)
    return found


def live(month: Month) -> None:
    things = happenings(month)
    moments = sorted({*things, *(edge for spell in (*WIRE_DOWN, *RELAY_DOWN, *MACHINE_OFF) for edge in spell)})
    end = datetime.combine(LAST + timedelta(days=1), time(0), UTC)
    found_before: object = None
    while month.now < end:
        month.wire.is_down, month.relay_is_down = is_within(month.now, WIRE_DOWN), is_within(month.now, RELAY_DOWN)
        after = month.now + STEP
        happens = things.get(month.now, [])
        if is_within(month.now, MACHINE_OFF):
            happens = [one for one in happens if one == month.bring]  # the world goes on
        else:
            started = start(month)
            found = [(report.edition, report.exit_code) for report in started.reports]
            if not happens and not found and started.next_due_at:
                after = max(after, started.next_due_at)
            elif not happens and found == found_before:
                after = month.now + LONG_STEP
            found_before = None if happens else found
        for happen in happens:
            happen()
        month.now = min([after, *(moment for moment in moments if moment > month.now)])


def start(month: Month) -> Start:
    """Start the job; where something may be due, it is often killed before, and now and then started twice at once."""
    courier = moment_of(month.now.astimezone(BERLIN).date(), time(2, 30), BERLIN)
    gazette = moment_of(month.now.astimezone(NEW_YORK).date(), time(6, 30), NEW_YORK)
    if any(timedelta(0) <= month.now - due < timedelta(minutes=40) for due in (courier, gazette)):
        while month.chance.random() < 0.4:
            month.tick_and_be_killed(after=month.chance.uniform(0.02, 0.2))
        if month.chance.random() < 0.06:
            month.tick_twice_at_once()
    return month.tick()


def judge(month: Month) -> None:
    expected = {"gazette-2026-10-14": False} | {  # in New York it was the evening before when the month began
        f"courier-{day}": day not in COURIER_SKIPPED for day in days() if day != HOLIDAY
    } | {f"gazette-{day}": day not in GAZETTE_SKIPPED for day in days() if day.weekday() < 5}  # fmt: skip
    lines = month.desk.store.editions.list()
    assert {line.id: line.status.value for line in lines} == {
        name: (EditionStatus.SENT if went else EditionStatus.SKIPPED).value for name, went in expected.items()
    }

    taken = month.taken()
    assert max(taken.values()) == 1, [key for key, count in taken.items() if count > 1]
    for name, went in expected.items():
        balance = month.desk.store.deliveries.balance(name)
        if not went:
            assert balance is None, name
            assert not any(edition == name for edition, _reader in taken), name
            continue
        assert balance is not None, name
        assert balance.holds, name
        assert balance.is_closed, name
        arrived = {reader for edition, reader in taken if edition == name}
        rows = list(month.desk.store.deliveries.listed(name))
        sent = {row.email for row in rows if row.state is DeliveryState.SENT}
        doubtful = {row.email for row in rows if row.state is DeliveryState.IN_DOUBT}
        assert len(sent) + len(doubtful) == len(rows), name
        assert sent <= arrived <= sent | doubtful, name
        left = name.startswith("courier") and name > f"courier-{LEAVE_AT:%Y-%m-%d}"
        assert len(rows) == READERS - left, name

    for publication in ("courier", "gazette"):
        carried = [one.story for one in month.desk.store.editions.carried(publication)]
        assert len(carried) == len(set(carried)), "a story stood in two editions"
    assert month.kills >= 20
    print(f"{len(expected)} editions, {month.kills} kills, {sum(taken.values())} mails, exit codes {dict(month.ends)}")
