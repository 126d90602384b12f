"""The fault lab: a server that refuses, stalls, cuts or lies at every stage of every conversation.

Whatever happens, the ledger and the server agree afterwards: nobody twice, nobody lost, and in doubt only who was
taken, or may have been, without an answer that reached us.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadsheet.deliver.run import End, run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.model import DeliveryState
from broadsheet.store import Store
from tests.deliver.material import EDITION, acquire, composer, freeze, plan, recipients, states
from tests.deliver.relay import CUT, STALL, TAKE_AND_CUT, Conversation, Relay, Script, Stage
from tests.deliver.test_smtp import context

PEOPLE = 20
SESSIONS = 3
LIES = ("999 what?", "garbage", "250 ok\r\n250 ok\r\n250 ok", "354 go on", "25", "250-never\r\n250-ending", "x" * 9000)
FAULTS = {
    "a refusal for now": "451 4.3.0 not now",
    "a refusal for good": "554 5.0.0 no",
    "goodbye": "421 4.3.2 shutting down",
    "a stall": STALL,
    "a cut": CUT,
    **{f"a lie: {lie[:12]!r}": lie for lie in LIES},
}
ALWAYS = (*list(FAULTS)[:5], *(f"a lie: {lie[:12]!r}" for lie in (LIES[0], LIES[2])))
BEFORE_MAIL = (Stage.BANNER, Stage.EHLO, Stage.STARTTLS, Stage.AUTH)
CONVERSATIONS: dict[str, tuple[str, ...]] = {
    "pipelined": ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"),
    "pipelined, by TLS": ("PIPELINING", "8BITMIME"),
    "chunking, pipelined": ("PIPELINING", "CHUNKING"),
    "chunking, one by one": ("CHUNKING",),
    "one by one": (),
}
TIMES = 4


def table() -> Iterator[tuple[str, Stage, str]]:
    """Cross every conversation with every stage that it has, and every way to break it."""
    for conversation, stage, name in itertools.product(CONVERSATIONS, Stage, FAULTS):
        if stage in BEFORE_MAIL and conversation != "pipelined, by TLS":
            continue  # there all conversations are alike
        if stage is Stage.DATA and "CHUNKING" in CONVERSATIONS[conversation]:
            continue  # which has no DATA
        if name in ALWAYS or conversation == "pipelined" or stage in BEFORE_MAIL:
            yield conversation, stage, name


def test_the_table_breaks_every_stage_in_every_way() -> None:
    found = set(table())
    for stage, name in itertools.product(Stage, FAULTS):
        assert any((conversation, stage, name) in found for conversation in CONVERSATIONS)
    for conversation, stage in itertools.product(CONVERSATIONS, (Stage.BODY, Stage.DOT, Stage.AFTER, Stage.RSET)):
        assert {name for where, at, name in found if (where, at) == (conversation, stage)} >= {*ALWAYS}


def faulty(stage: Stage, fault: str, times: int) -> Script:
    """Misbehave at a stage the first few times it is reached."""
    left = itertools.count()

    def script(here: Stage, talk: Conversation) -> str | None:
        return fault if here is stage and next(left) < times else None

    return script


def smtp(relay: Relay, **options: Any) -> Smtp:
    known = {"security": "none", "sessions": SESSIONS, "timeout": 0.3, "answer_timeout": 0.3, **options}
    return Smtp(Account(host="127.0.0.1", port=relay.port, **known))


def send_at(store: Store, relay: Relay, hours: float = 0.0, patience: float = 0.0, **options: Any) -> End:
    sending = store.deliveries.sending(EDITION)
    assert sending is not None
    ledger = acquire(store, sending)
    try:
        later = plan(patience=patience)
        object.__setattr__(later, "clock", lambda: datetime.now(UTC) + timedelta(hours=hours))
        return run(ledger, smtp(relay, **options), composer().compose, later)
    finally:
        ledger.release()


def reconcile(store: Store, relay: Relay) -> Counter[DeliveryState]:
    """Compare what the server took with what the ledger says."""
    taken = Counter(one.recipient for one in relay.taken)
    assert max(taken.values(), default=0) <= 1, "somebody got two"
    for email, state in states(store).items():
        if state is DeliveryState.SENT:
            assert taken[email] == 1, f"{email} counts as sent, and the server has nothing"
        elif state is not DeliveryState.IN_DOUBT:
            assert not taken[email], f"{email} is {state}, and the server has the message"
    balance = store.deliveries.balance(EDITION)
    assert balance is not None
    assert balance.holds
    assert not balance.in_flight
    return Counter(states(store).values())


@pytest.mark.parametrize(
    ("conversation", "stage", "name"),
    [
        pytest.param(*row, id="-".join(row), marks=[pytest.mark.slow] if row[2].startswith("a lie") else [])
        for row in table()
    ],
)
def test_a_server_that_misbehaves_and_recovers(
    tmp_path: Path, certificate: Path, conversation: str, stage: Stage, name: str
) -> None:
    fault, reached = FAULTS[name], itertools.count()
    first = faulty(Stage.RCPT, "452 4.2.2 mailbox full", TIMES) if stage is Stage.RSET else None

    def script(here: Stage, talk: Conversation) -> str | None:
        if here is stage and next(reached) < TIMES:
            return fault
        return first(here, talk) if first else None

    relays: dict[str, Any] = {"extensions": CONVERSATIONS[conversation]}
    options: dict[str, Any] = {}
    if "TLS" in conversation:
        relays |= {"tls": context(certificate), "login": ("news", "secret")}
        options = {"security": "starttls", "authority": str(certificate), "user": "news", "password": "secret"}
    with Relay(script, **relays) as relay, Store(tmp_path / "a.db") as store:
        freeze(store, recipients(PEOPLE))
        send_at(store, relay, **options)
        assert next(reached) > 0, "the stage was never reached"
        reconcile(store, relay)
        if fault not in LIES:
            doubts = {email for email, state in states(store).items() if state is DeliveryState.IN_DOUBT}
            assert doubts <= {*relay.begun}, "in doubt about somebody who was answered, or never handed over"
            assert doubts >= {*relay.whole}, "somebody without an answer is not in doubt"
        relay.script = None
        for hours in (5.0, 10.0):
            send_at(store, relay, hours, **options)
        counts = reconcile(store, relay)
        assert set(counts) <= {DeliveryState.SENT, DeliveryState.IN_DOUBT, DeliveryState.FAILED}
        assert counts[DeliveryState.FAILED] <= TIMES
        assert counts[DeliveryState.IN_DOUBT] <= TIMES
        if "TLS" in conversation:
            assert all(talk.secure and talk.user for talk in relay.conversations if talk.count)


@pytest.mark.parametrize("offers", [(), ("PIPELINING", "CHUNKING")], ids=["plain", "chunking"])
@pytest.mark.parametrize("fault", [STALL, CUT, TAKE_AND_CUT], ids=["stall", "cut", "take and cut"])
def test_no_answer_leaves_doubt_about_those_alone_it_was_owed_to(
    tmp_path: Path, offers: tuple[str, ...], fault: str
) -> None:
    with Relay(faulty(Stage.DOT, fault, 3), extensions=offers) as relay, Store(tmp_path / "a.db") as store:
        freeze(store, recipients(PEOPLE))
        send_at(store, relay, patience=5.0)
        counts = reconcile(store, relay)
        assert counts == {DeliveryState.IN_DOUBT: 3, DeliveryState.SENT: PEOPLE - 3}


def test_a_connection_cut_just_after_each_answer_costs_nobody(tmp_path: Path) -> None:
    with Relay(faulty(Stage.AFTER, CUT, 8)) as relay, Store(tmp_path / "a.db") as store:
        freeze(store, recipients(PEOPLE))
        send_at(store, relay, patience=10.0)
        assert reconcile(store, relay) == {DeliveryState.SENT: PEOPLE}


def test_a_relay_that_is_busy_for_a_while_is_waited_for(tmp_path: Path) -> None:
    with Relay(faulty(Stage.BANNER, "421 4.3.2 down", 5)) as relay, Store(tmp_path / "a.db") as store:
        freeze(store, recipients(PEOPLE))
        send_at(store, relay, patience=20.0)
        assert reconcile(store, relay) == {DeliveryState.SENT: PEOPLE}


def test_a_relay_that_goes_away_in_the_middle_and_returns_is_waited_for(tmp_path: Path) -> None:
    enough = threading.Event()

    def script(stage: Stage, talk: Conversation) -> str | None:
        if stage is Stage.AFTER and talk.count == 4:
            enough.set()
            return CUT
        return None

    first = Relay(script)
    first.__enter__()
    second = Relay(port=first.port)

    def restart() -> None:
        enough.wait(20)
        first.__exit__()  # nobody listens for a moment: connections are refused
        second.__enter__()

    janitor = threading.Thread(target=restart)
    janitor.start()
    try:
        with Store(tmp_path / "a.db") as store:
            freeze(store, recipients(PEOPLE * 5))
            send_at(store, first, patience=20.0)
            janitor.join()
            assert first.taken
            assert second.taken
            second.taken[:0] = first.taken
            counts = reconcile(store, second)
            assert counts[DeliveryState.IN_DOUBT] <= SESSIONS
            assert counts[DeliveryState.IN_DOUBT] + counts[DeliveryState.SENT] == PEOPLE * 5
    finally:
        janitor.join()
        second.__exit__()
