"""What many tests need: the material beside the checkout, and a project folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Find the real-world material that lies beside a checkout, or skip and say so."""
    folder = Path(os.environ.get("BROADSHEET_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("needs the real-world material in ../shared/data, which is not here")
    return folder
