"""Nobody twice and nobody lost, whenever the sender is killed."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.deliver.run import run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.model import DeliveryState
from broadsheet.store import Store
from tests.deliver.kills import kill_until_sent, sender, wait_for_more
from tests.deliver.material import EDITION, acquire, composer, freeze, name_of, plan, recipients, states
from tests.deliver.relay import Relay

KILLS = int(os.environ.get("BROADSHEET_KILLS", "20"))


@pytest.mark.slow
def test_twenty_kills_in_a_send_of_two_thousand_messages(tmp_path: Path) -> None:
    with Relay(keep=False) as relay:
        toll = kill_until_sent(
            tmp_path, str(relay.port), lambda: Counter(taken.recipient for taken in list(relay.taken)),
            kills=KILLS, messages=100 * KILLS, sessions=4,
        )  # fmt: skip
    toll.check(sessions=4)
    assert toll.kills >= KILLS // 2
    doubts = sum(state is DeliveryState.IN_DOUBT for state in toll.states.values())
    print(
        f"{toll.kills} kills, {len(toll.arrived)} arrived, {doubts} in doubt, at most {toll.most_doubt_at_once} at once"
    )


@pytest.mark.slow
def test_kills_in_the_first_wave_leave_the_second_its_turn(tmp_path: Path) -> None:
    now, people = datetime.now(UTC), recipients(800)
    first = {person.email for person in people[:400]}
    turn = (now + timedelta(hours=3)).timestamp()
    with Relay(keep=False) as relay, Store(tmp_path / "broadsheet.db") as store:

        def arrived() -> Counter[str]:
            return Counter(taken.recipient for taken in list(relay.taken))

        sending = freeze(store, people, turn=lambda person: 1.0 if person.email in first else turn)
        for _ in range(5):
            process = sender(tmp_path, str(relay.port), 4)
            wait_for_more(arrived, sum(arrived().values()), process)
            process.kill()
            process.wait()
        while sender(tmp_path, str(relay.port), 4).wait(60) != 75 or states(store)[people[399].email] == "queued":
            pass
        assert set(arrived()) <= first
        waiting = store.connection.execute("SELECT email, due_at FROM deliveries WHERE state = 'queued'").fetchall()
        assert {tuple(row) for row in waiting} == {(person.email, turn) for person in people[400:]}
        later = replace(plan(waiting_since=now), clock=lambda: now + timedelta(hours=3))
        ledger = acquire(store, sending)
        account = Account(host="127.0.0.1", port=relay.port, security="none", sessions=4)
        run(ledger, Smtp(account), composer().compose, later)
        ledger.release()
        balance = store.deliveries.balance(EDITION)
        assert balance is not None
        assert balance.is_closed
        assert balance.sent + balance.in_doubt == 800
        assert max(arrived().values()) == 1
        assert balance.sent <= len(arrived()) <= 800


@pytest.mark.slow
def test_kills_of_a_send_to_a_maildir_leave_no_doubt_at_all(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"

    def arrived() -> Counter[str]:
        return Counter(path.name for path in (outbox / "new").glob("*"))

    toll = kill_until_sent(tmp_path, str(outbox), arrived, kills=KILLS // 2, messages=50 * KILLS, sessions=2)
    assert len(toll.arrived) == 50 * KILLS
    assert {*toll.states.values()} == {DeliveryState.SENT}
    with Store(tmp_path / "broadsheet.db") as store:
        assert len({name_of(row.recipient) for row in store.deliveries.listed(EDITION)}) == len(toll.arrived)
