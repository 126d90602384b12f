from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from broadsheet.errors import StoreCorrupt, StoreError
from broadsheet.store import Store
from broadsheet.store.backup import back_up, verify


def test_a_backup_taken_while_another_writes_is_whole_and_consistent(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.connection.execute("CREATE TABLE pairs (x INTEGER, y INTEGER)")
        stop = threading.Event()

        def write() -> None:
            with Store(tmp_path / "a.db") as other:
                number = 0
                while not stop.is_set():
                    with other.transaction():  # two rows or none
                        other.connection.execute("INSERT INTO pairs VALUES (?, 0)", (number,))
                        other.connection.execute("INSERT INTO pairs VALUES (?, 1)", (number,))
                    number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(5):
                back_up(store.connection, tmp_path / "backups" / f"{number}.db")
        finally:
            stop.set()
            writer.join()
    for number in range(5):
        copy = sqlite3.connect(tmp_path / "backups" / f"{number}.db")
        zeros, ones = (copy.execute(f"SELECT count(*) FROM pairs WHERE y = {y}").fetchone()[0] for y in (0, 1))
        copy.close()
        assert zeros == ones
        assert (tmp_path / "backups" / f"{number}.db").stat().st_mode & 0o777 == 0o600


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "b.db").write_text("precious")
    with Store(tmp_path / "a.db") as store, pytest.raises(StoreError, match="exists"):
        back_up(store.connection, tmp_path / "b.db")
    assert (tmp_path / "b.db").read_text() == "precious"


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with Store(tmp_path / "a.db") as store, pytest.raises(StoreError, match="cannot be written"):
        back_up(store.connection, tmp_path / "file" / "b.db")
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("a.db")) == ["file"]


def test_damage_is_found(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.connection.execute("CREATE TABLE t (x)")
        store.connection.execute("CREATE INDEX i ON t (x)")
        store.connection.executemany("INSERT INTO t VALUES (?)", [(f"{n:0200}",) for n in range(2000)])
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((tmp_path / "a.db").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 3000] = b"\xff" * 3000
    (tmp_path / "a.db").write_bytes(content)
    damaged = sqlite3.connect(tmp_path / "a.db")
    with pytest.raises(StoreCorrupt):
        verify(damaged, tmp_path / "a.db")
    damaged.close()
