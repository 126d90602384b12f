"""What judges beside us: axe-core in Chromium, the Nu HTML checker, the schema of SARIF. Fetched once, into a cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

AXE, VNU = "axe-core@4.14.1", "vnu-jar@26.9.27"
SARIF = "@microsoft/jest-sarif@1.0.0-beta.0"  # brings OASIS's JSON schema of SARIF 2.1.0, as Microsoft publishes it
_LEFT_OUT = {
    # A mail is shown inside a page that has its landmarks; clients strip ours from it.
    "landmark-one-main",
    "region",
}


def fetched(package: str, file: str, cache: Path) -> Path:
    """Fetch one file of an npm package, or skip and say why."""
    target = cache / package.replace("@", "-") / file
    if target.exists():
        return target
    if not shutil.which("npm"):
        pytest.skip(f"needs npm to fetch {package}")
    folder = cache / package.replace("@", "-")
    folder.mkdir(parents=True, exist_ok=True)
    outcome = subprocess.run(
        ["npm", "pack", package, "--silent", "--pack-destination", str(folder)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if outcome.returncode:
        pytest.skip(f"{package} could not be fetched: {outcome.stderr.strip()[:200]}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        found = archive.extractfile(f"package/{file}")
        assert found is not None
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        part.write_bytes(found.read())
        part.replace(target)
    return target


@contextmanager
def page_of(browser: Any, *, dark: bool) -> Iterator[Any]:
    """Open a page in one of the palettes; it loads nothing from the network."""
    context = browser.new_context(color_scheme="dark" if dark else "light", viewport={"width": 700, "height": 900})
    context.route("http*://**", lambda route: route.abort())
    yield context.new_page()
    context.close()


def axe_faults(page: Any, html: str, axe: Path) -> dict[str, list[Any]]:
    """Let axe judge a page: the nodes at fault, by rule, without those rules that make no sense in a mail."""
    page.set_content(html, wait_until="domcontentloaded")
    page.evaluate(axe.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return {fault["id"]: fault["nodes"] for fault in result["violations"] if fault["id"] not in _LEFT_OUT}


def pairs_of(nodes: list[Any]) -> set[tuple[str, str]]:
    """Give the pairs of colours that axe finds too close."""
    return {(node["any"][0]["data"]["fgColor"], node["any"][0]["data"]["bgColor"]) for node in nodes}


def vnu_errors(files: list[Path], vnu: Path) -> list[str]:
    """Let the Nu HTML checker judge files: its errors, not its notes on style. Skips where Java is absent."""
    if not shutil.which("java"):
        pytest.skip("needs Java to run the Nu HTML checker")
    outcome = subprocess.run(
        ["java", "-jar", str(vnu), "--format", "json", "--exit-zero-always", *map(str, files)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    messages = json.loads(outcome.stderr or outcome.stdout)["messages"]
    return [f"{Path(m['url']).name}: {m['message']}" for m in messages if m["type"] != "info"]
