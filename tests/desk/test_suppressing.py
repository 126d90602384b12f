"""Who is written to no more because a relay knew of no such mailbox, and who is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from broadsheet.desk.subscribing import show_person, suppress
from broadsheet.model import DeliveryState, SuppressionReason
from tests.deliver.relay import Conversation, Relay, Stage
from tests.desk.mailroom import Mailroom

REFUSALS = {
    "ben": "550 5.1.1 no such user here",
    "cy": "550 5.7.1 rejected by policy",
    "dot": "552 5.2.2 mailbox full",
    "eve": "550 5.1.1 sender verify failed: unknown user",
}


def script(stage: Stage, talk: Conversation) -> str | None:
    if stage is Stage.RCPT:
        return REFUSALS.get(talk.recipient.partition("@")[0])
    if stage is Stage.DOT and talk.recipient.startswith("fay"):
        return "550 5.1.1 user unknown, says the filter behind"
    return None


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay(script) as relay:
        yield relay


def reasons(room: Mailroom, edition: str) -> dict[str, str]:
    return {email: reason for _, email, reason in room.desk.store.deliveries.excluded(edition)}


def test_a_mailbox_that_is_none_is_left_out_of_the_next_edition(tmp_path: Path, relay: Relay) -> None:
    with closing(Mailroom(tmp_path, relay)) as room:
        for name in ("ada", "ben", "cy", "dot", "eve", "fay"):
            room.reads(f"{name}@example.com")
        day = room.edition(23)
        report = room.send(day)
        assert (report.sent, report.failed, report.suppressed) == (1, 5, 1)
        known = show_person(room.desk, "ben@example.com").suppression
        assert known is not None
        assert known.reason is SuppressionReason.BOUNCE
        assert known.source == "the relay's answer"
        assert known.evidence.startswith("daily-2026-11-23: 550 5.1.1 no such user here (smtp:127.0.0.1:")
        assert room.send(day, retry_failed=True).suppressed == 0
        assert room.states(day)["ben@example.com"] is DeliveryState.SKIPPED
        room.at(24, 5)
        assert room.send(room.edition(24)).excluded == 1
        assert reasons(room, "daily-2026-11-24") == {"ben@example.com": "suppressed: bounce"}


def test_as_many_editions_in_a_row_as_configured(tmp_path: Path, relay: Relay) -> None:
    with closing(Mailroom(tmp_path, relay, smtp="suppress_after = 2")) as room:
        for name in ("ada", "ben", "eve"):
            room.reads(f"{name}@example.com")
        found = []
        for day in (23, 24, 25, 26):
            room.at(day, 5)
            relay.script = None if day == 24 else script  # the mailbox was there for a day
            found.append(room.send(room.edition(day)).suppressed)
        assert found == [0, 0, 0, 1]


def test_none_where_none_is_configured(tmp_path: Path, relay: Relay) -> None:
    with closing(Mailroom(tmp_path, relay, smtp="suppress_after = 0")) as room:
        room.reads("ben@example.com")
        assert room.send(room.edition(23)).suppressed == 0
        assert not room.desk.store.suppressions.any()


def test_an_earlier_reason_stays(tmp_path: Path, relay: Relay) -> None:
    with closing(Mailroom(tmp_path, relay)) as room:
        room.reads("ben@example.com")
        day = room.edition(23)
        room.send(day)
        suppress(room.desk, "ben@example.com", SuppressionReason.COMPLAINT)
        known = show_person(room.desk, "ben@example.com").suppression
        assert known is not None
        assert known.reason is SuppressionReason.BOUNCE


def test_a_provider_that_refuses_everybody_is_not_believed(tmp_path: Path) -> None:
    def away(stage: Stage, talk: Conversation) -> str | None:
        gone = talk.recipient.endswith("@gmail.com") or talk.recipient == "ben@example.com"
        return "550 5.1.1 no such user" if stage is Stage.RCPT and gone else None

    with Relay(away) as relay, closing(Mailroom(tmp_path, relay)) as room:
        for number in range(26):
            room.reads(f"reader{number}@gmail.com")
        for name in ("ada", "ben"):
            room.reads(f"{name}@example.com")
        report = room.send(room.edition(23))
        assert report.failed == 27
        assert (report.suppressed, report.unbelieved) == (1, (("gmail", 26),))
