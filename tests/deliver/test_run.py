"""The run against a real SMTP server and a real database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadsheet.deliver import lanes
from broadsheet.deliver.meter import Speed
from broadsheet.deliver.replies import Kind
from broadsheet.deliver.run import run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.model import DeliveryState
from broadsheet.store import Store
from tests.deliver.material import acquire, composer, freeze, plan, recipients, states
from tests.deliver.relay import CUT, TAKE_AND_CUT, Conversation, Relay, Stage

OFFERS = {
    "pipelining": ("PIPELINING", "8BITMIME"),
    "chunking": ("PIPELINING", "CHUNKING", "8BITMIME"),
    "chunking alone": ("CHUNKING",),
    "nothing": (),
}


def smtp(relay: Relay, **options: Any) -> Smtp:
    settings: dict[str, Any] = {"sessions": 3, "timeout": 2.0, "answer_timeout": 2.0, "security": "none", **options}
    return Smtp(Account(host="127.0.0.1", port=relay.port, **settings))


@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
def test_everybody_gets_one_message(tmp_path: Path, offers: tuple[str, ...]) -> None:
    with Relay(extensions=offers) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(100))
        end = run(acquire(store, sending), smtp(relay), composer().compose, plan(recycle=7))
        assert end.tally == {DeliveryState.SENT: 100}
        assert sorted(t.recipient for t in relay.taken) == sorted(r.email for r in recipients(100))
        balance = store.deliveries.balance(sending.edition)
        assert balance is not None
        assert balance.is_closed


def test_the_speed_is_measured_until_no_work_is_left_for_somebody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that was read ahead may be used up to the last one: that holds nobody back."""
    waiting: list[int] = []
    monkeypatch.setattr(lanes, "MOST_AHEAD", 20)
    with Relay(extensions=OFFERS["pipelining"]) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(200))

        def hold(speed: Speed, now: float) -> None:
            balance = store.deliveries.balance(sending.edition)
            assert balance is not None
            waiting.append(balance.queued)

        monkeypatch.setattr(Speed, "hold", hold)
        run(acquire(store, sending), smtp(relay, sessions=1), composer().compose, plan(recycle=1000))
        assert waiting
        assert max(waiting) == 0


@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
def test_a_refused_recipient_harms_no_other(tmp_path: Path, offers: tuple[str, ...]) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        if stage is Stage.RCPT and talk.recipient in ("reader5@example.com", "reader6@example.com"):
            return "550 5.1.1 user unknown"
        if stage is Stage.RCPT and talk.recipient == "reader9@example.com":
            return "450 4.2.2 mailbox full"
        return None

    with Relay(script, extensions=offers) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(30))
        end = run(acquire(store, sending), smtp(relay), composer().compose, plan())
        assert end.tally == {DeliveryState.SENT: 27, DeliveryState.FAILED: 2, DeliveryState.DEFERRED: 1}
        assert states(store)["reader9@example.com"] is DeliveryState.DEFERRED
        assert len(relay.taken) == 27


def test_a_yes_to_data_after_a_refused_recipient_sends_nobody_a_message(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        if stage is Stage.RCPT and talk.recipient == "reader2@example.com":
            return "550 5.1.1 user unknown"
        return "354 go on anyway" if stage is Stage.DATA else None

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(5))
        end = run(acquire(store, sending), smtp(relay, sessions=1), composer().compose, plan())
        assert end.tally == {DeliveryState.SENT: 4, DeliveryState.FAILED: 1}
        assert len(relay.taken) == 4


@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
def test_no_answer_after_the_end_is_a_doubt_and_is_never_resent(tmp_path: Path, offers: tuple[str, ...]) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return TAKE_AND_CUT if stage is Stage.DOT and talk.recipient == "reader4@example.com" else None

    with Relay(script, extensions=offers) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(20))
        end = run(acquire(store, sending), smtp(relay), composer().compose, plan(patience=5.0))
        assert end.tally[DeliveryState.IN_DOUBT] == 1
        assert states(store)["reader4@example.com"] is DeliveryState.IN_DOUBT
        assert len(relay.taken) == 20


