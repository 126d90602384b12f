"""One thread serves all sessions: none of them holds another, whatever it waits for."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broadsheet.deliver.loop import Loop
from broadsheet.deliver.run import run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.model import DeliveryState, Message, Recipient
from broadsheet.store import Store
from tests.deliver.material import acquire, composer, freeze, plan, recipients
from tests.deliver.relay import Conversation, Relay, Stage
from tests.deliver.test_faults import reconcile
from tests.deliver.test_smtp import context

PEOPLE = 40


def send(folder: Path, relay: Relay, compose: Any = None, **options: Any) -> None:
    known = {"security": "none", "sessions": 2, "timeout": 10.0, "answer_timeout": 10.0, **options}
    with Store(folder / "a.db") as store:
        ledger = acquire(store, freeze(store, recipients(PEOPLE)))
        way = Smtp(Account(host="127.0.0.1", port=relay.port, **known))
        end = run(ledger, way, compose or composer().compose, plan(recycle=1000))
        assert end.tally == {DeliveryState.SENT: PEOPLE}


@pytest.mark.parametrize("stage", [Stage.BANNER, Stage.EHLO, Stage.RCPT, Stage.DOT])
def test_a_session_that_is_answered_late_holds_no_other(tmp_path: Path, stage: Stage) -> None:
    held: list[Conversation] = []
    taken: list[int] = []  # by all others when one was held, and when it went on

    def script(here: Stage, talk: Conversation) -> str | None:
        if held and talk is held[0] and len(taken) < 2:
            taken.append(len(relay.taken))
        if here is stage and not held:
            held.append(talk)
            taken.append(len(relay.taken))
            return "LATE 0.7"
        return None

    with Relay(script) as relay:
        send(tmp_path, relay)
        before, after = [*taken, len(relay.taken)][:2]  # the others may have taken all before it went on
        assert after - before >= 4, "the others waited until the late one was answered"


def test_a_message_that_takes_long_to_compose_aside_holds_no_other(tmp_path: Path) -> None:
    enough = threading.Event()

    def script(here: Stage, talk: Conversation) -> str | None:
        if here is Stage.AFTER and len(relay.taken) >= PEOPLE // 2:
            enough.set()
        return None

    def compose(recipient: Recipient) -> Message:
        assert recipient.id != 1 or enough.wait(20), "the others waited until it was composed"
        return composer().compose(recipient)

    with Relay(script) as relay, Store(tmp_path / "a.db") as store:
        ledger = acquire(store, freeze(store, recipients(PEOPLE)))
        way = Smtp(Account(host="127.0.0.1", port=relay.port, security="none", sessions=2))
        end = run(ledger, way, compose, plan(recycle=1000, composes_aside=True))
        assert end.tally == {DeliveryState.SENT: PEOPLE}


@pytest.mark.parametrize("security", ["none", "starttls"])
@pytest.mark.parametrize("offers", [("PIPELINING",), ("PIPELINING", "CHUNKING"), ()])
def test_what_the_system_takes_in_pieces_arrives_whole(
    tmp_path: Path, certificate: Path, offers: tuple[str, ...], security: str
) -> None:
    """Larger than what a socket holds, so that a write leaves something over."""
    made: dict[str, bytes] = {}
    line = b"0123456789 abcdefghijklmnopqrstuvwxyz and once more 0123456789\r\n"

    def compose(recipient: Recipient) -> Message:
        message = composer().compose(recipient)
        if recipient.id <= 2:
            content = message.content + f"{recipient.id}\r\n".encode() + line * 100_000
            message = replace(message, content=content)
            made[recipient.email] = content
        return message

    with Relay(extensions=offers, tls=context(certificate) if security == "starttls" else None) as relay:
        send(tmp_path, relay, compose, security=security, authority=str(certificate))
        arrived = {one.recipient: one.content for one in relay.taken}
        assert {email: arrived[email] for email in made} == made


def test_a_defect_of_ours_is_raised_when_the_others_were_answered(tmp_path: Path) -> None:
    def compose(recipient: Recipient) -> Message:
        if recipient.id == PEOPLE // 2:
            raise LookupError("a defect")
        return composer().compose(recipient)

    with Relay() as relay, Store(tmp_path / "a.db") as store:
        ledger = acquire(store, freeze(store, recipients(PEOPLE)))
        way = Smtp(Account(host="127.0.0.1", port=relay.port, security="none", sessions=3))
        with pytest.raises(LookupError):
            run(ledger, way, compose, plan())
        ledger.release()
        counts = reconcile(store, relay)
        assert counts[DeliveryState.IN_DOUBT] <= 1, "others than the one that was to be handed over by that session"
        assert counts[DeliveryState.SENT] == len(relay.taken) > 0


def test_nobody_is_waited_for_where_nobody_is_left() -> None:
    loop = Loop()
    assert loop.asked(3600) == []
    loop.close()
