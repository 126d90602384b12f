from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.desk import Desk, open_desk
from broadsheet.desk.editing import approve, find_edition, pick_edition, reopen, skip
from broadsheet.desk.gathering import gather
from broadsheet.desk.production import render
from broadsheet.desk.pushing import StoredMemory, push_edition, send_edition
from broadsheet.desk.sending import send
from broadsheet.desk.starting import start_project
from broadsheet.desk.subscribing import add_subscriber
from broadsheet.errors import (
    ApprovalMissing,
    CheckFailed,
    ConfigError,
    EditionError,
    ExportError,
    PlatformBusy,
    SentElsewhere,
)
from broadsheet.model import Edition, EditionStatus
from tests.cli.test_init import broadsheet
from tests.export.doubles import CampaignMonitorDraftsDouble, IterableDouble, ListmonkDouble, MailerliteDouble

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


@pytest.fixture
def double() -> Iterator[ListmonkDouble]:
    double = ListmonkDouble()
    with double.serving():
        yield double


@pytest.fixture
def project(tmp_path: Path, double: ListmonkDouble, monkeypatch: pytest.MonkeyPatch) -> Path:
    start_project(tmp_path)
    monkeypatch.setenv("BROADSHEET_LISTMONK_KEY", double.key)
    table = f'\n[platforms.listmonk]\nurl = "{double.url}"\nuser = "api_user"\nlist = 3\n'
    with (tmp_path / "broadsheet.toml").open("a") as file:
        file.write(table)
    with at(tmp_path) as desk:
        gather(desk)
        publication = desk.config.publication()
        pick_edition(desk, publication, NOW.date())
    return tmp_path


def at(folder: Path, after: timedelta = timedelta(0)) -> AbstractContextManager[Desk]:
    return open_desk(folder, clock=lambda: NOW + after)


def edition_of(desk: Desk) -> Edition:
    return find_edition(desk, "daily-2026-11-24")


def test_a_draft_is_made_and_remembered(project: Path, double: ListmonkDouble) -> None:
    with at(project) as desk:
        pushed, notes = push_edition(desk, edition_of(desk), "listmonk")
        assert pushed.created
        assert pushed.differences == ()
        assert any("not approved" in note for note in notes)
    with at(project) as desk:
        known = desk.store.pushes.list("daily-2026-11-24")
        assert [(one.platform, one.remote_id, one.pushed_at) for one in known] == [("listmonk", pushed.remote_id, NOW)]
        assert known[0].hash
        again, _ = push_edition(desk, edition_of(desk), "listmonk")
        assert not again.created
    assert len(double.items) == 1


def test_a_process_that_died_asking_leaves_no_twin(project: Path, double: ListmonkDouble) -> None:
    """The answer is lost and the search does not see the draft yet: a new process asks, waits, and finds it."""
    double.faults.append("lose")
    double.blind = True
    with at(project) as desk, pytest.raises(PlatformBusy):
        push_edition(desk, edition_of(desk), "listmonk")
    with at(project, timedelta(seconds=30)) as desk, pytest.raises(PlatformBusy, match="may still be working"):
        push_edition(desk, edition_of(desk), "listmonk")
    double.blind = False
    with at(project, timedelta(minutes=5)) as desk:
        pushed, _ = push_edition(desk, edition_of(desk), "listmonk")
    assert not pushed.created
    assert list(double.items) == [pushed.remote_id]


