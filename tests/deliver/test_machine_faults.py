"""The fault lab: a machine that fails under the sender (locks, clocks, disks), and two senders at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.deliver.run import run
from broadsheet.errors import LeaseHeld, StoreBusy, StoreError
from broadsheet.model import DeliveryState
from broadsheet.store import Store
from broadsheet.store import ledger as ledger_module
from broadsheet.store.ledger import SendingLedger
from tests.deliver.kills import sender
from tests.deliver.material import EDITION, acquire, composer, freeze, plan, recipients, states
from tests.deliver.relay import Conversation, Relay, Stage
from tests.deliver.test_faults import PEOPLE, SESSIONS, faulty, reconcile, send_at, smtp


def test_of_two_senders_at_once_one_sends_and_the_other_waits(tmp_path: Path) -> None:
    def slow(stage: Stage, talk: Conversation) -> str | None:
        return "LATE 0.005" if stage is Stage.DOT else None

    with Relay(slow) as relay:
        with Store(tmp_path / "broadsheet.db") as store:
            freeze(store, recipients(200))
        both = [sender(tmp_path, str(relay.port), 2) for _ in range(2)]
        assert sorted(process.wait(60) for process in both) == [0, 75]
        with Store(tmp_path / "broadsheet.db") as store:
            assert reconcile(store, relay) == {DeliveryState.SENT: 200}


def test_a_sender_taken_for_dead_writes_nothing_more(tmp_path: Path) -> None:
    with Relay() as relay, Store(tmp_path / "a.db") as store, Store(tmp_path / "a.db") as other:
        sending = freeze(store, recipients(PEOPLE))
        old = acquire(store, sending)
        old.commit(datetime.now(UTC), claimed=[1, 2])
        old.commit(datetime.now(UTC), handing=[1])
        with other.transaction():
            other.connection.execute("UPDATE lease SET host = 'elsewhere', heartbeat_at = 0")
        new = acquire(other, sending)
        with pytest.raises(LeaseHeld):
            old.commit(datetime.now(UTC), handing=[2])
        with pytest.raises(LeaseHeld):
            old.release()
        found = states(other)
        assert found["reader1@example.com"] is DeliveryState.IN_DOUBT
        assert found["reader2@example.com"] is DeliveryState.QUEUED
        run(new, smtp(relay), composer().compose, plan())
        new.release()
        assert reconcile(other, relay)[DeliveryState.SENT] == PEOPLE - 1


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)], ids=["back", "ahead"])
def test_a_clock_that_jumps_makes_nobody_wait_for_ever(tmp_path: Path, jump: timedelta) -> None:
    with Relay(faulty(Stage.RCPT, "452 4.2.2 mailbox full", 5)) as relay, Store(tmp_path / "a.db") as store:
        freeze(store, recipients(PEOPLE))
        send_at(store, relay)
        assert reconcile(store, relay)[DeliveryState.DEFERRED] == 5
        send_at(store, relay, jump.total_seconds() / 3600)
        counts = reconcile(store, relay)
        assert counts == {DeliveryState.SENT: PEOPLE}


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)], ids=["back", "ahead"])
def test_a_clock_that_jumps_in_the_middle_of_a_run_loses_nobody(tmp_path: Path, jump: timedelta) -> None:
    def clock() -> datetime:
        return datetime.now(UTC) + (jump if len(relay.taken) > PEOPLE // 2 else timedelta())

    full = faulty(Stage.RCPT, "452 4.2.2 mailbox full", 5)
    with Relay(full) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(PEOPLE))
        ledger = acquire(store, sending)
        jumping = plan()
        object.__setattr__(jumping, "clock", clock)
        run(ledger, smtp(relay), composer().compose, jumping)
        ledger.release()
        reconcile(store, relay)
        send_at(store, relay, 1.0)  # the clock is right again
        assert reconcile(store, relay) == {DeliveryState.SENT: PEOPLE}


def test_a_database_locked_for_a_while_loses_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from broadsheet.store import connection

    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    with Relay() as relay, Store(tmp_path / "a.db") as store:
        freeze(store, recipients(PEOPLE))
        reader = sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM deliveries").fetchone()  # a reader alone disturbs nobody
        writer = sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)
        release = threading.Timer(0.6, writer.execute, ["ROLLBACK"])

        sending = store.deliveries.sending(EDITION)
        assert sending is not None
        ledger = acquire(store, sending)
        writer.execute("BEGIN IMMEDIATE")
        release.start()
        run(ledger, smtp(relay), composer().compose, plan(patience=10.0))
        ledger.release()
        release.join()
        reader.close()
        writer.close()
        assert reconcile(store, relay) == {DeliveryState.SENT: PEOPLE}


HOLDER = """
import sqlite3, sys
link = sqlite3.connect(sys.argv[1], isolation_level=None)
for word in sys.stdin:
    link.execute(word)
    if word.startswith("BEGIN"):
        link.execute("SELECT count(*) FROM deliveries").fetchone()
    print(word, flush=True)
