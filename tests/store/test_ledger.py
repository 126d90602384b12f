"""The ledger in the project's database."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import LeaseHeld
from broadsheet.model import Delivery, DeliveryState, Recipient
from broadsheet.store import Store
from broadsheet.store.deliveries import SAME_MAILBOX
from broadsheet.store.ledger import SendingLedger
from tests.contracts.ledger import PEOPLE, START, LedgerMachine

EDITION = "daily-2026-11-24"


class _Books:
    """A database file; each sender has a connection of its own."""

    def __init__(self, lanes: list[str], turns: list[float]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-"))
        self.stores = [Store(self.folder / "a.db")]
        lane_of = {f"reader{n}@example.com": lane for n, lane in enumerate(lanes, 1)}
        people = [Recipient(id=n, email=f"reader{n}@example.com", first_name="Ann") for n in range(1, PEOPLE + 1)]
        self.freeze(people, lane=lane_of.__getitem__, turn=lambda one: turns[one.id - 1])
        self.fences = [0]

    @property
    def store(self) -> Store:
        """Whoever is no sender looks by the first connection."""
        return self.stores[0]

    def freeze(self, people: list[Recipient], **options: Any) -> Any:
        shelf = self.store.deliveries
        return shelf.freeze(EDITION, "daily", "hash", "example.org", [(one, "") for one in people], START, **options)

    def acquire(self, now: datetime, took: Callable[[int], bool | None], unwanted: dict[int, str]) -> SendingLedger:
        store = Store(self.folder / "a.db")
        self.stores.append(store)
        sending = store.deliveries.sending(EDITION)
        assert sending is not None
        ledger = store.deliveries.acquire(
            sending, "test", now, took=lambda edition, recipient: took(recipient),
            unwanted=lambda ids: {n: unwanted[n] for n in ids if n in unwanted},
        )  # fmt: skip
        fence = store.connection.execute("SELECT fence FROM lease").fetchone()[0]
        assert fence > self.fences[-1], "a fencing number did not grow"
        self.fences.append(fence)
        with pytest.raises(LeaseHeld):
            self.store.deliveries.acquire(sending, "test", now, took=lambda *_: None, unwanted=lambda ids: {})
        return ledger

    def bury(self) -> None:
        with self.store.transaction():
            self.store.connection.execute("UPDATE lease SET host = 'elsewhere', heartbeat_at = 0")

    def rows(self) -> list[Delivery]:
        return list(self.store.deliveries.listed(EDITION))

    def numbers(self) -> dict[int, int]:
        return dict(map(tuple, self.store.connection.execute("SELECT recipient, number FROM deliveries").fetchall()))

    def handed(self) -> set[int]:
        return {row[0] for row in self.store.connection.execute("SELECT number FROM deliveries WHERE handed")}

    def balance(self) -> Any:
        return self.store.deliveries.balance(EDITION)

    def freeze_again(self) -> str:
        return str(self.freeze([Recipient(id=99, email="late@example.com")]).audience_hash)

    def settle(self, recipients: Iterable[int], became: DeliveryState, was: list[DeliveryState], now: datetime) -> int:
        emails = [f"Reader{n}@example.com" for n in recipients]
        return self.store.deliveries.settle(EDITION, became, now, decided_by="me", from_states=was, emails=emails)

    def decisions(self) -> list[tuple[int, str, str]]:
        rows = self.store.connection.execute("SELECT delivery, was, became FROM settlements WHERE decided_by = 'me'")
        return [tuple(row) for row in rows]

    def halt(self, word: str) -> None:
        self.store.deliveries.set_halt(EDITION, word)

    def close(self) -> None:
        for store in self.stores:
            store.connection.close()
        shutil.rmtree(self.folder)


class _Machine(LedgerMachine):
    def books_of(self, lanes: list[str], turns: list[float]) -> _Books:
        return _Books(lanes, turns)


_Machine.TestCase.settings = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLedger = _Machine.TestCase

# --- the freeze ------------------------------------------------------------------------------------------------------

_PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["ann@example.com", "ANN@example.com", "bob@example.com", "straße@example.com"]),
        st.sampled_from(["", "", "unsubscribed", "suppressed: complaint"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(people=_PEOPLE, other=_PEOPLE)
def test_every_candidate_is_frozen_once_or_left_out_with_a_reason_and_the_hash_tells(
    people: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    def frozen(who: list[tuple[str, str]]) -> str:
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "a.db") as store:
            shelf = store.deliveries
            listed = [(Recipient(id=n, email=email), why) for n, (email, why) in enumerate(who, 1)]
            sending = shelf.freeze(EDITION, "daily", "hash", "example.org", iter(listed), START)
            rows, out = list(shelf.listed(EDITION)), list(shelf.excluded(EDITION))
            assert sending.candidates == len(who) == len(rows) + len(out)
            assert (sending.frozen, sending.excluded) == (len(rows), len(out))
            assert {row.recipient for row in rows} | {number for number, _, _ in out} == set(range(1, len(who) + 1))
            assert len({row.email.casefold() for row in rows}) == len(rows)
            for number, _, reason in out:
                assert reason == (who[number - 1][1] or SAME_MAILBOX)
            balance = shelf.balance(EDITION)
            assert balance is not None
            assert balance.holds
            assert balance.is_closed is (not rows)
            return sending.audience_hash

    assert (frozen(people) == frozen(other)) is (people == other)


def test_a_freeze_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterable[tuple[Recipient, str]]:
        yield Recipient(id=1, email="a@example.com"), ""
        raise KeyboardInterrupt

    with Store(tmp_path / "a.db") as store:
        with pytest.raises(KeyboardInterrupt):
            store.deliveries.freeze(EDITION, "daily", "hash", "example.org", broken(), START)
        assert store.deliveries.sending(EDITION) is None
        assert not list(store.deliveries.listed(EDITION))


def test_a_commit_that_fails_is_taken_back_and_the_next_one_is_kept(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:

        def broken() -> None:
            with store.transaction():
                store.connection.execute("PRAGMA defer_foreign_keys = ON")  # so that it is the COMMIT that fails
                store.connection.execute("INSERT INTO exclusions VALUES (77, 1, 'a@example.com', 'x')")

        with pytest.raises(sqlite3.IntegrityError):
            broken()
        assert not store.connection.in_transaction
        store.deliveries.freeze(EDITION, "daily", "hash", "example.org", [], START)
    with Store(tmp_path / "a.db") as store:
        assert store.deliveries.sending(EDITION) is not None
