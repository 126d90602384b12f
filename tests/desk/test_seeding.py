"""The newsroom's own copies: before any reader, by the real path, in nobody's balance."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk.trials import send_test
from broadsheet.errors import ConfigError
from tests.deliver.relay import Conversation, Relay, Stage, Taken
from tests.desk.mailroom import CONFIG, Mailroom

SEEDS = '[publications.daily.sending]\nseeds = ["desk@example.org", "proof@example.net"]\n'
HOUSE = {"desk@example.org", "proof@example.net"}


def recipients(relay: Relay) -> list[str]:
    return [one.recipient for one in relay.taken]


def head(one: Taken) -> str:
    return one.content.partition(b"\r\n\r\n")[0].decode()


def test_seeds_get_a_real_copy_before_any_reader_and_once(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "452 4.2.2 mailbox full" if stage is Stage.RCPT and talk.recipient.startswith("ben") else None

    with Relay(script) as relay, closing(Mailroom(tmp_path, relay, publication=SEEDS)) as room:
        for name in ("ada", "ben"):
            room.reads(f"{name}@example.com")
        day = room.edition(23)
        report = room.send(day)
        assert (report.seeds, report.seeds_refused) == (2, ())
        assert (report.candidates, report.frozen, report.sent, report.deferred) == (2, 2, 1, 1)
        assert report.balanced
        assert recipients(relay)[:2] == ["desk@example.org", "proof@example.net"]
        assert len({one.message_id for one in relay.taken}) == 3
        seed, _, reader = relay.taken
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head(seed)
        assert "[Test]" not in head(seed)
        assert ".seed-" in seed.message_id
        assert ".seed-" not in reader.message_id
        relay.script = None
        room.at(23, 6)
        assert room.send(day).seeds == 0
        assert sorted(recipients(relay)) == sorted([*HOUSE, "ada@example.com", "ben@example.com"])


def test_a_seed_that_is_refused_is_told_and_stops_nobody(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "550 5.7.1 looks like spam" if stage is Stage.RCPT and talk.recipient in HOUSE else None

    with Relay(script) as relay, closing(Mailroom(tmp_path, relay, publication=SEEDS)) as room:
        room.reads("ada@example.com")
        report = room.send(room.edition(23))
        assert report.seeds_refused[0] == ("desk@example.org", "550 5.7.1 looks like spam")
        assert (report.seeds, report.sent) == (0, 1)


def test_where_nobody_lets_us_in_the_next_run_tries_again(tmp_path: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "421 4.3.2 away" if stage is Stage.BANNER else None

    with Relay(script) as relay, closing(Mailroom(tmp_path, relay, publication=SEEDS)) as room:
        room.reads("ada@example.com")
        day = room.edition(23)
        assert room.send(day).seeds == 0
        relay.script = None
        room.at(23, 6)
        report = room.send(day)
        assert (report.seeds, report.sent) == (2, 1)


def test_seeds_and_tests_use_up_the_accounts_limits_and_nobodys_balance(tmp_path: Path) -> None:
    with Relay() as relay, closing(Mailroom(tmp_path, relay, publication=SEEDS, smtp="per_day = 4")) as room:
        for name in ("ada", "ben", "cy"):
            room.reads(f"{name}@example.com")
        day = room.edition(23)
        assert send_test(room.desk, room.publication, day, ["robin@example.org"]).exit_code == 0
        assert "Subject: [Test] " in head(relay.taken[0])
        assert ".test-" in relay.taken[0].message_id
        report = room.send(day)
        assert (report.seeds, report.sent, report.queued) == (2, 1, 2)
        assert report.frozen == 3


def test_a_cancelled_edition_has_no_copies_either(tmp_path: Path) -> None:
    from broadsheet.desk.accounting import direct

    with Relay() as relay, closing(Mailroom(tmp_path, relay, publication=SEEDS + "at = 07:00:00")) as room:
        room.reads("ada@example.com")
        room.at(22, 20)
        day = room.edition(23)
        room.send(day)
        relay.taken.clear()
        direct(room.desk, f"daily-{day}", "paused")
        room.at(23, 7)
        assert room.send(day).sent == 0
        assert not relay.taken


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no bare address"):
        parse_config(
            CONFIG.format(publication='[publications.daily.sending]\nseeds = ["the desk"]', rest=""), folder=tmp_path
        )
