"""The audience's tables: made anew without losing a row, and with their index whatever an import does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broadsheet.model import Consent
from broadsheet.store import Store, connection, migrations
from broadsheet.store.imports import Difference, StagedRow
from broadsheet.store.schema import STEPS
from broadsheet.store.schema.audience import quicken_imports
from broadsheet.store.schema.liftings import keep_the_word_of_each_import
from broadsheet.store.subscribers import ConsentStep, Subscriber

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def row(line: int, key: str, mark: int) -> StagedRow:
    return (line, 0, mark, "", key, key, "", "", "", "", "{}")


def rows_of(keys: list[str]) -> Iterator[StagedRow]:
    seen: set[str] = set()
    for line, key in enumerate(keys, 2):
        mark = hash(key) % 1024
        yield row(line, key, ~mark if key in seen else mark)
        seen.add(key)


def has_index(store: Store) -> bool:
    plan = store.connection.execute("EXPLAIN QUERY PLAN SELECT id FROM subscribers WHERE key = 'a'").fetchone()
    return "subscribers_key" in plan[3]


def bring_in(store: Store, keys: list[str]) -> Difference:
    try:
        store.imports.stage(rows_of(keys))
        with store.transaction():
            found = store.imports.compare("daily")
            store.imports.keep("daily", file="list.csv", basis="import", at=NOW, counts=found)
        return found
    finally:
        store.imports.clear()


def test_people_keep_their_rows_and_numbers_when_their_table_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tuple(step for step in STEPS if step is not quicken_imports)
    with monkeypatch.context() as past:
        past.setattr(migrations, "STEPS", before)
        for module in (migrations, connection):
            past.setattr(module, "VERSION", len(before))
        with Store(tmp_path / "a.db") as store, store.transaction():
            step = ConsentStep(state=Consent.CONFIRMED, basis="form", at=NOW, wording="v1")
            for name in ("ada", "ben", "cy"):
                person = Subscriber(id=0, key=f"{name}@example.com", email=f"{name}@example.com", first_name=name)
                store.subscribers.add(person, "daily", step, NOW)
            store.subscribers.note_soft_bounce(1, date(2026, 11, 1), "full")
            store.subscribers.erase("cy@example.com")
            old = store.connection.execute("SELECT * FROM consent_history").fetchall()
            shape = store.connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'subscribers'").fetchone()
            assert "UNIQUE" in shape[0]
    with Store(tmp_path / "a.db") as store:
        found = store.subscribers.find("ada@example.com")
        assert (found and found.id, found and found.first_name) == (1, "ada")
        assert [tuple(one) for one in store.connection.execute("SELECT * FROM consent_history")] == [
            tuple(one) for one in old
        ]
        assert has_index(store)
        assert store.connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert store.connection.execute("PRAGMA foreign_key_check").fetchall() == []
        with store.transaction():
            new = Subscriber(id=0, key="di@example.com", email="di@example.com")
            assert store.subscribers.add(new, "daily", step, NOW) == 4  # 3 was Cy's, and is nobody's for ever
            store.subscribers.erase("ada@example.com")
        assert store.connection.execute("SELECT count(*) FROM soft_bounces").fetchone()[0] == 0
        with pytest.raises(sqlite3.IntegrityError), store.transaction():
            store.connection.execute("INSERT INTO subscribers (key, email) VALUES ('ben@example.com', '')")
        for table, column in (("subscriptions", "state"), ("subscriptions", "cadence")):
            with pytest.raises(sqlite3.IntegrityError), store.transaction():
                store.connection.execute(f"UPDATE {table} SET {column} = 'perhaps'")


def test_what_imports_said_beside_a_suppression_moves_to_a_table_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = STEPS[: STEPS.index(keep_the_word_of_each_import)]
    with monkeypatch.context() as past:
        past.setattr(migrations, "STEPS", before)
        for module in (migrations, connection):
            past.setattr(module, "VERSION", len(before))
        with Store(tmp_path / "a.db") as store, store.transaction():
            execute = store.connection.execute
            execute("INSERT INTO imports VALUES (3, 'daily', 'list.csv', '2026-01-01', '{}', 1, 1, 1, 1, '')")
            for number, hashed in ((0, b"reader"), (3, b"list")):
                execute("INSERT INTO own_words VALUES (?, 'complaint', '2026-01-01', '', '', ?)", (hashed, number))
    with Store(tmp_path / "a.db") as store:
        execute = store.connection.execute
        assert [tuple(row) for row in execute("SELECT hash, import FROM own_words")] == [(b"reader", 0)]
        found = execute("SELECT hash, publication, import FROM import_words").fetchall()
        assert [tuple(row) for row in found] == [(b"list", "daily", 3)]


def test_a_large_import_leaves_the_index_behind_and_so_does_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "a.db") as store:
        assert bring_in(store, ["a@example.com", "b@example.com", "a@example.com"]).duplicates == 1
        assert has_index(store)

        def fail(*_: object) -> None:
            raise RuntimeError("in the middle")

        monkeypatch.setattr(type(store.imports), "_suppress", fail)
        with pytest.raises(RuntimeError):
            bring_in(store, [f"r{number}@example.com" for number in range(9)])
        monkeypatch.undo()
        assert has_index(store)
        assert store.connection.execute("SELECT count(*) FROM subscribers").fetchone()[0] == 2
        assert bring_in(store, ["c@example.com"]).new == 1  # few into many: the index stays where it is
        assert has_index(store)


def test_two_mailboxes_that_share_a_mark_by_chance_stay_two(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        keys = ["a@example.com", "b@example.com", "a@example.com", "c@example.com"]
        store.imports.stage(row(line, key, 7 if line == 2 else ~7) for line, key in enumerate(keys, 2))
        found = store.imports.compare("daily")
        assert (found.new, found.duplicates) == (3, 1)
        assert list(store.imports.left_out()) == [(4, "the same mailbox as line 2")]
        store.imports.clear()


def test_of_many_rows_of_one_mailbox_the_first_stays_with_the_worst_that_any_says(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        keys = ["a@example.com", "b@example.com", "a@example.com", "b@example.com", "a@example.com", "c@example.com"]
        said = {4: 1, 6: 2, 3: 1}  # by line: pending, left, pending
        store.imports.stage((one[0], said.get(one[0], 0), *one[2:]) for one in rows_of(keys))
        found = store.imports.compare("daily")
        assert (found.active, found.pending, found.unsubscribed, found.duplicates) == (1, 1, 1, 3)
        assert list(store.imports.left_out()) == [
            (line, f"the same mailbox as line {first}") for line, first in ((4, 2), (5, 3), (6, 2))
        ]
        store.imports.clear()


def test_a_list_that_breaks_off_leaves_nothing_beside_the_database(tmp_path: Path) -> None:
    def broken() -> Iterator[StagedRow]:
        yield row(2, "a@example.com", 7)
        raise OSError("the stick was pulled out")

    with Store(tmp_path / "a.db") as store:
        with pytest.raises(OSError, match="stick"):
            store.imports.stage(broken())
        store.imports.clear()
        assert "beside" not in [found[1] for found in store.connection.execute("PRAGMA database_list")]
        assert bring_in(store, ["a@example.com"]).new == 1
