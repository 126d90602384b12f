"""The commands that send and answer for it, as a person types them."""

from __future__ import annotations

import email
import email.policy
import io
import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from broadsheet.cli.main import main
from broadsheet.store import Store
from tests.deliver.relay import Conversation, Relay, Stage

CONFIG = """
[publications.daily]
title = "The Morning Sheet"
sender = "The Morning Sheet <news@example.org>"
postal_address = "1 Press Lane, London"
base_url = "https://news.example.org"

[[publications.daily.sections]]
category = "Politics"

[sources.desk]
path = "stories"
"""
STORY = """Council votes to reopen the market

The council voted on Monday evening to reopen the market.
Stalls will be let from March.
Jo Marlowe for The Morning Sheet
Find more stories on Politics and Economy in The Morning Sheet local
"""


@dataclass
class Outcome:
    returncode: int
    stdout: str
    stderr: str


def broadsheet(project: Path, *arguments: str, **environment: str) -> Outcome:
    """Run a command as the shell does, in this process: the imports of a new one cost more than the work."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with (
        patch.dict(os.environ, environment),
        patch.object(sys, "argv", ["broadsheet", "-C", str(project), *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("project")
    (project / "stories").mkdir()
    (project / "stories" / "one.txt").write_text(STORY)
    (project / "broadsheet.toml").write_text(CONFIG)
    (project / "list.csv").write_text("email,first_name\nada@example.com,Ada\nben@example.com,Ben\ncy@example.com,Cy\n")
    for arguments in (("gather",), ("subscribers", "import", str(project / "list.csv")), ("pick",)):
        outcome = broadsheet(project, *arguments)
        assert outcome.returncode == 0, outcome.stderr
    outcome = broadsheet(project, "send")
    assert outcome.returncode == 3, outcome.stderr
    assert "not approved" in outcome.stderr
    outcome = broadsheet(project, "edition", "approve")
    assert outcome.returncode == 0, outcome.stderr
    return project


@pytest.fixture
def project(approved: Path, tmp_path: Path) -> Path:
    """Copy the prepared project, and say that the copy is the one that sends."""
    copy = Path(shutil.copytree(approved, tmp_path / "project"))
    with Store(copy / "broadsheet.db") as store:
        store.deliveries.adopt()
    return copy


def through(project: Path, relay: Relay, more: str = "") -> None:
    table = f'\n[smtp]\nhost = "127.0.0.1"\nport = {relay.port}\nsecurity = "none"\ntimeout = 3\n{more}\n'
    (project / "broadsheet.toml").write_text(CONFIG + table)


def outbox(project: Path) -> list[Path]:
    return sorted((project / "outbox" / "new").glob("*"))


def test_an_edition_goes_to_a_segment_and_to_no_other_afterwards(project: Path) -> None:
    dry = broadsheet(project, "send", "--segment", 'first_name == "Ada"', "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    assert (json.loads(dry.stdout)["frozen"], json.loads(dry.stdout)["excluded"]) == (1, 2)
    unknown = broadsheet(project, "send", "--segment", 'frist_name == "Ada"')
    assert unknown.returncode == 1
    assert "did you mean 'first_name'" in unknown.stderr
    mixed = broadsheet(project, "send", "--segment", 'first_name == "Ada"', "--test", "me@example.org")
    assert mixed.returncode == 2
    assert not outbox(project)
    first = broadsheet(project, "send", "--segment", 'first_name == "Ada"')
    assert first.returncode == 0, first.stderr
    assert "1 frozen + 2 excluded" in first.stdout
    assert 'frozen for the segment first_name == "Ada"' in first.stdout
    for same in ([], ["--segment", '  first_name=="Ada" ']):
        again = broadsheet(project, "send", *same, "--json")
        assert again.returncode == 0, again.stderr
        assert json.loads(again.stdout)["segment"] == 'first_name == "Ada"'
    for words in (["send"], ["send", "--dry-run"]):
        other = broadsheet(project, *words, "--segment", 'first_name == "Ben"')
        assert other.returncode == 1
        assert 'already frozen for the segment first_name == "Ada"' in other.stderr
    assert len(outbox(project)) == 1
    listed = broadsheet(project, "deliveries", "--missing", "--json")
    assert {row["text"] for row in json.loads(listed.stdout)} == {"left out: not in the segment"}


def test_what_was_frozen_for_everybody_takes_no_segment_afterwards(project: Path) -> None:
    assert broadsheet(project, "send").returncode == 0
    late = broadsheet(project, "send", "--segment", 'first_name == "Ada"')
    assert late.returncode == 1
    assert "already frozen for everybody" in late.stderr


def test_an_approved_edition_goes_to_everybody_once(project: Path) -> None:
    first = broadsheet(project, "send", "--json")
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert {key: report[key] for key in ("candidates", "frozen", "excluded", "sent", "failed", "deferred")} == {
        "candidates": 3, "frozen": 3, "excluded": 0, "sent": 3, "failed": 0, "deferred": 0,
    }  # fmt: skip
    assert len(outbox(project)) == 3
    second = broadsheet(project, "send")
    assert second.returncode == 0
    assert "nothing to send" in second.stdout
    assert len(outbox(project)) == 3
    message = email.message_from_bytes(outbox(project)[0].read_bytes(), policy=email.policy.default)
    assert message["List-Unsubscribe"].startswith("<https://news.example.org/u/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_theme_or_name_changed_after_the_approval_stops_the_send(project: Path) -> None:
    (project / "broadsheet.toml").write_text(CONFIG.replace("Press Lane", "Printing Lane"))
    outcome = broadsheet(project, "send")
    assert outcome.returncode == 3
    assert "does not look as it did" in outcome.stderr
    assert not outbox(project)


def test_a_test_send_is_marked_and_counts_nowhere(project: Path) -> None:
    outcome = broadsheet(project, "send", "--test", "me@example.org", "--test", "not an address")
    assert outcome.returncode == 4
    assert len(outbox(project)) == 1
    assert b"Subject: [Test] " in outbox(project)[0].read_bytes()
    assert broadsheet(project, "send").returncode == 0
    assert len(outbox(project)) == 4


def test_a_dry_run_shows_all_and_sends_nothing(project: Path) -> None:
    outcome = broadsheet(project, "send", "--dry-run", "--out", str(project / "dry"))
    assert outcome.returncode == 0, outcome.stderr
    assert not outbox(project)
    assert len(list((project / "dry").glob("*.eml"))) == 3
    assert (project / "dry" / "recipients.csv").read_text().count("\n") == 4


def test_a_dry_run_of_what_was_sent_says_so(project: Path) -> None:
    assert broadsheet(project, "send").returncode == 0
    dry = broadsheet(project, "send", "--dry-run")
    assert "3 got it before and get it no second time" in dry.stdout
    assert "If it began now" not in dry.stdout


def test_what_is_over_can_be_neither_paused_nor_cancelled(project: Path) -> None:
    assert broadsheet(project, "send").returncode == 0
    for option in ("--pause", "--cancel"):
        refused = broadsheet(project, "send", option)
        assert refused.returncode == 1
        assert "is over: nobody waits for it any more" in refused.stderr
    again = broadsheet(project, "send", "--resume")
    assert again.returncode == 0
    assert "is paused" not in again.stderr


def test_failed_ones_are_told_and_tried_again_on_request(project: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return (
            "552 5.2.2 mailbox full: no such room" if stage is Stage.RCPT and talk.recipient.startswith("ben") else None
        )

    with Relay(script) as relay:
        through(project, relay)
        outcome = broadsheet(project, "send")
        assert outcome.returncode == 4, outcome.stderr
        assert "1 failed" in outcome.stdout
        assert "1 failed: `broadsheet deliveries daily-" in outcome.stderr
        listed = broadsheet(project, "deliveries", "--missing", "--json")
        assert [row["email"] for row in json.loads(listed.stdout)] == ["ben@example.com"]
        assert "no such room" in broadsheet(project, "deliveries", "--state", "failed", "--csv").stdout
        relay.script = None
        assert broadsheet(project, "send").returncode == 0
        assert broadsheet(project, "send", "--retry-failed").returncode == 0
        assert sorted(taken.recipient[:2] for taken in relay.taken) == ["ad", "be", "cy"]


def test_a_mailbox_that_is_none_is_suppressed_and_said_why(project: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "550 5.1.1 user unknown" if stage is Stage.RCPT and talk.recipient.startswith("ben") else None

    with Relay(script) as relay:
        through(project, relay)
        outcome = broadsheet(project, "send")
        assert outcome.returncode == 4
        assert "1 suppressed, as there is no such mailbox" in outcome.stderr
        shown = broadsheet(project, "subscribers", "show", "ben@example.com")
        assert "suppressed: bounce since" in shown.stdout
        assert "550 5.1.1 user unknown (smtp:127.0.0.1" in shown.stdout


def test_doubtful_ones_wait_for_a_persons_word(project: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "TAKE AND CUT" if stage is Stage.DOT and talk.recipient.startswith("ben") else None

    with Relay(script) as relay:
        through(project, relay)
        assert broadsheet(project, "send").returncode == 4
        relay.script = None
        assert broadsheet(project, "send").returncode == 0
        assert len(relay.taken) == 3
        mistyped = broadsheet(project, "settle", "--sent", "bne@example.com")
        assert mistyped.returncode == 1
        assert "bne@example.com is not in doubt" in mistyped.stderr
        settled = broadsheet(project, "settle", "--again", "Ben@example.com", "ada@example.com")
        assert settled.returncode == 4
        assert "1 in doubt will be sent again" in settled.stdout
        assert "ada@example.com is not in doubt" in settled.stderr
        assert broadsheet(project, "send").returncode == 0
        assert len(relay.taken) == 4
        assert len({taken.message_id for taken in relay.taken}) == 3


def test_deferred_ones_are_tried_later(project: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "452 4.2.2 mailbox full" if stage is Stage.RCPT and talk.recipient.startswith("cy") else None

    with Relay(script) as relay:
        through(project, relay)
        outcome = broadsheet(project, "send")
        assert outcome.returncode == 75
        assert "1 deferred" in outcome.stdout


def test_a_relay_that_is_not_there_is_one_clear_line(project: Path) -> None:
    with Relay() as relay:
        through(project, relay)
    outcome = broadsheet(project, "send", "--wait", "0")
    assert outcome.returncode == 75
    assert "Connection refused" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_login_that_is_refused_stops_the_send(project: Path) -> None:
    with Relay(login=("news", "right")) as relay:
        through(project, relay, 'user = "news"\npassword_env = "BROADSHEET_TEST_PASSWORD"')
        unset = broadsheet(project, "send")
        assert unset.returncode == 2
        assert "BROADSHEET_TEST_PASSWORD is not set" in unset.stderr
        wrong = broadsheet(project, "send", BROADSHEET_TEST_PASSWORD="wrong")
        assert wrong.returncode == 1
        assert "535" in wrong.stderr
        assert wrong.stderr.count("3 to send: done at") == 1  # before the first mail, and not after the stop
        tested = broadsheet(project, "send", "--test", "me@example.org", BROADSHEET_TEST_PASSWORD="wrong")
        assert tested.returncode == 4
        assert tested.stdout.split()[:3] == ["me@example.org", "not", "sent"]
        run = broadsheet(project, "run", BROADSHEET_TEST_PASSWORD="wrong")
        assert run.returncode == 1
        assert " wrong. Mend that; then the next run goes on." in broadsheet(project, "status").stdout
        assert "wrong" not in wrong.stdout
        assert broadsheet(project, "send", BROADSHEET_TEST_PASSWORD="right").returncode == 0


def test_no_server_is_used_without_a_way_to_leave(project: Path) -> None:
    with Relay() as relay:
        through(project, relay)
        text = (project / "broadsheet.toml").read_text()
        (project / "broadsheet.toml").write_text(text.replace('base_url = "https://news.example.org"\n', ""))
        outcome = broadsheet(project, "send")
        assert outcome.returncode in (2, 3)
        assert not relay.taken


def test_a_copy_and_a_restored_database_wait_for_a_persons_word(project: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    shutil.copy(project / "broadsheet.db", backup)
    assert broadsheet(project, "send").returncode == 0
    copy = Path(shutil.copytree(project, tmp_path / "copy"))
    assert broadsheet(copy, "settle", "--adopt").returncode == 0
    shutil.rmtree(copy)
    copy = Path(shutil.copytree(project, tmp_path / "copy"))
    with sqlite3.connect(copy / "broadsheet.db") as database:
        database.execute("UPDATE deliveries SET state = 'queued' WHERE email = 'ada@example.com'")
    database.close()
    refused = broadsheet(copy, "send")
    assert refused.returncode == 1
    assert "is a copy" in refused.stderr
    for file in project.glob("broadsheet.db-*"):
        file.unlink()
    shutil.copy(backup, project / "broadsheet.db")
    refused = broadsheet(project, "send")
    assert refused.returncode == 1
    assert "restored" in refused.stderr
    assert len(outbox(project)) == 3
    assert broadsheet(project, "settle", "--adopt").returncode == 0
    assert broadsheet(project, "send").returncode == 0


def test_on_a_terminal_the_report_begins_a_line_of_its_own(project: Path) -> None:
    with Relay(lambda stage, talk: "LATE 0.1" if stage is Stage.DOT else None) as relay:
        through(project, relay, "connections = 1")
        ours, theirs = pty.openpty()
        try:
            command = [sys.executable, "-m", "broadsheet", "-C", str(project), "send"]
            assert subprocess.run(command, stdout=theirs, stderr=theirs, check=False).returncode == 0
            shown = os.read(ours, 1 << 16).decode()
        finally:
            os.close(ours)
            os.close(theirs)
    assert "1 of 3" in shown
    assert shown.rpartition("\x1b[K")[2].startswith("daily-")


def test_a_copy_of_a_project_that_never_sent_waits_for_a_persons_word_and_a_moved_one_does_not(
    project: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(project, tmp_path / "copy"))
    moved = project.rename(tmp_path / "moved")
    told = "sending is held: it is a copy of one that was made on "
    for command in (("status",), ("schedule", "install", "cron"), ("doctor",)):
        said, unsaid = broadsheet(copy, *command), broadsheet(moved, *command)
        assert told in said.stdout + said.stderr
        assert told not in unsaid.stdout + unsaid.stderr
    assert json.loads(broadsheet(copy, "status", "--json").stdout)["held"].endswith("broadsheet settle --adopt")
    refused = broadsheet(copy, "send")
    assert refused.returncode == 1
    assert "If it is the one from now on, and no other: `broadsheet settle --adopt`.\n" in refused.stderr
    assert broadsheet(copy, "deliveries").returncode == 1, "it was frozen"
    assert "3 sent" in broadsheet(moved, "send").stdout
    assert broadsheet(copy, "send").returncode == 1
    assert broadsheet(copy, "settle", "--adopt").returncode == 0
    assert "3 sent" in broadsheet(copy, "send").stdout


def test_pause_resume_and_cancel(project: Path) -> None:
    assert broadsheet(project, "send", "--pause").returncode == 1

    def script(stage: Stage, talk: Conversation) -> str | None:
        return "452 4.2.2 mailbox full" if stage is Stage.RCPT and talk.recipient.startswith("cy") else None

    with Relay(script) as relay:
        through(project, relay)
        assert broadsheet(project, "send").returncode == 75
        assert broadsheet(project, "send", "--pause").returncode == 0
        assert "1 waits for its turn: 0 queued, 1 deferred" in broadsheet(project, "send").stdout
        paused = broadsheet(project, "send")
        assert paused.returncode == 75
        assert "is paused; to go on: broadsheet send --resume" in paused.stderr
        assert "done at" not in paused.stderr
        standing = broadsheet(project, "status").stdout
        assert "2 of 3 sent; paused: nobody is written to until `broadsheet send --resume`" in standing
        assert broadsheet(project, "send", "--resume").returncode == 75
        cancelled = broadsheet(project, "send", "--cancel")
        assert cancelled.returncode == 0, cancelled.stderr
        assert "1 skipped" in cancelled.stdout
        assert broadsheet(project, "send", "--resume").returncode == 1
        assert "2 of 3 sent, 1 skipped" in broadsheet(project, "status").stdout
        assert len(relay.taken) == 2


def test_a_cancel_takes_no_password_and_no_unchanged_edition(project: Path) -> None:
    def script(stage: Stage, talk: Conversation) -> str | None:
        return "452 4.2.2 mailbox full" if stage is Stage.RCPT and talk.recipient.startswith("cy") else None

    with Relay(script, login=("news", "right")) as relay:
        through(project, relay, 'user = "news"\npassword_env = "BROADSHEET_TEST_PASSWORD"')
        assert broadsheet(project, "send", BROADSHEET_TEST_PASSWORD="right").returncode == 75
        text = (project / "broadsheet.toml").read_text()
        (project / "broadsheet.toml").write_text(text.replace("Press Lane", "Printing Lane"))
        assert broadsheet(project, "send", BROADSHEET_TEST_PASSWORD="right").returncode == 3
        cancelled = broadsheet(project, "send", "--cancel", "--json")
        assert cancelled.returncode == 0, cancelled.stderr
        report = json.loads(cancelled.stdout)
        assert {key: report[key] for key in ("status", "sent", "skipped", "halt", "balanced")} == {
            "status": "sent", "sent": 2, "skipped": 1, "halt": "cancelled", "balanced": True,
        }  # fmt: skip
        rows = json.loads(broadsheet(project, "deliveries", "--state", "skipped", "--json").stdout)
        assert [(row["email"], row["text"]) for row in rows] == [("cy@example.com", "cancelled")]


def test_a_cancel_from_another_terminal_ends_a_hold(project: Path) -> None:
    text = (project / "broadsheet.toml").read_text()
    (project / "broadsheet.toml").write_text(text + '\n[publications.daily.sending]\nhold = "30m"\n')
    sender = subprocess.Popen(
        [sys.executable, "-m", "broadsheet", "-C", str(project), "send"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert sender.stderr is not None
    try:
        assert "3 to send: held until " in sender.stderr.readline()
        assert "keeps it back" in sender.stderr.readline()
        cancelled = broadsheet(project, "send", "--cancel")
        assert "is cancelled" in cancelled.stdout, cancelled.stderr
        assert sender.wait(30) == 0
    finally:
        sender.kill()
        sender.wait()
        sender.stderr.close()
    assert not outbox(project)
    rows = json.loads(broadsheet(project, "deliveries", "--missing", "--json").stdout)
    assert {row["state"] for row in rows} == {"skipped"}


ACCOUNTS = """
name = "first"
user = "news"
password_env = "BROADSHEET_TEST_PASSWORD"
per_day = 1