"""


@contextmanager
def another_process(database: Path) -> Iterator[Callable[[str], None]]:
    """Start a process that does to the database what it is told, and wait for each word until it is done."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    tell, answers = process.stdin, process.stdout

    def say(word: str) -> None:
        tell.write(word + "\n")
        tell.flush()
        answers.readline()
        answers.readline()

    try:
        yield say
    finally:
        process.kill()
        process.communicate()


def test_another_process_that_holds_the_database_for_seconds_in_the_middle_loses_no_answer(tmp_path: Path) -> None:
    middle = threading.Event()

    def script(stage: Stage, talk: Conversation) -> str | None:
        if stage is Stage.AFTER and len(relay.taken) == PEOPLE:
            middle.set()
        return None

    with (
        Relay(script) as relay,
        Store(tmp_path / "a.db", patience=0.05) as store,
        another_process(tmp_path / "a.db") as say,
    ):
        sending = freeze(store, recipients(PEOPLE * 10))
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 4:
                say("ROLLBACK")

        def hold() -> None:
            middle.wait(20)
            say("BEGIN IMMEDIATE")

        acquire(store, sending)
        ledger = SendingLedger(store, sending, 1, lambda ids: {}, sleep=wait)
        holding = threading.Thread(target=hold)
        holding.start()
        run(ledger, smtp(relay), composer().compose, plan())
        holding.join()
        ledger.release()
        assert len(waits) >= 4
        assert reconcile(store, relay) == {DeliveryState.SENT: PEOPLE * 10}


def test_a_reader_that_stays_for_the_whole_run_disturbs_nobody(tmp_path: Path) -> None:
    with Relay() as relay, Store(tmp_path / "a.db") as store, another_process(tmp_path / "a.db") as say:
        freeze(store, recipients(PEOPLE * 50))
        say("BEGIN")  # from here on it sees everybody waiting, and the log of writes cannot be shortened
        send_at(store, relay)
        assert reconcile(store, relay) == {DeliveryState.SENT: PEOPLE * 50}


def test_a_database_that_stays_locked_stops_the_send_and_leaves_the_ledger_true(tmp_path: Path) -> None:
    with (
        Relay() as relay,
        Store(tmp_path / "a.db", patience=0.01) as store,
        another_process(tmp_path / "a.db") as say,
    ):
        sending = freeze(store, recipients(PEOPLE * 10))
        held = iter([True])

        def script(stage: Stage, talk: Conversation) -> str | None:
            if stage is Stage.DOT and len(relay.taken) > PEOPLE and next(held, False):
                say("BEGIN IMMEDIATE")
            return None

        relay.script = script
        acquire(store, sending)
        ledger = SendingLedger(store, sending, 1, lambda ids: {}, persist=0.2, sleep=lambda seconds: None)
        with pytest.raises(StoreBusy):
            run(ledger, smtp(relay), composer().compose, plan())
        say("ROLLBACK")
        relay.script = None
        ledger.release()
        assert reconcile(store, relay)[DeliveryState.IN_DOUBT] <= SESSIONS
        send_at(store, relay)
        counts = reconcile(store, relay)
        assert counts[DeliveryState.IN_DOUBT] <= SESSIONS
        assert counts[DeliveryState.SENT] + counts[DeliveryState.IN_DOUBT] == PEOPLE * 10


def give_up(database: Path, stopped: subprocess.Popen[bytes] | None = None) -> None:
    """Let the sender that holds the lease be taken for dead, as one on another host with an old heartbeat is.

    `stopped` is stopped by the system meanwhile: never within a transaction of its own, which would lock everybody out.
    """
    with Store(database) as store, store.transaction():
        store.connection.execute("UPDATE lease SET host = 'elsewhere', heartbeat_at = 0")
        if stopped:
            stopped.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, stopped.pid, os.WSTOPPED | os.WNOWAIT)


@contextmanager
def sending(folder: Path, *, slowness: float) -> Iterator[tuple[subprocess.Popen[bytes], Relay]]:
    """Let a sender of its own process send, until so much has gone that another may take over; then reconcile."""
    enough = threading.Event()

    def script(stage: Stage, talk: Conversation) -> str | None:
        if len(relay.taken) >= PEOPLE:
            enough.set()
        return f"LATE {slowness}" if stage is Stage.DOT else None

    with Relay(script) as relay:
        with Store(folder / "broadsheet.db") as store:
            freeze(store, recipients(PEOPLE * 10))
        old = sender(folder, str(relay.port), SESSIONS, quiet=True)
        try:
            assert enough.wait(30)
            yield old, relay
        finally:
            old.kill()
            old.wait()
        with Store(folder / "broadsheet.db") as store:
            counts = reconcile(store, relay)
            assert counts[DeliveryState.IN_DOUBT] <= SESSIONS
            assert counts[DeliveryState.SENT] + counts[DeliveryState.IN_DOUBT] == PEOPLE * 10


