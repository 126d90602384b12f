"""The desk of a small newsroom in Berlin, opened for a test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.config import Publication, parse_config
from broadsheet.desk import Desk
from broadsheet.store import Store
from tests.desk.newsdesk import CONFIG, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 24, 6, tzinfo=UTC))


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with Store(tmp_path / "broadsheet.db") as store:
        yield Desk(config=parse_config(CONFIG, folder=tmp_path), store=store, clock=clock)


@pytest.fixture
def daily(desk: Desk) -> Publication:
    return desk.config.publication("daily")
