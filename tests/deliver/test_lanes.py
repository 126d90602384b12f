"""Providers beside each other: limits, answers that say "too fast", and what a restart remembers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadsheet.deliver.lanes import Lanes
from broadsheet.deliver.outlets import Outlet
from broadsheet.deliver.pace import DAY, SECOND, Pace
from broadsheet.deliver.providers import PROVIDERS, Providers
from broadsheet.deliver.run import End, run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.model import DeliveryState, Recipient, Throttle
from broadsheet.store import Store
from tests.deliver.material import EDITION, acquire, composer, freeze, plan, states
from tests.deliver.relay import Conversation, Relay, Stage

DOMAINS = ("gmail.com", "googlemail.com", "Outlook.com", "example.com", "big.example")


def readers(count: int, domains: tuple[str, ...] = DOMAINS) -> list[Recipient]:
    return [Recipient(id=n, email=f"reader{n}@{domains[n % len(domains)]}") for n in range(1, count + 1)]


def smtp(relay: Relay, sessions: int = 3) -> Smtp:
    return Smtp(Account(host="127.0.0.1", port=relay.port, security="none", sessions=sessions, timeout=3.0))


def send(store: Store, relay: Relay, lanes: dict[str, Pace] | None = None, pace: Pace | None = None) -> End:
    sending = store.deliveries.sending(EDITION)
    assert sending is not None
    ledger = acquire(store, sending)
    paces = lanes or {}
    try:
        way = Outlet(smtp(relay), pace=pace or Pace())
        return run(ledger, [way], composer().compose, plan(lane_pace=lambda name: paces.get(name) or Pace()))
    finally:
        ledger.release()


def taken(relay: Relay) -> Counter[str]:
    return Counter(one.recipient.rpartition("@")[2].lower() for one in relay.taken)


# --- who takes an address --------------------------------------------------------------------------------------------


def test_each_domain_belongs_to_one_provider() -> None:
    every = [domain for domains in PROVIDERS.values() for domain in domains]
    assert [domain for domain, count in Counter(every).items() if count > 1] == []
    assert all(domain == domain.lower() for domain in every)


def test_a_project_adds_providers_and_domains() -> None:
    providers = Providers({"gmail": ("corp.example",), "uni.example": (), "press": ("a.example", "B.example")})
    assert providers.lane_of("me@GoogleMail.com") == "gmail"
    assert providers.lane_of("me@corp.example") == "gmail"
    assert providers.lane_of("me@uni.example") == "uni.example"
    assert providers.lane_of("me@b.example") == "press"
    assert providers.lane_of("me@elsewhere.example") == ""


# --- the run ---------------------------------------------------------------------------------------------------------


def test_a_provider_at_its_limit_holds_no_other_reader(tmp_path: Path) -> None:
    with Relay() as relay, Store(tmp_path / "a.db") as store:
        freeze(store, readers(100), lane=Providers().lane_of)
        end = send(store, relay, {"gmail": Pace({DAY: 7})})
        assert end.trouble is None
        assert end.tally == {DeliveryState.SENT: 67}
        assert taken(relay)["gmail.com"] + taken(relay)["googlemail.com"] == 7
        waiting = store.deliveries.waiting(EDITION, datetime.now(UTC))
        assert [(lane, count) for lane, _, count in waiting] == [("gmail", 33)]


def test_too_fast_slows_that_provider_and_no_other(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        if stage is Stage.RCPT and "outlook" in talk.recipient.lower():
            return "451 4.7.650 The mail server has been temporarily rate limited"
        return None

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        freeze(store, readers(100), lane=Providers().lane_of)
        lanes = {"microsoft": Pace()}
        sending = store.deliveries.sending(EDITION)
        assert sending is not None
        ledger = acquire(store, sending)
        later = plan(lane_pace=lambda name: lanes.get(name) or Pace())
        stop = later.stop
        seen: list[int] = []

        def watch(tally: Counter[DeliveryState]) -> None:
            seen.append(tally[DeliveryState.SENT])
            if tally[DeliveryState.SENT] == 80:
                stop.set()

        object.__setattr__(later, "watch", watch)
        run(ledger, [Outlet(smtp(relay))], composer().compose, later)
        ledger.release()
        assert seen[-1] == 80
        refused = sum("outlook" in email.lower() and s is DeliveryState.DEFERRED for email, s in states(store).items())
        assert 1 <= refused <= 4  # what was under way when the first answer came, and no more
        kept = store.paces.throttle("lane:microsoft")
        assert kept is not None
        assert kept == lanes["microsoft"].throttle


def test_a_domain_of_no_known_provider_is_given_a_lane_when_it_asks(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "452 4.7.0 too many messages" if stage is Stage.RCPT and "big.example" in talk.recipient else None

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        freeze(store, readers(3000), lane=Providers().lane_of)
        sending = store.deliveries.sending(EDITION)
        assert sending is not None
        ledger = acquire(store, sending)
        later = plan()

        def watch(tally: Counter[DeliveryState]) -> None:
            if tally[DeliveryState.SENT] == 2400:
                later.stop.set()

        object.__setattr__(later, "watch", watch)
        end = run(ledger, [Outlet(smtp(relay))], composer().compose, later)
        ledger.release()
        assert end.tally[DeliveryState.SENT] == 2400
        assert taken(relay)["example.com"] == 600
        assert end.tally[DeliveryState.DEFERRED] <= 4
        waiting = {lane: count for lane, _, count in store.deliveries.waiting(EDITION, datetime.now(UTC))}
        assert sum(waiting.values()) == 600
        assert waiting["big.example"] >= 590
        assert store.paces.throttle("lane:big.example") is not None


def test_too_fast_before_the_reader_is_named_slows_the_account(tmp_path: Path) -> None:
    asked = 0

    def script(stage: Stage, talk: Conversation) -> str | None:
        nonlocal asked
        if stage is Stage.MAIL:
            asked += 1
            if asked == 5:
                return "454 4.7.0 Throttling failure: Maximum sending rate exceeded."
        return None

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        freeze(store, readers(40))
        sending = store.deliveries.sending(EDITION)
        assert sending is not None
        ledger = acquire(store, sending)
        way = Outlet(smtp(relay, sessions=1))
        later = plan()
        object.__setattr__(later, "watch", lambda tally: later.stop.set() if tally[DeliveryState.DEFERRED] else None)
        run(ledger, [way], composer().compose, later)
        ledger.release()
        assert store.paces.throttle(way.scope) is not None
        assert way.pace.throttle is not None


def test_a_restart_cannot_exceed_the_days_limit(tmp_path: Path) -> None:
    with Relay() as relay, Store(tmp_path / "a.db") as store:
        freeze(store, readers(60), lane=Providers().lane_of)
        scope = Outlet(smtp(relay)).scope
        for expected in (25, 25):
            past = store.paces.attempts(scope, datetime.now(UTC))
            end = send(store, relay, pace=Pace({SECOND: 15, DAY: 25}, past=past))
            assert end.trouble is None
            assert len(relay.taken) == expected
        tomorrow = datetime.now(UTC) + timedelta(hours=25)
        assert Pace({DAY: 25}, past=store.paces.attempts(scope, tomorrow)).room(tomorrow) == 25


def test_attempts_that_lie_ahead_count_as_of_now(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    with Store(tmp_path / "a.db") as store:
        with store.transaction():
            store.paces.count(now + timedelta(days=300), {"account:a": 40, "lane:gmail": 2})
            store.paces.count(now - timedelta(days=3), {"account:a": 1})
            store.paces.tidy(now)
        assert store.paces.attempts("account:a", now) == [(now, 40)]
        assert store.paces.attempts("account:a", now + timedelta(days=2)) == []


def test_memory_holds_a_window_however_many_wait(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        sending = freeze(store, readers(9000, tuple(f"d{n}.example" for n in range(40))), lane=lambda e: e[-12:])
        lanes = Lanes(acquire(store, sending), lambda name: Pace())
        now = datetime.now(UTC)
        lanes.fill(now, 10)
        lanes.open(now)
        assert lanes.count() <= 4000
        order = [attempt.number for attempt in iter(lambda: lanes.take(now), None)]
        assert order == sorted(order)


@pytest.mark.parametrize("table", ["deliveries"])
def test_each_question_of_the_run_is_answered_from_an_index(tmp_path: Path, table: str) -> None:
    with Store(tmp_path / "a.db") as store:
        sending = freeze(store, readers(10), lane=Providers().lane_of)
        ledger = acquire(store, sending)
        asked: list[str] = []
        store.connection.set_trace_callback(asked.append)
        now = datetime.now(UTC)
        ledger.lanes()
        ledger.due(now, 10, lane="gmail")
        ledger.next_due_at(now)
        store.deliveries.waiting(EDITION, now)
        store.connection.set_trace_callback(None)
        selects = [sql for sql in asked if sql.startswith("SELECT") and table in sql]
        assert len(selects) >= 6
        for sql in selects:
            details: list[Any] = store.connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
            assert any("deliveries_waiting" in row["detail"] for row in details), sql


def test_a_throttle_is_kept_and_read_back(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    one = Throttle(rate=2.5, ceiling=5.0, at=now, rests_until=now + timedelta(seconds=30))
    with Store(tmp_path / "a.db") as store:
        with store.transaction():
            store.paces.slow_down({"lane:gmail": one})
            store.paces.note_speed(now, {"account:a": 1234.5})
        assert store.paces.throttles() == {"lane:gmail": one}
        assert store.paces.speed("account:a") == 1234.5
        assert store.paces.speed("account:b") is None