def test_a_sender_that_wakes_up_after_another_took_over_mails_nobody_twice(tmp_path: Path) -> None:
    """A process that the system stops for longer than the lease lives, and that then goes on where it was."""
    with sending(tmp_path, slowness=0.005) as (old, relay):
        give_up(tmp_path / "broadsheet.db", stopped=old)
        assert sender(tmp_path, str(relay.port), SESSIONS).wait(60) == 0
        with Store(tmp_path / "broadsheet.db") as store:
            before = states(store)
        old.send_signal(signal.SIGCONT)
        assert old.wait(60) == 1, "a sender whose lease was taken went on"
    with Store(tmp_path / "broadsheet.db") as store:
        assert states(store) == before, "a sender whose lease was taken has written"


def test_two_senders_that_work_at_once_over_a_take_over_mail_nobody_twice(tmp_path: Path) -> None:
    """The old one is alive, and notices at its next commit; meanwhile the new one already sends."""
    with sending(tmp_path, slowness=0.01) as (old, relay):
        give_up(tmp_path / "broadsheet.db")
        assert sender(tmp_path, str(relay.port), SESSIONS).wait(60) == 0
        assert old.wait(60) == 1


def test_a_full_disk_stops_the_send_and_leaves_the_ledger_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "PERSIST_SECONDS", 0.2)
    with Relay() as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(PEOPLE * 20))
        ledger = acquire(store, sending)
        limited = SendingLedger(store, sending, 1, lambda ids: {}, persist=0.2, sleep=lambda seconds: None)
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="full"):
            run(limited, smtp(relay), composer().compose, plan())
        store.connection.execute("PRAGMA max_page_count = 1000000")
        ledger.release()
        reconcile(store, relay)
        send_at(store, relay)
        counts = reconcile(store, relay)
        assert counts[DeliveryState.IN_DOUBT] <= SESSIONS
        assert counts[DeliveryState.SENT] + counts[DeliveryState.IN_DOUBT] == PEOPLE * 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of sixteen megabytes, where that is allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip(f"needs the right to mount a small disk: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_full_for_a_while_loses_no_answer(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    waits: list[float] = []

    def make_room(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            ballast.unlink()

    with Relay() as relay, Store(small_disk / "a.db") as store:
        sending = freeze(store, recipients(PEOPLE * 20))
        acquire(store, sending)
        ledger = SendingLedger(store, sending, 1, lambda ids: {}, sleep=make_room)
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        run(ledger, smtp(relay), composer().compose, plan())
        ledger.release()
        assert len(waits) == 3
        assert reconcile(store, relay) == {DeliveryState.SENT: PEOPLE * 20}


def test_a_disk_that_fails_stops_the_send_and_leaves_the_ledger_true(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="needs limits on a file's size, which this system has not")
    with Relay() as relay, Store(tmp_path / "a.db") as store:
        ledger = acquire(store, freeze(store, recipients(PEOPLE * 20)))
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = max(path.stat().st_size for path in tmp_path.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 400_000, limits[1]))
        try:
            with pytest.raises(StoreError, match="I/O"):
                run(ledger, smtp(relay), composer().compose, plan())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert relay.taken
        ledger.release()
        reconcile(store, relay)
        send_at(store, relay)
        counts = reconcile(store, relay)
        assert counts[DeliveryState.IN_DOUBT] <= SESSIONS
        assert counts[DeliveryState.SENT] + counts[DeliveryState.IN_DOUBT] == PEOPLE * 20


def test_a_sender_that_was_stopped_is_not_dead(tmp_path: Path) -> None:
    """A process that the system holds still keeps its lease on its own host, however old its heartbeat."""
    with Relay() as relay, Store(tmp_path / "broadsheet.db") as store:
        sending = freeze(store, recipients(5))
        process = subprocess.Popen(["sleep", "60"])
        try:
            ledger = acquire(store, sending)
            from broadsheet.store import lease

            with store.transaction():
                store.connection.execute(
                    "UPDATE lease SET pid = ?, process = ?, heartbeat_at = 0",
                    (process.pid, lease._started(process.pid)),
                )
            with pytest.raises(LeaseHeld, match=str(process.pid)):
                acquire(store, sending)
        finally:
            process.kill()
            process.wait()
        assert acquire(store, sending) is not ledger
        assert not relay.taken
