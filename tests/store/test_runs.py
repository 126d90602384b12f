from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadsheet.store import Store

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_a_run_that_died_is_seen_to_have_no_end(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        first = store.runs.begin("daily", "daily-2026-11-24", NOW)
        store.runs.begin("daily", "daily-2026-11-24", NOW + timedelta(minutes=5))
        store.runs.end(first, NOW + timedelta(minutes=1), 3, {"stages": [{"name": "gather"}]})
        died, ended = store.runs.newest("daily")
        assert (died.ended_at, died.exit_code) == (None, None)
        assert (ended.exit_code, ended.report["stages"][0]["name"]) == (3, "gather")
        assert store.runs.newest("other") == []
        assert store.runs.forget(NOW + timedelta(minutes=2)) == 1


def test_a_problem_is_new_until_somebody_was_told(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        problems = store.problems
        assert problems.note("source/wire", "wire is down", NOW)
        assert problems.note("source/wire", "wire is still down", NOW), "nobody was told yet"
        problems.told("source/wire", NOW)
        assert not problems.note("source/wire", "wire is still down", NOW)
        assert problems.open() == [("source/wire", "wire is still down", NOW)]
        assert problems.clear("source/wire")
        assert not problems.clear("source/wire")
        assert problems.note("source/wire", "wire is down again", NOW)
        assert not problems.clear("source/wire"), "nobody has to hear that it is over who never heard of it"
