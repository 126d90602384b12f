"""Test sends and dry runs: the real path and headers, outside of the ledger's balance."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from broadsheet.deliver.replies import Reply
from broadsheet.deliver.transport import Refusal, Transport
from broadsheet.deliver.worker import composed
from broadsheet.model import Message, Recipient


def send_test(
    transport: Transport, compose: Callable[[Recipient], Message], recipients: Iterable[Recipient]
) -> list[tuple[Recipient, Reply]]:
    """Hand a test over to each recipient, one after the other, and give the answers. Nothing is tried twice."""
    answers: list[tuple[Recipient, Reply]] = []
    session = None
    try:
        for recipient in recipients:
            message = composed(compose, recipient)
            if isinstance(message, Reply):
                answers.append((recipient, message))
                continue
            try:
                if session is None or not session.alive:
                    session = transport.open()
            except Refusal as refusal:
                answers.append((recipient, refusal.reply))
                continue
            opened = session.exchange(None, message)[1]
            handed = session.exchange(message, None)[0] if opened and opened.is_yes else opened
            assert handed is not None
            answers.append((recipient, handed))
    finally:
        if session is not None:
            session.close()
    return answers
