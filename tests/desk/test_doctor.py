from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk import doctor
from broadsheet.desk.doctor import Diagnosis, Health
from broadsheet.desk.opening import Desk
from broadsheet.store import Store

CONFIG = """
[publications.daily]
title = "Daily"
sender = "Daily <news@good.example>"
postal_address = "1 Press Lane"
sections = [{ category = "News" }]
"""
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "broadsheet.db") as opened:
        yield opened


def desk(store: Store, more: str = "", config: str = CONFIG, now: datetime = NOW) -> Desk:
    return Desk(config=parse_config(config + more, folder=store.path.parent), store=store, clock=lambda: now)


def bad(found: Iterator[Diagnosis]) -> list[Diagnosis]:
    return [one for one in found if one.health is not Health.GOOD]


def test_a_sound_project_has_no_fault(store: Store) -> None:
    folder = store.path.parent
    (folder / "stories").mkdir()
    sound = desk(store, '[sources.desk]\npath = "stories"\n')
    assert bad(doctor.examine(sound)) == []


def test_every_fault_comes_with_a_fix(store: Store) -> None:
    (store.path.parent / "secret.key").write_text("x")
    os.chmod(store.path.parent / "secret.key", 0o644)
    os.chmod(store.path, 0o644)
    ill = desk(store, '[sources.desk]\npath = "gone"\n', CONFIG.replace("sections", 'theme = "nowhere"\nsections'))
    found = bad(doctor.examine(ill, offline=True))
    assert {one.subject for one in found} == {"secrets", "sources", "theme"}
    assert all(one.advice for one in found)
    assert any("chmod 600" in one.advice for one in found)


def test_no_source_is_told(store: Store) -> None:
    assert "source add" in bad(doctor.examine_sources(desk(store)))[0].advice


def test_damage_to_the_database_is_found(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as made:
        made.connection.execute("CREATE TABLE t (x)")
        made.connection.executemany("INSERT INTO t VALUES (?)", [(f"{n:0200}",) for n in range(3000)])
        made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((tmp_path / "a.db").read_bytes())
    content[-200_000:-100_000] = b"\xee" * 100_000
    (tmp_path / "a.db").write_bytes(content)
    with Store(tmp_path / "a.db") as damaged:
        assert bad(doctor.examine_database(desk(damaged)))[0].health is Health.BAD


@pytest.mark.parametrize("now", [datetime(1970, 1, 2, tzinfo=UTC), NOW - timedelta(hours=1)])
def test_a_clock_that_was_set_back_is_found(store: Store, now: datetime) -> None:
    store.runs.begin("daily", "daily-2026-11-24", NOW)
    assert bad(doctor.examine_clock(desk(store, now=now)))[0].subject == "clock"


def test_a_disk_without_room_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LITTLE_ROOM", 2**62)  # a full disk is not to be had; the limit moves instead
    assert bad(doctor.examine_disk(tmp_path))[0].subject == "disk"


def test_a_relay_that_refuses_is_found(store: Store) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ill = desk(store, f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
    found = bad(doctor.examine_relay(ill))
    assert "refused" in found[0].message
    assert found[0].health is Health.BAD


def test_a_password_that_is_not_there_is_found(store: Store) -> None:
    ill = desk(store, '[smtp]\nhost = "mail.example"\nuser = "u"\npassword_env = "BROADSHEET_NO_SUCH_VARIABLE"\n')
    assert "BROADSHEET_NO_SUCH_VARIABLE" in bad(doctor.examine_secrets(ill))[0].message


def test_a_dns_that_does_not_answer_is_told_and_not_taken_for_health(store: Store) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        ill = desk(store, '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\n')
        found = bad(doctor.examine_domains(ill, ("127.0.0.1",), silent.getsockname()[1]))
    assert [one.health for one in found] == [Health.WARN]


@pytest.mark.parametrize(
    ("address", "words"),
    [("", "no base_url"), ("http://news.example.org", "not https"), ("https://127.0.0.1:1", "does not answer")],
)
def test_public_pages_that_cannot_take_an_unsubscribe_are_found(store: Store, address: str, words: str) -> None:
    config = CONFIG.replace("sections", f'base_url = "{address}"\nsections')
    ill = desk(store, '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\n', config)
    assert words in bad(doctor.examine_unsubscribe(ill))[0].message
