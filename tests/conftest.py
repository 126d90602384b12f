"""What many tests need: the material beside the checkout, and the flag that rewrites golden files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.listener import Listener, listening

ROOT = Path(__file__).resolve().parent.parent

# A deadline would measure the machine's other work, not ours; tests that are about time say so themselves.
settings.register_profile("broadsheet", deadline=None)
settings.load_profile("broadsheet")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one way in which golden files change."""
    parser.addoption("--rewrite", action="store_true", help="rewrite golden files from what the code gives now")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Tell whether golden files are to be rewritten."""
    return bool(request.config.getoption("--rewrite"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Find the real-world material that lies beside a checkout, or skip and say so."""
    folder = Path(os.environ.get("BROADSHEET_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("needs the real-world material in ../shared/data, which is not here")
    return folder


@pytest.fixture
def listener() -> Iterator[tuple[str, type[Listener]]]:
    """Run an HTTP server that keeps what is posted to it."""
    with listening() as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Open Chromium, or skip and say so.

    One a module, and closed with it: Playwright keeps an event loop running in the thread until it is closed, so that a
    second one, or a test that runs a loop of its own, would fail beside it.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
