from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache(pytestconfig: pytest.Config) -> Path:
    """Name the folder that programs of others are kept in, between runs where pytest has a cache."""
    kept = getattr(pytestconfig, "cache", None)
    return Path(kept.mkdir("npm")) if kept else pytestconfig.rootpath / ".pytest_cache" / "d" / "npm"
