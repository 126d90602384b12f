"""What servers say, and what it means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.deliver.refusals import is_believed, is_dead
from broadsheet.deliver.replies import Kind, Phase, Reply, kind_of, names_no_mailbox
from broadsheet.deliver.retry import GIVE_UP_AFTER, LONGEST, decide, delay
from broadsheet.model import DeliveryState
from tests.deliver.material import NOW

CASES = [
    (Phase.ANSWER, 250, "2.0.0 queued", Kind.ACCEPTED),
    (Phase.DATA, 354, "go on", Kind.ACCEPTED),
    (Phase.ANSWER, None, "", Kind.DOUBT),
    (Phase.HANDING, None, "", Kind.LOST),
    (Phase.RECIPIENT, None, "", Kind.LOST),
    (Phase.CONNECT, None, "", Kind.RELAY_BUSY),
    (Phase.CONNECT, 421, "4.3.2 busy", Kind.RELAY_BUSY),
    (Phase.CONNECT, 554, "5.7.1 blocked", Kind.OURS),
    (Phase.LOGIN, 535, "5.7.8 wrong", Kind.OURS),
    (Phase.LOGIN, 454, "4.7.0 not now", Kind.RELAY_BUSY),
    (Phase.TLS, 554, "not to be trusted", Kind.OURS),
    (Phase.SENDER, 553, "5.1.8 bad sender", Kind.OURS),
    (Phase.SENDER, 451, "4.3.0 try later", Kind.RELAY_BUSY),
    (Phase.RECIPIENT, 550, "5.1.1 user unknown", Kind.REFUSED),
    (Phase.RECIPIENT, 550, "No such user here", Kind.REFUSED),
    (Phase.RECIPIENT, 550, "5.7.1 user unknown", Kind.REFUSED),
    (Phase.RECIPIENT, 550, "5.1.1 blocked: your address is on Spamhaus", Kind.BLOCKED),
    (Phase.RECIPIENT, 554, "5.7.1 Relay access denied", Kind.NO_RELAY),
    (Phase.RECIPIENT, 550, "relaying denied", Kind.NO_RELAY),
    (Phase.SENDER, 550, "relaying denied", Kind.OURS),
    (Phase.RECIPIENT, 550, "no", Kind.BLOCKED),
    (Phase.RECIPIENT, 450, "4.2.0 Greylisted, come back in 5 minutes", Kind.GREYLISTED),
    (Phase.RECIPIENT, 452, "4.2.2 mailbox full", Kind.LATER),
    (Phase.RECIPIENT, 421, "4.7.0 closing", Kind.RELAY_BUSY),
    (Phase.ANSWER, 421, "4.7.28 unusual rate", Kind.THROTTLED),
    (Phase.RECIPIENT, 421, "4.7.0 [TSS04] temporarily deferred due to unexpected volume", Kind.THROTTLED),
    (Phase.RECIPIENT, 452, "4.2.2 the mailbox exceeds its limit", Kind.LATER),
    (Phase.SENDER, 454, "4.7.0 Throttling failure: Maximum sending rate exceeded", Kind.THROTTLED),
    (Phase.ANSWER, 450, "4.7.28 unusual rate of mail", Kind.THROTTLED),
    (Phase.ANSWER, 552, "5.3.4 too big", Kind.OURS),
    (Phase.ANSWER, 550, "5.7.26 not authenticated", Kind.OURS),
    (Phase.ANSWER, 550, "5.7.515 access denied", Kind.OURS),
    (Phase.ANSWER, 554, "5.7.1 looks like spam", Kind.BLOCKED),
]


@pytest.mark.parametrize(("phase", "code", "text", "kind"), CASES)
def test_a_reply_has_one_meaning(phase: Phase, code: int | None, text: str, kind: Kind) -> None:
    assert kind_of(Reply(phase, code, text)) is kind


@pytest.mark.parametrize(
    ("phase", "code", "text", "none"),
    [
        (Phase.RECIPIENT, 550, "5.1.1 <ben@example.com>: user unknown", True),
        (Phase.RECIPIENT, 550, "5.1.10 null MX", True),
        (Phase.RECIPIENT, 550, "5.1.6 moved", True),
        (Phase.RECIPIENT, 550, "5.2.1 this account is disabled", True),
        (Phase.RECIPIENT, 550, "No such user here", True),
        (Phase.RECIPIENT, 450, "4.1.1 user unknown", False),
        (Phase.RECIPIENT, 550, "5.2.1 is receiving mail at a rate that prevents more", False),
        (Phase.RECIPIENT, 552, "5.2.2 over quota", False),
        (Phase.RECIPIENT, 550, "5.1.2 no such domain", False),
        (Phase.RECIPIENT, 553, "5.1.3 bad syntax", False),
        (Phase.RECIPIENT, 550, "5.7.1 user unknown", False),
        (Phase.RECIPIENT, 550, "5.7.1 spam", False),
        (Phase.RECIPIENT, 550, "5.1.1 blocked by Spamhaus", False),
        (Phase.RECIPIENT, 550, "5.1.1 sender verify failed: no such user", False),
        (Phase.RECIPIENT, 550, "Requested action not taken: mailbox unavailable", False),
        (Phase.RECIPIENT, 554, "5.7.1 Relay access denied", False),
        (Phase.RECIPIENT, None, "", False),
        (Phase.SENDER, 550, "5.1.1 user unknown", False),
        (Phase.ANSWER, 550, "5.1.1 user unknown", False),
    ],
)
def test_only_a_permanent_word_about_the_mailbox_names_none(
    phase: Phase, code: int | None, text: str, none: bool
) -> None:
    assert names_no_mailbox(Reply(phase, code, text)) is none


def test_a_mailbox_is_dead_after_so_many_editions_in_a_row() -> None:
    assert is_dead([True], 1)
    assert is_dead([True, True, False], 2)
    assert not is_dead([True, False, True], 2)
    assert not is_dead([True], 2)
    assert not is_dead([True, True], 0)


def test_too_many_at_once_are_not_believed() -> None:
    assert is_believed(25, 25)
    assert not is_believed(26, 100)
    assert is_believed(200, 1000)
    assert not is_believed(201, 1000)


def test_an_enhanced_code_of_another_class_is_none() -> None:
    assert Reply(Phase.ANSWER, 250, "5.1.1 odd").enhanced_code == ""
    assert Reply(Phase.ANSWER, 550, "5.1.1 unknown").enhanced_code == "5.1.1"


def test_waiting_doubles_up_to_a_limit_and_chance_spreads_it() -> None:
    assert delay(Kind.LATER, 1, 1.0) == timedelta(minutes=15)
    assert delay(Kind.LATER, 2, 1.0) == timedelta(minutes=30)
    assert delay(Kind.LATER, 20, 1.0) == LONGEST
    assert delay(Kind.LATER, 1, 0.0) == timedelta(minutes=7.5)


def test_old_news_is_given_up() -> None:
    full = Reply(Phase.RECIPIENT, 452, "4.2.2 mailbox full")
    early = decide(full, attempts=1, waiting_since=NOW, now=NOW, chance=0.5)
    assert early.outcome.state is DeliveryState.DEFERRED
    assert early.due_at is not None
    assert early.due_at > NOW
    late = decide(full, attempts=2, waiting_since=NOW, now=NOW + GIVE_UP_AFTER, chance=0.5)
    assert (late.outcome.state, late.due_at) == (DeliveryState.FAILED, None)
