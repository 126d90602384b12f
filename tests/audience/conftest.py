"""A project with two publications, opened at a fixed time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.desk import Desk, open_desk

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

PROJECT = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane"
base_url = "https://news.example.org"
[[publications.daily.sections]]
category = "Politics"
[[publications.daily.sections]]
category = "Culture"
title = "Arts & Culture"

[publications.weekend]
title = "The Weekend"
sender = "The Weekend <news@example.org>"
postal_address = "1 Press Lane"
[[publications.weekend.sections]]
category = "Culture"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "broadsheet.toml").write_text(PROJECT, encoding="utf-8")
    return folder


@pytest.fixture
def desk(project: Path) -> Iterator[Desk]:
    with open_desk(project, clock=lambda: NOW) as opened:
        yield opened
