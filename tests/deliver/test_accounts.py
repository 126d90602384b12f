"""Several accounts in order, and a new one that is warmed up."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet.deliver.outlets import Outlet
from broadsheet.deliver.pace import DAY, Pace
from broadsheet.deliver.replies import Kind
from broadsheet.deliver.run import End, run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.deliver.warmup import Warmup
from broadsheet.model import DeliveryState
from broadsheet.store import Store
from tests.deliver.material import EDITION, acquire, composer, freeze, plan, recipients, states
from tests.deliver.relay import Conversation, Relay, Script, Stage

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def way(relay: Relay, name: str, pace: Pace | None = None, **options: Any) -> Outlet:
    account = Account(
        host="127.0.0.1", port=relay.port, name=name, security="none", sessions=2, timeout=2.0,
        **options,
    )  # fmt: skip
    return Outlet(Smtp(account), pace=pace or Pace())


def send(store: Store, *ways: Outlet, count: int = 60, patience: float = 0.0) -> End:
    ledger = acquire(store, store.deliveries.sending(EDITION) or freeze(store, recipients(count)))
    try:
        return run(ledger, ways, composer().compose, plan(patience=patience))
    finally:
        ledger.release()


def servers(store: Store) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in store.deliveries.listed(EDITION, [DeliveryState.SENT]):
        found[row.server] = found.get(row.server, 0) + 1
    return found


def test_the_first_takes_what_its_limits_allow_and_then_the_next(tmp_path: Path) -> None:
    with Relay() as one, Relay() as two, Relay() as three, Store(tmp_path / "a.db") as store:
        end = send(store, way(one, "one", Pace({DAY: 20})), way(two, "two", Pace({DAY: 25})), way(three, "three"))
        assert end.tally == {DeliveryState.SENT: 60}
        assert (len(one.taken), len(two.taken), len(three.taken)) == (20, 25, 15)
        assert servers(store) == {"one": 20, "two": 25, "three": 15}
        assert sum(count for _, count in store.paces.attempts("account:two", datetime.now(UTC))) == 25


def test_a_later_account_is_not_even_connected_to_while_the_first_has_room(tmp_path: Path) -> None:
    with Relay() as one, Relay() as two, Store(tmp_path / "a.db") as store:
        assert send(store, way(one, "one"), way(two, "two")).tally == {DeliveryState.SENT: 60}
        assert two.conversations == []


def test_a_refused_login_puts_that_account_aside(tmp_path: Path) -> None:
    with Relay(login=("news", "right")) as one, Relay() as two, Store(tmp_path / "a.db") as store:
        end = send(store, way(one, "one", user="news", password="wrong"), way(two, "two"))
        assert end.trouble is None
        assert end.tally == {DeliveryState.SENT: 60}
        assert servers(store) == {"two": 60}


def test_a_relay_that_is_down_is_passed_over(tmp_path: Path) -> None:
    with Relay() as gone:
        ways = [way(gone, "gone")]
    with Relay() as two, Store(tmp_path / "a.db") as store:
        assert send(store, *ways, way(two, "two")).tally == {DeliveryState.SENT: 60}


def test_an_account_that_refuses_the_sender_in_the_middle_gives_its_readers_back(tmp_path: Path) -> None:
    count = 0

    def script(stage: Stage, talk: Conversation) -> str | None:
        nonlocal count
        count += stage is Stage.MAIL
        return "550 5.7.26 this sender is not authenticated" if stage is Stage.MAIL and count > 10 else None

    with Relay(script) as one, Relay() as two, Store(tmp_path / "a.db") as store:
        end = send(store, way(one, "one"), way(two, "two"))
        assert end.trouble is None
        assert end.tally[DeliveryState.SENT] == 60
        assert len(one.taken) + len(two.taken) == 60
        assert set(states(store).values()) == {DeliveryState.SENT}


def test_an_account_that_refuses_everybody_is_put_aside_and_they_go_by_the_next(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "554 5.7.1 blocked for its reputation" if stage is Stage.RCPT else None

    with Relay(script) as one, Relay() as two, Store(tmp_path / "a.db") as store:
        end = send(store, way(one, "one"), way(two, "two"))
        assert end.trouble is None
        assert set(states(store).values()) == {DeliveryState.SENT}
        assert len(two.taken) == 60


def test_when_all_are_refused_or_down_the_run_stops_and_everybody_waits(tmp_path: Path) -> None:
    with ExitStack() as stack, Store(tmp_path / "a.db") as store:
        refuse: Script = lambda stage, talk: "535 5.7.8 no" if stage is Stage.AUTH else None  # noqa: E731 - short
        relays = [stack.enter_context(Relay(refuse, login=("news", "right"))) for _ in range(2)]
        end = send(store, *(way(relay, f"r{n}", user="news", password="x") for n, relay in enumerate(relays)))
        assert end.kind is Kind.OURS
        assert end.trouble is not None
        assert end.trouble.server == "r0"
        assert set(states(store).values()) == {DeliveryState.QUEUED}


# --- a new account ---------------------------------------------------------------------------------------------------


def test_a_warm_up_allows_more_each_day_and_ends_by_itself() -> None:
    warmup = Warmup(date(2026, 11, 24), (500, 1000))
    assert warmup.allowed(NOW - timedelta(days=1)) == 0
    assert [warmup.allowed(NOW + timedelta(days=n)) for n in range(3)] == [500, 1000, None]
    assert not warmup.is_over(NOW + timedelta(days=1))
    assert warmup.is_over(NOW + timedelta(days=2))


def test_a_days_allowance_is_counted_across_runs_and_foreseen() -> None:
    warmup = Warmup(date(2026, 11, 23), (500, 1000, 2000))
    past = [(NOW - timedelta(hours=7), 450), (NOW - timedelta(minutes=5), 600)]
    pace = Pace(allowance=warmup, past=past)
    assert pace.room(NOW) == 400
    pace.take(NOW, 400)
    assert pace.room(NOW) == 0
    assert pace.wait(NOW) == timedelta(hours=18)
    assert pace.capacity(NOW, NOW + timedelta(hours=20)) == 2000
    assert pace.capacity(NOW, NOW + timedelta(hours=48)) is None
    assert pace.room(NOW + timedelta(days=1)) == 2000
    assert pace.room(NOW + timedelta(days=2)) is None


def test_a_new_account_takes_its_allowance_and_the_old_one_the_rest(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    with Relay() as one, Relay() as two, Store(tmp_path / "a.db") as store:
        send(store, way(one, "new", Pace(allowance=Warmup(today, (10, 20, 40)))), way(two, "old"))
        assert servers(store) == {"new": 10, "old": 50}


def test_the_turns_order_holds_across_lanes(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    with Relay() as one, Store(tmp_path / "a.db") as store:
        freeze(store, recipients(60), lane=lambda email: email[6], turn=lambda one: -1e-5 * one.id)
        send(store, way(one, "new", Pace(allowance=Warmup(today, (10, 20)))))
        assert {taken.recipient for taken in one.taken} == {f"reader{n}@example.com" for n in range(51, 61)}