def test_a_connection_lost_in_the_middle_of_a_message_is_tried_again(tmp_path: Path) -> None:
    cut = iter([True, True])

    def script(stage: Stage, talk: Conversation) -> str | None:
        return CUT if stage is Stage.BODY and talk.recipient == "reader4@example.com" and next(cut, False) else None

    body = composer().compose
    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(20))
        end = run(acquire(store, sending), smtp(relay), body, plan(patience=10.0))
        assert len(relay.taken) + end.tally[DeliveryState.IN_DOUBT] == 20


def test_a_refused_sender_stops_the_run_and_puts_everybody_back(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "553 5.7.1 sender not allowed" if stage is Stage.MAIL else None

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(50))
        end = run(acquire(store, sending), smtp(relay), composer().compose, plan())
        assert end.kind is Kind.OURS
        assert set(states(store).values()) == {DeliveryState.QUEUED}
        assert not relay.taken


def test_a_server_that_refuses_the_sender_and_takes_a_message_all_the_same_gets_none(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        lies = {Stage.MAIL: "553 5.7.1 sender not allowed", Stage.RCPT: "250 ok", Stage.DATA: "354 go on"}
        return lies.get(stage)

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(5))
        run(acquire(store, sending), smtp(relay), composer().compose, plan())
        assert set(states(store).values()) == {DeliveryState.QUEUED}
        assert not relay.taken


def test_many_refusals_in_a_row_stop_the_run_and_are_put_back(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "554 5.7.1 message refused: spam" if stage is Stage.DOT else None

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(200))
        end = run(acquire(store, sending), smtp(relay), composer().compose, plan())
        assert end.trouble is not None
        balance = store.deliveries.balance(sending.edition)
        assert balance is not None
        assert balance.failed <= 6
        assert balance.queued >= 194


@pytest.mark.parametrize("denied", [1, 50])
def test_one_address_that_is_not_relayed_harms_no_other_and_all_of_them_stop_the_run(
    tmp_path: Path, denied: int
) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        number = int(talk.recipient.removeprefix("reader").partition("@")[0] or 0) if talk.recipient else 0
        return "554 5.7.1 Relay access denied" if stage is Stage.RCPT and number <= denied else None

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(50))
        end = run(acquire(store, sending), smtp(relay), composer().compose, plan())
        if denied == 1:
            assert end.tally == {DeliveryState.SENT: 49, DeliveryState.FAILED: 1}
        else:
            assert end.kind is Kind.NO_RELAY
            assert set(states(store).values()) == {DeliveryState.QUEUED}


def test_a_relay_that_is_down_is_said_and_nobody_is_lost(tmp_path: Path) -> None:
    with Relay() as relay:
        port = relay.port
    gone = Smtp(Account(host="127.0.0.1", port=port, security="none", sessions=2))
    with Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(10))
        end = run(acquire(store, sending), gone, composer().compose, plan())
        assert end.kind is Kind.RELAY_BUSY
        assert end.trouble is not None
        assert "refused" in end.trouble.text
        assert set(states(store).values()) == {DeliveryState.QUEUED}


def test_who_left_after_the_freeze_is_skipped_with_the_reason(tmp_path: Path) -> None:
    with Relay() as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(10))
        ledger = acquire(store, sending, unwanted={3: "unsubscribed"})
        end = run(ledger, smtp(relay), composer().compose, plan())
        assert end.tally == {DeliveryState.SENT: 9, DeliveryState.SKIPPED: 1}
        row = next(row for row in store.deliveries.listed(sending.edition) if row.recipient == 3)
        assert (row.state, row.text) == (DeliveryState.SKIPPED, "unsubscribed")
