"""The site is built without a warning, can be read offline, and its sources' links work on a code host, too."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"```.*?```", re.DOTALL)
# What a browser fetches by itself, unlike a link that a reader follows.
_FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as the contribution guide says, every warning an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "dirhtml", "docs", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


class Fetches(HTMLParser):
    """Collect what a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address of what the element brings in."""
        named = dict(attrs)
        if tag in _FETCHED:
            self.places.append(named.get(_FETCHED[tag]) or "")
        if tag == "link" and named.get("rel") not in ("canonical", "search", "index", "next", "prev"):
            self.places.append(named.get("href") or "")


def test_every_page_is_in_the_site(site: Path) -> None:
    for path in (ROOT / "docs").glob("*.md"):
        assert (site / ("" if path.stem == "index" else path.stem) / "index.html").is_file(), path.name


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        fetches = Fetches()
        fetches.feed(page.read_text(encoding="utf-8"))
        assert fetches.places or page.parent == site, page
        assert not [place for place in fetches.places if place.startswith(("http:", "https:", "//"))], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_between_pages_work_on_a_code_host(path: Path) -> None:
    for target in _LINK.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        if not target.startswith(("http:", "https:", "mailto:", "#")):
            assert (path.parent / target.partition("#")[0]).is_file(), f"{path.name} links to {target}"


def test_the_index_leads_to_every_page() -> None:
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    named = {line.strip() for fence in _FENCE.findall(text) for line in fence.splitlines()}
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"} <= named
