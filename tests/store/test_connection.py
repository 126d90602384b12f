from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from broadsheet.errors import StoreBusy, StoreCorrupt, StoreTooNew
from broadsheet.store import Store, connection
from broadsheet.store.migrations import VERSION, version_of


def test_a_new_database_has_the_newest_shape_and_full_durability(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        assert version_of(store.connection) == VERSION
        assert store.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert store.connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_database_of_a_later_version_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreTooNew):
        Store(tmp_path / "a.db")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"This is a shopping list, and no database at all." * 50)
    with pytest.raises(StoreCorrupt, match=r"a\.db"):
        Store(tmp_path / "a.db")


def test_a_lock_held_too_long_is_busy_and_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    with Store(tmp_path / "a.db") as first, Store(tmp_path / "a.db") as second:
        with first.transaction(), pytest.raises(StoreBusy), second.transaction():
            pass
        with second.transaction():
            pass


def test_a_failed_block_leaves_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.connection.execute("CREATE TABLE t (x)")

        def fail() -> None:
            with store.transaction():
                store.connection.execute("INSERT INTO t VALUES (1)")
                raise sqlite3.IntegrityError("no")

        with pytest.raises(sqlite3.IntegrityError):
            fail()
        assert store.connection.execute("SELECT count(*) FROM t").fetchone()[0] == 0


def test_a_database_knows_its_file_from_its_first_day_and_one_of_an_earlier_version_from_its_upgrade(
    tmp_path: Path,
) -> None:
    with Store(tmp_path / "a.db") as store:
        home = store.connection.execute("SELECT home FROM lease").fetchone()[0]
        assert home == str((tmp_path / "a.db").stat().st_ino)
        store.connection.execute("DELETE FROM lease")
        store.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'give_the_database_a_home'")
        store.connection.execute(f"PRAGMA user_version = {VERSION - 1}")
    with Store(tmp_path / "a.db") as store:
        assert store.connection.execute("SELECT home, fence FROM lease").fetchone()[:] == (home, 0)
        store.connection.execute("UPDATE lease SET home = 'elsewhere', fence = 7")
        store.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'give_the_database_a_home'")
        store.connection.execute(f"PRAGMA user_version = {VERSION - 1}")
    with Store(tmp_path / "a.db") as store:
        assert store.connection.execute("SELECT home, fence FROM lease").fetchone()[:] == ("elsewhere", 7)
