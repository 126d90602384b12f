"""A backup put back forgets nobody who left and repeats nothing that went out; what is pruned is never missed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk import daily
from broadsheet.desk.accounting import adopt
from broadsheet.desk.opening import Desk
from broadsheet.desk.safekeeping import prune, restore_backup, upgrade
from broadsheet.desk.subscribing import add_subscriber, erase, remove_subscriber, show_person
from broadsheet.errors import ConfigError, LeaseHeld, StoreError, StoreTooNew
from broadsheet.model import DeliveryState, EditionStatus
from broadsheet.store import Store
from broadsheet.store.backup import back_up
from broadsheet.store.migrations import VERSION, missing_steps

CONFIG = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
approval = "automatic"
sections = [{ category = "News" }]
[sources.desk]
path = "stories"
category = "News"
"""
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
TEXTS = {
    "bridge": "Drivers crossed the river by the northern bridge for the first time after six years of work.",
    "market": "Firemen fought flames among the fish stalls until dawn; nobody was hurt, the cause is not known.",
    "school": "Twelve apprentices will learn to make sourdough and croissants in the old railway station from May on.",
}
READERS = ("ada@example.com", "ben@example.com", "cleo@example.com", "dan@example.com")


class Newsroom:
    """A project with readers, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, MONDAY
        (folder / "stories").mkdir()
        (folder / "broadsheet.toml").write_text(CONFIG)
        self.desk = self.opened()
        for reader in READERS:
            add_subscriber(self.desk, self.desk.config.publication(), reader, basis="asked at the counter")

    def opened(self) -> Desk:
        return Desk(
            config=parse_config(CONFIG, folder=self.folder),
            store=Store(self.folder / "broadsheet.db"),
            clock=lambda: self.now,
        )

    def file(self, name: str, title: str) -> None:
        text = f"{title}\n\n{TEXTS[name]}\n"
        file = self.folder / "stories" / f"{name}.txt"
        file.write_text(text)
        os.utime(file, (self.now.timestamp(), self.now.timestamp()))

    def run(self) -> daily.RunReport:
        (report,) = daily.run(self.desk)
        return report

    def sent(self, edition: str) -> set[str]:
        return {row.email for row in self.desk.store.deliveries.listed(edition, [DeliveryState.SENT])}


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path)
    yield room
    room.desk.store.close()


@pytest.fixture
def backup(newsroom: Newsroom, tmp_path: Path) -> Path:
    """A backup of Monday, after which an edition went out, one left, one was erased, and one joined."""
    newsroom.file("bridge", "The new bridge is open")
    assert newsroom.run().exit_code == 0
    back_up(newsroom.desk.store.connection, tmp_path / "monday.db")
    newsroom.now += timedelta(days=1)
    newsroom.file("market", "The market hall has burned down")
    assert newsroom.run().exit_code == 0
    publication = newsroom.desk.config.publication()
    remove_subscriber(newsroom.desk, publication, "ben@example.com")
    erase(newsroom.desk, "cleo@example.com")
    add_subscriber(newsroom.desk, publication, "eve@example.com", basis="asked at the counter")
    return tmp_path / "monday.db"


def test_a_restored_backup_remembers_who_left_and_what_went_out(newsroom: Newsroom, backup: Path) -> None:
    done = restore_backup(newsroom.folder, backup, clock=lambda: newsroom.now)
    assert (done.could_read, done.unsubscribed, done.erased, done.joined) == (True, 1, 1, 1)
    assert done.editions == ("daily-2026-11-24",)
    assert done.kept is not None
    assert done.kept.exists()

    # The open connection sees the restored database, as other processes would.
    edition = newsroom.desk.store.editions.get("daily-2026-11-24")
    assert edition is not None
    assert edition.status is EditionStatus.SENT
    person = show_person(newsroom.desk, "ben@example.com")
    assert [one.state.value for one, _steps in person.subscriptions] == ["unsubscribed"]
    dump = "\n".join(newsroom.desk.store.connection.iterdump())
    assert "cleo@example.com" not in dump
    assert "eve@example.com" not in dump
    balance = newsroom.desk.store.deliveries.balance("daily-2026-11-24")
    assert balance is not None
    assert (balance.sent, balance.is_closed) == (4, True)


def test_a_restored_backup_sends_nothing_until_a_person_says_so(newsroom: Newsroom, backup: Path) -> None:
    restore_backup(newsroom.folder, backup, clock=lambda: newsroom.now)
    newsroom.now += timedelta(days=1)
    newsroom.file("school", "A school for bakers")
    held = newsroom.run()
    assert held.exit_code == 1
    assert "settle --adopt" in " ".join(held.problems.values())
    assert newsroom.sent("daily-2026-11-25") == set()

    adopt(newsroom.desk)
    assert newsroom.run().exit_code == 0
    assert newsroom.sent("daily-2026-11-25") == {"ada@example.com", "dan@example.com"}
    edition = newsroom.desk.store.editions.get("daily-2026-11-25")
    assert edition is not None
    assert [pick.headline for pick in edition.picks] == ["A school for bakers"]  # neither Monday's nor Tuesday's again


def test_numbers_are_not_given_a_second_time_after_a_restoration(newsroom: Newsroom, backup: Path) -> None:
    taken = show_person(newsroom.desk, "eve@example.com").subscriptions[0][0].id
    restore_backup(newsroom.folder, backup, clock=lambda: newsroom.now)
    add_subscriber(newsroom.desk, newsroom.desk.config.publication(), "finn@example.com", basis="asked")
    assert show_person(newsroom.desk, "finn@example.com").subscriptions[0][0].id > taken


def test_a_dry_run_changes_nothing(newsroom: Newsroom, backup: Path) -> None:
    before = list(newsroom.desk.store.connection.iterdump())
    done = restore_backup(newsroom.folder, backup, dry_run=True, clock=lambda: newsroom.now)
    assert done.editions == ("daily-2026-11-24",)
    assert list(newsroom.desk.store.connection.iterdump()) == before
    assert not (newsroom.folder / "backups").exists()


def test_a_damaged_database_is_kept_and_replaced(newsroom: Newsroom, backup: Path) -> None:
    newsroom.desk.store.close()
    (newsroom.folder / "broadsheet.db").write_bytes(b"what the disk made of it" * 500)
    for end in ("-wal", "-shm"):
        (newsroom.folder / f"broadsheet.db{end}").unlink(missing_ok=True)
    done = restore_backup(newsroom.folder, backup, clock=lambda: newsroom.now)
    assert done.could_read is False
    assert done.kept is not None
    assert done.kept.read_bytes().startswith(b"what the disk")
    newsroom.desk = newsroom.opened()
    newsroom.file("school", "A school for bakers")
    newsroom.now += timedelta(days=1)
    assert "settle --adopt" in " ".join(newsroom.run().problems.values())
    # Nobody knows which numbers the lost days gave out, so none of them is given out again.
    add_subscriber(newsroom.desk, newsroom.desk.config.publication(), "finn@example.com", basis="asked")
    assert show_person(newsroom.desk, "finn@example.com").subscriptions[0][0].id > 1_000_000


def test_nothing_is_restored_from_under_a_living_sender(newsroom: Newsroom, backup: Path) -> None:
    sending = newsroom.desk.store.deliveries.sending("daily-2026-11-24")
    assert sending is not None
    ledger = newsroom.desk.store.deliveries.acquire(
        sending, "maildir", newsroom.now, took=lambda *_: None, unwanted=lambda numbers: {}
    )
    assert ledger is not None
    with pytest.raises(LeaseHeld, match="is sending daily-2026-11-24"):
        restore_backup(newsroom.folder, backup, clock=lambda: newsroom.now)


def test_what_is_no_backup_is_refused(newsroom: Newsroom, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear all")
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (x)")
        other.execute("PRAGMA user_version = 3")
    other.close()
    with sqlite3.connect(backup) as later:
        later.execute("PRAGMA user_version = 999")
    later.close()
    before = list(newsroom.desk.store.connection.iterdump())
    for name, kind, words in (
        ("nowhere.db", StoreError, "no file"),
        ("letter.db", StoreError, "damaged"),
        ("other.db", StoreError, "none of broadsheet's"),
        ("monday.db", StoreTooNew, "later version"),
    ):
        with pytest.raises(kind, match=words):
            restore_backup(newsroom.folder, tmp_path / name, clock=lambda: newsroom.now)
    with pytest.raises(ConfigError, match=r"no broadsheet\.toml"):
        restore_backup(tmp_path / "backups", backup)
    assert list(newsroom.desk.store.connection.iterdump()) == before


def test_a_backup_needs_the_secret_of_its_project(newsroom: Newsroom, backup: Path, tmp_path: Path) -> None:
    (newsroom.folder / "secret.key").write_text("another-secret-of-some-length\n")
    tuesday = tmp_path / "tuesday.db"
    back_up(newsroom.desk.store.connection, tuesday)
    with pytest.raises(ConfigError, match="not the secret"):
        restore_backup(newsroom.folder, tuesday, clock=lambda: newsroom.now)


def test_an_upgrade_keeps_a_copy_of_the_database_as_it_was(newsroom: Newsroom) -> None:
    newsroom.desk.store.close()
    database = newsroom.folder / "broadsheet.db"
    with sqlite3.connect(database) as old:  # as the version before wrote it
        old.execute("DROP TABLE delivery_counts")
        old.execute("DELETE FROM _sqlite_migrations WHERE name = 'keep_counts_of_pruned_deliveries'")
        old.execute(f"PRAGMA user_version = {VERSION - 1}")
    old.close()
    assert upgrade(newsroom.folder, dry_run=True).steps == ("keep_counts_of_pruned_deliveries",)
    assert missing_steps(database) == ("keep_counts_of_pruned_deliveries",)
    shares: list[tuple[int, int]] = []
    done = upgrade(newsroom.folder, progress=lambda *share: shares.append(share))
    assert shares
    assert shares[-1][0] == shares[-1][1] > 0
    assert done.steps == ("keep_counts_of_pruned_deliveries",)
    assert done.copy is not None
    copy = sqlite3.connect(done.copy)
    assert copy.execute("PRAGMA user_version").fetchone()[0] == VERSION - 1
    assert copy.execute("SELECT count(*) FROM subscribers").fetchone()[0] == len(READERS)
    copy.close()
    assert upgrade(newsroom.folder).steps == ()
    newsroom.desk = newsroom.opened()


def test_pruning_keeps_what_never_twice_needs(newsroom: Newsroom, backup: Path) -> None:
    newsroom.now += timedelta(days=500)
    counted = prune(newsroom.desk, dry_run=True)
    gone = prune(newsroom.desk)
    assert counted == gone
    assert gone["run reports"] == 2
    assert gone["deliveries"] == 8
    assert gone["story texts"] == 2
    assert not any(prune(newsroom.desk).values())
    for day in (date(2026, 11, 23), date(2026, 11, 24)):
        balance = newsroom.desk.store.deliveries.balance(f"daily-{day}")
        assert balance is not None
        assert (balance.sent, balance.frozen, balance.is_closed) == (4, 4, True)
    # The same files, read again: the same stories, and none of them in an edition again.
    newsroom.file("bridge", "The new bridge is open")
    newsroom.file("school", "A school for bakers")
    report = newsroom.run()
    assert report.exit_code == 0
    edition = newsroom.desk.store.editions.get(report.edition)
    assert edition is not None
    assert [pick.headline for pick in edition.picks] == ["A school for bakers"]


def test_what_waits_or_is_in_doubt_is_never_pruned(newsroom: Newsroom, backup: Path) -> None:
    newsroom.desk.store.connection.execute(
        "UPDATE deliveries SET state = 'in_doubt' WHERE number = (SELECT min(number) FROM deliveries)"
    )
    newsroom.now += timedelta(days=500)
    assert prune(newsroom.desk)["deliveries"] == 4  # Tuesday's alone