[[smtp.accounts]]
name = "second"
host = "127.0.0.1"
port = {port}
security = "none"
user = "spare"
password_env = "BROADSHEET_SPARE_PASSWORD"
per_day = {limit}
"""


def test_two_accounts_in_order_with_their_limits(project: Path) -> None:
    with Relay(login=("news", "right")) as first, Relay(login=("spare", "spare")) as second:
        through(project, first, ACCOUNTS.format(port=second.port, limit=1))
        secrets = {"BROADSHEET_TEST_PASSWORD": "right", "BROADSHEET_SPARE_PASSWORD": "spare"}
        outcome = broadsheet(project, "send", **secrets)
        assert outcome.returncode == 75, outcome.stderr
        assert "over today's limit by 1" in outcome.stderr
        assert (len(first.taken), len(second.taken)) == (1, 1)
        assert broadsheet(project, "send", **secrets).returncode == 75
        through(project, first, ACCOUNTS.format(port=second.port, limit=5))
        assert broadsheet(project, "send", **secrets).returncode == 0
        assert (len(first.taken), len(second.taken)) == (1, 2)
        rows = json.loads(broadsheet(project, "deliveries", "--json").stdout)
        assert sorted(row["server"].partition(",")[0] for row in rows) == ["first", "second", "second"]


def test_an_account_whose_login_is_refused_is_passed_over_and_told(project: Path) -> None:
    with Relay(login=("news", "right")) as first, Relay(login=("spare", "spare")) as second:
        through(project, first, ACCOUNTS.format(port=second.port, limit=0))
        outcome = broadsheet(
            project, "send", BROADSHEET_TEST_PASSWORD="wrong", BROADSHEET_SPARE_PASSWORD="spare"
        )  # fmt: skip
        assert outcome.returncode == 0, outcome.stderr
        assert (len(first.taken), len(second.taken)) == (0, 3)
        assert "first, smtp:127.0.0.1" in outcome.stderr
        assert "535" in outcome.stderr


def test_when_both_logins_are_refused_nothing_is_lost(project: Path) -> None:
    with Relay(login=("news", "right")) as first, Relay(login=("spare", "spare")) as second:
        through(project, first, ACCOUNTS.format(port=second.port, limit=0))
        wrong = broadsheet(project, "send", BROADSHEET_TEST_PASSWORD="no", BROADSHEET_SPARE_PASSWORD="no")
        assert wrong.returncode == 1
        assert "stopped: first, smtp:127.0.0.1" in wrong.stderr
        right = broadsheet(project, "send", BROADSHEET_TEST_PASSWORD="right", BROADSHEET_SPARE_PASSWORD="spare")
        assert right.returncode == 0, right.stderr
        assert len(first.taken) + len(second.taken) == 3


def test_a_second_sender_is_told_who_holds_the_lease(project: Path) -> None:
    handed = threading.Event()

    def script(stage: Stage, talk: Conversation) -> str | None:
        if stage is not Stage.DOT:
            return None
        handed.set()
        return "STALL"

    with Relay(script) as relay:
        through(project, relay)
        first = subprocess.Popen(
            [sys.executable, "-m", "broadsheet", "-C", str(project), "send"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert handed.wait(30)
            second = broadsheet(project, "send")
            assert second.returncode == 75
            assert f"process {first.pid}" in second.stderr
        finally:
            first.kill()
            first.wait()
        relay.script = None
        after = broadsheet(project, "send")
        assert after.returncode == 4, after.stderr
        assert "in doubt" in after.stderr


def test_the_forecast_is_said_before_the_first_mail_and_the_next_run_goes_on(project: Path) -> None:
    with Relay() as relay:
        through(project, relay, 'per_day = 2\n[providers."example.com"]\nper_hour = 50')
        assert "3 to send: done at" in broadsheet(project, "status").stdout
        config = (project / "broadsheet.toml").read_text()
        (project / "broadsheet.toml").write_text(config + "\n[publications.daily.schedule]\n")
        assert "over today's limit by 1" in broadsheet(project, "plan", "--next", "2").stdout
        listed = json.loads(broadsheet(project, "plan", "--next", "2", "--json").stdout)
        first, *later = [one for one in listed if one["made_now"] is not False]
        assert (first["forecast"]["waiting"], {one["forecast"] for one in later}) == (3, {None})
        assert first["forecast"]["done_at"] >= first["due_at"]
        (project / "broadsheet.toml").write_text(config)
        dry = broadsheet(project, "send", "--dry-run", "--json")
        assert json.loads(dry.stdout)["forecast"]["over_today"] == 1
        assert "over today's limit by 1" in broadsheet(project, "send", "--dry-run").stdout
        first = broadsheet(project, "send")
        assert first.returncode == 75
        assert "3 to send: done at" in first.stderr
        assert "to go on: `broadsheet send -p daily --date 20" in first.stderr
        assert "over today's limit by 1" in first.stderr
        assert len(relay.taken) == 2
        assert "1 to send: done at" in broadsheet(project, "status").stdout
        (project / "broadsheet.toml").write_text(config + "\n[publications.daily.schedule]\n")
        planned = broadsheet(project, "plan").stdout
        assert "`broadsheet run` goes on with it now: it was begun." in planned
        assert "1 to send: done at" in planned
        assert "3 to send: done at" in planned  # the next one
        (project / "broadsheet.toml").write_text(config)
        (outgoing,) = json.loads(broadsheet(project, "status", "--json").stdout)["outgoing"]
        assert (outgoing["forecast"]["waiting"], outgoing["forecast"]["limited_by"]) == (1, "account")
        second = broadsheet(project, "send", "--json")
        assert second.returncode == 75
        assert json.loads(second.stdout)["forecast"]["waiting"] == 1
        assert len(relay.taken) == 2
