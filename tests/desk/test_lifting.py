"""What happens when a suppression is lifted, and what is never lifted by mistake."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from broadsheet.desk import Desk
from broadsheet.desk.bouncing import read_bounces
from broadsheet.desk.subscribing import erase, import_subscribers, show_person, suppress, undo_import
from broadsheet.desk.suppressing import lift, suppress_refused
from broadsheet.errors import AudienceError
from broadsheet.model import Consent, SuppressionReason
from broadsheet.store.backup import back_up
from broadsheet.store.restoring import restore
from tests.deliver.relay import Conversation, Relay, Stage
from tests.desk.mailroom import Mailroom

BEN = "ben@example.com"
BOUNCE = """From MAILER-DAEMON Mon Nov 23 05:00:00 2026
From: MAILER-DAEMON@example.com
To: bounces@example.org
Date: {day} Nov 2026 05:00:00 +0000
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

550 5.1.1 no such user
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; ben@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--x--

"""


def script(stage: Stage, talk: Conversation) -> str | None:
    return "550 5.1.1 no such user here" if stage is Stage.RCPT and talk.recipient == BEN else None


def bring(room: Mailroom, text: str, name: str = "list.csv") -> tuple[int, int, int, int]:
    file = room.desk.folder / name
    file.write_text(text, encoding="utf-8")
    found = import_subscribers(room.desk, room.publication, file).difference
    return found.new, found.changed, found.suppressed, found.would_revive


def undo_ban(room: Mailroom, *, own_words: bool = False) -> None:
    lift(room.desk, BEN, why="their server was down", by="Robin", own_words=own_words)


def test_refusals_that_were_lifted_are_not_counted_again_and_new_ones_are(tmp_path: Path) -> None:
    with Relay(script) as relay, closing(Mailroom(tmp_path, relay)) as room:
        for name in ("ada@example.com", BEN):
            room.reads(name)
        assert room.send(room.edition(23)).suppressed == 1
        undo_ban(room)
        (lifting,) = show_person(room.desk, BEN).liftings
        assert (lifting.by, lifting.why, lifting.at) == ("Robin", "their server was down", room.now)
        assert lifting.suppression.evidence.startswith("daily-2026-11-23: 550 5.1.1 no such user here")
        assert suppress_refused(room.desk, "daily-2026-11-23").count == 0
        room.at(24, 5)
        assert room.send(room.edition(24)).suppressed == 1


def test_refusals_before_a_lifting_do_not_make_up_the_number(tmp_path: Path) -> None:
    with Relay(script) as relay, closing(Mailroom(tmp_path, relay, smtp="suppress_after = 2")) as room:
        for name in ("ada@example.com", BEN):
            room.reads(name)
        found = []
        for day in (23, 24, 25, 26):
            room.at(day, 5)
            found.append(room.send(room.edition(day)).suppressed)
            if day == 24:
                undo_ban(room)
        assert found == [0, 1, 0, 1]


def test_bounces_up_to_the_day_of_a_lifting_are_judged(tmp_path: Path) -> None:
    with closing(Mailroom(tmp_path)) as room:
        room.reads(BEN)
        old, new = tmp_path / "old.mbox", tmp_path / "new.mbox"
        old.write_text(BOUNCE.format(day=23), encoding="utf-8")
        new.write_text(BOUNCE.format(day=25), encoding="utf-8")
        assert read_bounces(room.desk, old, by_address=True).suppressed == 1
        room.at(24, 5)
        undo_ban(room)
        assert read_bounces(room.desk, old, by_address=True).suppressed == 0
        room.at(25, 6)
        assert read_bounces(room.desk, new, by_address=True).suppressed == 1


@pytest.mark.parametrize("said", [SuppressionReason.COMPLAINT, SuppressionReason.REQUEST])
@pytest.mark.parametrize("bounced_first", [True, False])
def test_what_a_reader_said_is_lifted_only_by_name(
    tmp_path: Path, said: SuppressionReason, bounced_first: bool
) -> None:
    with closing(Mailroom(tmp_path)) as room:
        room.reads(BEN)
        if bounced_first:
            suppress(room.desk, BEN, SuppressionReason.BOUNCE)
        suppress(room.desk, BEN, said)
        with pytest.raises(AudienceError, match="said so themselves"):
            undo_ban(room)
        undo_ban(room, own_words=True)
        assert said in {one.suppression.reason for one in show_person(room.desk, BEN).liftings}
        assert show_person(room.desk, BEN).suppression is None


def test_after_an_erasure_the_hash_is_enough(tmp_path: Path) -> None:
    with closing(Mailroom(tmp_path)) as room:
        room.reads(BEN)
        erase(room.desk, BEN)
        assert [one.email for one in room.desk.store.suppressions.everyone()] == [""]
        assert bring(room, f"email\n{BEN}\n") == (0, 0, 1, 0)
        undo_ban(room, own_words=True)
        assert bring(room, f"email\n{BEN}\n") == (1, 0, 0, 0)


def test_a_list_that_was_wrong_about_a_bounce_no_longer_bars_anybody(tmp_path: Path) -> None:
    with closing(Mailroom(tmp_path)) as room:
        room.reads("ada@example.com")
        bring(room, f"email,status\n{BEN},bounced\nada@example.com,bounced\n", "cleaned.csv")
        for email in (BEN, "ada@example.com"):
            lift(room.desk, email, why="the platform was wrong", by="Robin")
        states = [show_person(room.desk, one).subscriptions[0][0].state for one in (BEN, "ada@example.com")]
        assert states == [Consent.PENDING, Consent.CONFIRMED]
        assert bring(room, f"email\n{BEN}\nada@example.com\n") == (0, 1, 0, 0)


def test_an_undone_import_takes_back_whom_it_brought_though_their_suppression_was_lifted(tmp_path: Path) -> None:
    with closing(Mailroom(tmp_path)) as room:
        room.reads("ada@example.com")
        bring(room, f"email,status\n{BEN},bounced\nada@example.com,bounced\n", "cleaned.csv")
        for email in (BEN, "ada@example.com"):
            lift(room.desk, email, why="the platform was wrong", by="Robin")
        _, done = undo_import(room.desk, room.publication)
        assert done == {"removed": 1, "restored": 1, "kept": 0, "suppressions_lifted": 0}
        assert show_person(room.desk, BEN).subscriber is None
        ada = show_person(room.desk, "ada@example.com")
        assert ada.subscriptions[0][0].state is Consent.CONFIRMED
        assert [step.basis for step in ada.subscriptions[0][1]][-1] == "suppression lifted"
        assert [one.by for email in (BEN, "ada@example.com") for one in show_person(room.desk, email).liftings] == [
            "Robin", "Robin",
        ]  # fmt: skip


@pytest.mark.parametrize("said", list(SuppressionReason))
def test_an_undone_import_lifts_nothing_that_was_said_again_since(tmp_path: Path, said: SuppressionReason) -> None:
    with closing(Mailroom(tmp_path)) as room:
        bring(room, f"email,status\n{BEN},bounced\n", "cleaned.csv")
        if said is SuppressionReason.REQUEST:
            erase(room.desk, BEN)
        else:
            suppress(room.desk, BEN, said)
        assert undo_import(room.desk, room.publication)[1]["suppressions_lifted"] == 0
        kept = show_person(room.desk, BEN).suppression
        assert kept is not None
        if said in (SuppressionReason.COMPLAINT, SuppressionReason.REQUEST):
            assert kept.reason is said
            with pytest.raises(AudienceError, match="said so themselves"):
                undo_ban(room)
        assert bring(room, f"email\n{BEN}\n") == (0, 0, 1, 0)


WEEKEND = """
[publications.weekend]
title = "The Weekend"
sender = "news@example.org"
postal_address = "1 Press Lane"
sections = [{ category = "Tech" }]
"""


def into(desk: Desk, publication: str, status: str = "bounced") -> None:
    file = desk.folder / f"{publication}_cleaned.csv"
    file.write_text(f"email,status\n{BEN},{status}\n", encoding="utf-8")
    import_subscribers(desk, desk.config.publication(publication), file)


@pytest.mark.parametrize("order", [("daily", "weekend"), ("weekend", "daily")])
def test_of_two_imports_that_say_the_same_each_counts_by_itself(tmp_path: Path, order: tuple[str, str]) -> None:
    with closing(Mailroom(tmp_path, rest=WEEKEND)) as room:
        for publication in ("daily", "weekend"):
            into(room.desk, publication)
        assert undo_import(room.desk, room.desk.config.publication(order[0]))[1]["suppressions_lifted"] == 0
        kept = show_person(room.desk, BEN).suppression
        assert kept is not None
        assert (kept.reason, kept.source) == (SuppressionReason.BOUNCE, f"{order[1]}_cleaned.csv")
        assert undo_import(room.desk, room.desk.config.publication(order[1]))[1]["suppressions_lifted"] == 1
        assert room.desk.store.suppressions.get(BEN) is None
        for table in ("suppressions", "own_words", "import_words"):
            assert room.desk.store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


def test_a_list_that_comes_every_week_leaves_one_line_and_its_complaint_outlives_its_bounce(tmp_path: Path) -> None:
    with closing(Mailroom(tmp_path, rest=WEEKEND)) as room:
        for _ in range(3):
            into(room.desk, "daily")
            into(room.desk, "weekend")
        count = "SELECT count(*) FROM import_words"
        assert room.desk.store.connection.execute(count).fetchone()[0] == 1
        into(room.desk, "weekend", "complained")
        with pytest.raises(AudienceError, match="said so themselves"):
            undo_ban(room)
        for lifted in (0, 0, 0):
            assert undo_import(room.desk, room.desk.config.publication("daily"))[1]["suppressions_lifted"] == lifted
        kept = show_person(room.desk, BEN).suppression
        assert kept is not None
        assert (kept.reason, kept.source) == (SuppressionReason.COMPLAINT, "weekend_cleaned.csv")
        undo_ban(room, own_words=True)
        assert {one.suppression.reason for one in show_person(room.desk, BEN).liftings} == {
            SuppressionReason.COMPLAINT, SuppressionReason.BOUNCE,
        }  # fmt: skip
        assert room.desk.store.connection.execute(count).fetchone()[0] == 0


def test_a_suppression_that_came_back_after_a_lifting_outlives_the_undo_of_the_import(tmp_path: Path) -> None:
    with closing(Mailroom(tmp_path)) as room:
        bring(room, f"email,status\n{BEN},bounced\n", "cleaned.csv")
        undo_ban(room)
        suppress(room.desk, BEN, SuppressionReason.BOUNCE)
        assert undo_import(room.desk, room.publication)[1]["suppressions_lifted"] == 0
        assert show_person(room.desk, BEN).suppression is not None


def test_a_lifting_is_never_rewritten_and_needs_a_reason(tmp_path: Path) -> None:
    with closing(Mailroom(tmp_path)) as room:
        with pytest.raises(AudienceError, match="is not suppressed"):
            undo_ban(room)
        suppress(room.desk, BEN, SuppressionReason.MANUAL)
        with pytest.raises(AudienceError, match="needs a reason"):
            lift(room.desk, BEN, why=" ", by="Robin")
        undo_ban(room)
        for statement in ("UPDATE liftings SET why = ''", "DELETE FROM liftings"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                room.desk.store.connection.execute(statement)


def test_a_restored_backup_knows_what_was_lifted_since(tmp_path: Path) -> None:
    with closing(Mailroom(tmp_path)) as room:
        room.reads(BEN)
        suppress(room.desk, BEN, SuppressionReason.BOUNCE)
        backup = tmp_path / "backup.db"
        back_up(room.desk.store.connection, backup)
        room.at(24, 5)
        undo_ban(room)
        for hour in (6, 7):
            room.at(24, hour)
            restore(backup, tmp_path / "broadsheet.db", now=room.now, secrets=room.desk.store.secrets)
    with closing(Mailroom(tmp_path)) as room:
        person = show_person(room.desk, BEN)
        assert person.suppression is None
        assert [one.by for one in person.liftings] == ["Robin"]