def test_the_key_reaches_neither_database_nor_message(
    project: Path, double: ListmonkDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(project) as desk:
        push_edition(desk, edition_of(desk), "listmonk")
    assert not any(double.key.encode() in file.read_bytes() for file in project.glob("broadsheet.db*"))
    monkeypatch.delenv("BROADSHEET_LISTMONK_KEY")
    with at(project) as desk, pytest.raises(ConfigError, match="BROADSHEET_LISTMONK_KEY is not set"):
        push_edition(desk, edition_of(desk), "listmonk")


def test_the_key_may_be_in_a_file(project: Path, double: ListmonkDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROADSHEET_LISTMONK_KEY")
    (project / "listmonk.key").write_text(f"{double.key}\n")
    with at(project) as desk:
        table = desk.config.platforms["listmonk"].model_copy(update={"key_file": "listmonk.key"})
        config = desk.config.model_copy(update={"platforms": {"listmonk": table}})
        assert push_edition(replace(desk, config=config), edition_of(desk), "listmonk")[0].created


def test_the_command_makes_a_draft(project: Path, double: ListmonkDouble) -> None:
    outcome = broadsheet("-C", str(project), "export", "daily-2026-11-24", "--for", "listmonk", "--push")
    assert outcome.returncode == 0, outcome.stderr
    assert re.search(r"draft \d+ made at listmonk", outcome.stdout)
    assert double.key not in outcome.stdout + outcome.stderr
    double.read_faults.append("down")
    outcome = broadsheet("-C", str(project), "export", "daily-2026-11-24", "--for", "listmonk", "--push")
    assert outcome.returncode == 75
    assert "Traceback" not in outcome.stderr


def test_the_command_tells_what_the_platform_did_not_keep(project: Path, double: ListmonkDouble) -> None:
    double.cuts = 2000
    command = ("-C", str(project), "export", "daily-2026-11-24", "--for", "listmonk", "--push")
    outcome = broadsheet(*command)
    assert outcome.returncode == 4
    assert "differs: The tag {{ UnsubscribeURL }} is missing there." in outcome.stderr
    assert "links are missing or changed there" in outcome.stderr
    told = json.loads(broadsheet(*command, "--json").stdout)
    assert "The tag {{ UnsubscribeURL }} is missing there." in told["differences"]
    double.cuts = 0
    assert broadsheet(*command).returncode == 0


def approved(folder: Path) -> None:
    with at(folder) as desk:
        edition = edition_of(desk)
        approve(desk, edition, render(desk, edition).hash, "an editor")


def test_only_what_was_approved_is_sent(project: Path, double: ListmonkDouble) -> None:
    with at(project) as desk, pytest.raises(ApprovalMissing, match="not approved"):
        send_edition(desk, edition_of(desk), "listmonk")
    assert not double.items
    approved(project)
    table = (project / "broadsheet.toml").read_text()
    (project / "broadsheet.toml").write_text(table.replace('title = "', 'title = "Another ', 1))
    with at(project) as desk, pytest.raises(ApprovalMissing, match="does not look as it did"):
        send_edition(desk, edition_of(desk), "listmonk")
    assert not double.sends


def test_an_approved_edition_is_sent_once_and_settled(project: Path, double: ListmonkDouble) -> None:
    approved(project)
    for _ in range(3):
        with at(project) as desk:
            sent, _notes = send_edition(desk, edition_of(desk), "listmonk")
            assert (sent.platform, sent.state) == ("listmonk", "finished")
            assert edition_of(desk).status is EditionStatus.SENT
    assert len(double.sends) == len(double.items) == 1
    with at(project) as desk, pytest.raises(ExportError, match="left alone"):
        push_edition(desk, edition_of(desk), "listmonk")


def test_what_the_platform_did_not_keep_is_not_sent(project: Path, double: ListmonkDouble) -> None:
    approved(project)
    double.cuts = 2000
    with at(project) as desk, pytest.raises(CheckFailed, match="did not keep"):
        send_edition(desk, edition_of(desk), "listmonk")
    assert not double.sends
    with at(project) as desk:
        assert edition_of(desk).status is EditionStatus.APPROVED


def test_what_the_platform_does_not_tell_is_not_sent(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MailerLite takes the HTML and does not show it again: a draft is made, and a person sends it there."""
    double = MailerliteDouble()
    monkeypatch.setenv("BROADSHEET_MAILERLITE_KEY", double.key)
    with double.serving(), (project / "broadsheet.toml").open("a") as file:
        file.write(f'\n[platforms.mailerlite]\nurl = "{double.url}"\nlist = 42\n')
        file.flush()
        approved(project)
        with at(project) as desk, pytest.raises(CheckFailed, match="was not compared"):
            send_edition(desk, edition_of(desk), "mailerlite")
    assert len(double.items) == 1
    assert not double.sends
    with at(project) as desk:
        assert edition_of(desk).status is EditionStatus.APPROVED


def test_a_send_in_doubt_is_held_fast(project: Path, double: ListmonkDouble) -> None:
    """The connection ends before the platform heard: nothing can be changed, nothing is asked twice, a person looks."""
    approved(project)
    with at(project) as desk:
        push_edition(desk, edition_of(desk), "listmonk")
        double.faults.extend(["", "drop"])
        with pytest.raises(PlatformBusy, match="no answer is known"):
            send_edition(desk, edition_of(desk), "listmonk")
    with at(project, timedelta(hours=2)) as desk:
        with pytest.raises(PlatformBusy, match="no answer is known"):
            send_edition(desk, edition_of(desk), "listmonk")
        with pytest.raises(ExportError, match="was asked to send"):
            push_edition(desk, edition_of(desk), "listmonk")
        with pytest.raises(EditionError, match="was asked to send"):
            reopen(desk, "daily-2026-11-24", "an editor")
        with pytest.raises(EditionError, match="was asked to send"):
            skip(desk, "daily-2026-11-24", "an editor", "why not")
    assert not double.sends
    double.mark_sent(next(iter(double.items)))
    with at(project) as desk:
        assert send_edition(desk, edition_of(desk), "listmonk")[0].state == "finished"
        assert edition_of(desk).status is EditionStatus.SENT


def test_the_command_sends_with_both_flags_only(project: Path, double: ListmonkDouble) -> None:
    command = ("-C", str(project), "export", "daily-2026-11-24", "--for", "listmonk")
    assert broadsheet(*command, "--send").returncode == 2
    assert broadsheet(*command, "--push", "--send", "--unchecked").returncode == 2
    outcome = broadsheet(*command, "--push", "--send")
    assert outcome.returncode == 3
    assert "edition approve daily-2026-11-24" in outcome.stderr
    approved(project)
    outcome = broadsheet(*command, "--push", "--send", "--json")
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout)["state"] == "finished"
    assert double.key not in outcome.stdout + outcome.stderr
    assert len(double.sends) == 1


def test_two_processes_make_one_draft(project: Path, double: ListmonkDouble) -> None:
    """Both saw that there is none; the one that notes first makes it, the other comes later and finds it."""
    with at(project) as one, at(project) as other:
        first, second = (StoredMemory(desk, "daily-2026-11-24", "listmonk") for desk in (one, other))
        assert first.claim_attempt(NOW, NOW - timedelta(minutes=2))
        assert not second.claim_attempt(NOW, NOW - timedelta(minutes=2))
        first.keep("7")
        assert not second.claim_attempt(NOW + timedelta(hours=1), NOW)
        assert first.claim_send(NOW)
        assert not second.claim_send(NOW + timedelta(days=1))


def with_a_reader(folder: Path) -> None:
    with at(folder) as desk:
        add_subscriber(desk, desk.config.publication(), "reader@example.org")


def test_what_a_platform_was_asked_to_send_is_not_sent_from_here_too(project: Path, double: ListmonkDouble) -> None:
    approved(project)
    with_a_reader(project)
    with at(project) as desk:
        send_edition(desk, edition_of(desk), "listmonk")
        with pytest.raises(SentElsewhere, match="handed to listmonk for sending at") as error:
            send(desk, desk.config.publication(), NOW.date())
        assert "broadsheet send --also" in error.value.advice
        assert error.value.exit_code == 3
        assert desk.store.deliveries.sending("daily-2026-11-24") is None
        assert not (project / "outbox").exists()
        assert send(desk, desk.config.publication(), NOW.date(), also=True).sent == 1


def test_a_platform_in_doubt_holds_our_own_sending_too(project: Path, double: ListmonkDouble) -> None:
    """The edition is still approved, and nobody knows whether the platform heard: the cron job must not send it."""
    approved(project)
    with_a_reader(project)
    with at(project) as desk:
        push_edition(desk, edition_of(desk), "listmonk")
        double.faults.extend(["", "drop"])
        with pytest.raises(PlatformBusy):
            send_edition(desk, edition_of(desk), "listmonk")
        assert edition_of(desk).status is EditionStatus.APPROVED
        with pytest.raises(SentElsewhere):
            send(desk, desk.config.publication(), NOW.date())
    outcome = broadsheet("-C", str(project), "send", "--date", "2026-11-24")
    assert outcome.returncode == 3
    assert "handed to listmonk" in outcome.stderr
    assert not (project / "outbox").exists()


def test_what_was_sent_from_here_is_not_sent_by_a_platform_too(project: Path, double: ListmonkDouble) -> None:
    approved(project)
    with_a_reader(project)
    with at(project) as desk:
        assert send(desk, desk.config.publication(), NOW.date()).sent == 1
        with pytest.raises(SentElsewhere, match="frozen for 1 reader of ours"):
            send_edition(desk, edition_of(desk), "listmonk")
        assert not double.items
    command = ("-C", str(project), "export", "daily-2026-11-24", "--for", "listmonk", "--push")
    assert broadsheet(*command, "--also").returncode == 2
    assert broadsheet(*command, "--send").returncode == 3
    assert not double.sends
    assert broadsheet(*command, "--send", "--also").returncode == 0
    assert len(double.sends) == 1
    with at(project) as desk:  # what went on here goes on: nobody is written to twice
        assert send(desk, desk.config.publication(), NOW.date()).sent_now == 0


def test_the_two_ways_cannot_both_be_first(project: Path, double: ListmonkDouble) -> None:
    """Our own sending begins after the platform's draft was looked at: the note of the request finds it."""
    approved(project)
    with_a_reader(project)
    with at(project) as desk:
        push_edition(desk, edition_of(desk), "listmonk")
        memory = StoredMemory(desk, "daily-2026-11-24", "listmonk")
        with at(project) as other:
            send(other, other.config.publication(), NOW.date())
        with pytest.raises(SentElsewhere):
            memory.claim_send(NOW)
        known = desk.store.pushes.get("daily-2026-11-24", "listmonk")
        assert known is not None
        assert known.send_asked_at is None


def test_a_second_platform_needs_a_word_too(project: Path, double: ListmonkDouble) -> None:
    approved(project)
    with at(project) as desk:
        send_edition(desk, edition_of(desk), "listmonk")
        memory = StoredMemory(desk, "daily-2026-11-24", "brevo")
        memory.keep("7")
        with pytest.raises(SentElsewhere, match="handed to listmonk") as error:
            memory.claim_send(NOW)
        assert "--for brevo --push --send --also" in error.value.advice
        memory.also = True
        assert memory.claim_send(NOW)


def test_a_template_is_made_and_never_sent(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = IterableDouble()
    monkeypatch.setenv("BROADSHEET_ITERABLE_KEY", double.key)
    command = ("-C", str(project), "export", "daily-2026-11-24", "--for", "iterable", "--push")
    with double.serving() as url:
        with (project / "broadsheet.toml").open("a") as file:
            file.write(f'\n[platforms.iterable]\nurl = "{url}"\n')
        outcome = broadsheet(*command)
        assert outcome.returncode == 0, outcome.stderr
        assert "template broadsheet-daily-2026-11-24 made at Iterable; look at it there" in outcome.stdout
        asked = len(double.requests)
        outcome = broadsheet(*command, "--send")
        assert outcome.returncode == 2
        assert "is a template, which has no readers" in outcome.stderr
        assert len(double.requests) == asked


def test_a_platform_that_fetches_pages_waits_for_the_web(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Campaign Monitor is asked for nothing before the web shows the edition; then the draft is made, once."""
    double = CampaignMonitorDraftsDouble()
    monkeypatch.setenv("BROADSHEET_CAMPAIGN_MONITOR_KEY", double.key)

    def look_up(desk: Desk, address: str) -> bytes | None:
        return double.pages[address].encode() if address in double.pages else None

    monkeypatch.setattr("broadsheet.desk.showing.look_up", look_up)
    with double.serving(), (project / "broadsheet.toml").open("a") as file:
        file.write('\n[pictures]\nurl = "https://pictures.example.org"\n')
        file.write(f'[platforms.campaign-monitor]\nurl = "{double.url}"\nuser = "aa164e9c"\nlist = "a58ee1d3"\n')
        file.flush()
        with at(project) as desk, pytest.raises(PlatformBusy, match="the web does not show the edition yet"):
            push_edition(desk, edition_of(desk), "campaign-monitor")
        assert not double.items
        for page in (project / "pictures/editions").iterdir():
            double.pages[f"https://pictures.example.org/editions/{page.name}"] = page.read_text()
        for created in (True, False):
            with at(project) as desk:
                pushed, _ = push_edition(desk, edition_of(desk), "campaign-monitor")
            assert pushed.created is created
    assert len(double.items) == 1
