"""edition.mjml is the whole edition: npm's mjml makes the same elements and the same text of it as our engine.

Runs where Node and npm's mjml are: `python3 tests` installs it beside the other engines that run on Node.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from broadsheet.config.look import Sponsor
from broadsheet.model import Edition, RenderedEdition
from broadsheet.render import find_theme, render_edition
from tests.render.editions import AT, edition, pick, publication, story

PROGRAM = """
const mjml2html = (m => m.default ?? m)(require('node:module').createRequire(process.argv[1] + '/')('mjml'));
const sources = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
(async () => {
  const found = {};
  for (const [name, source] of Object.entries(sources)) {
    const { html, errors } = await mjml2html(source, { fonts: {} });
    found[name] = { html, errors: errors.map(error => error.formattedMessage) };
  }
  process.stdout.write(JSON.stringify(found));
})();
"""
CASES = tuple((theme, tag) for theme in ("daily", "brief", "magazine") for tag in ("en", "ar"))


def npm_mjml() -> Path:
    """Find the folder whose node_modules hold npm's mjml, or skip and say so."""
    for place in (os.environ.get("BROADSHEET_NODE_MODULES", ""), str(Path(sys.prefix) / "node")):
        if shutil.which("node") and place and (Path(place) / "node_modules" / "mjml").is_dir():
            return Path(place) / "node_modules"
    pytest.skip("needs node with npm's mjml")


class Reader(HTMLParser):
    """Reads a body: its elements in order and its text, conditional comments left aside."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.text = ""
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.inside:
            self.names.append(tag)
        self.inside = self.inside or tag == "body"

    def handle_endtag(self, tag: str) -> None:
        if self.inside:
            self.names.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.text += data


def read(html: str) -> tuple[list[str], str]:
    """Give the elements of a body, and its text without white space, which the engines set each their own way."""
    reader = Reader()
    reader.feed(html)
    return reader.names, re.sub(r"\s+", "", reader.text)


def everything() -> Edition:
    other = story(99, id="o", publisher="Evening Star")
    picks = [pick(n, kicker="Ports" if n % 2 else "", is_update=n == 3) for n in range(11)]
    picks[4] = pick(4, also_reported_by=(other,))
    picks[6] = pick(6, of=story(6, image=None, url=None))
    return edition(picks, intro="Good morning, {first_name}.\nA second paragraph.")


@cache
def ours(theme: str, tag: str) -> RenderedEdition:
    sponsor = Sponsor(
        name="Ferries", text="Sail.", url="https://f.example/", starts=AT.date(), ends=AT.date(),
        picture="https://f.example/p.png",
    )  # fmt: skip
    return render_edition(everything(), publication(language=tag, sponsors=(sponsor,)), find_theme(theme))


@pytest.fixture(scope="module")
def theirs() -> dict[str, dict[str, Any]]:
    """Let npm's mjml compile every case, in one process of Node."""
    sources = {f"{theme} {tag}": ours(theme, tag).mjml for theme, tag in CASES}
    told = subprocess.run(
        ["node", "-e", PROGRAM, str(npm_mjml())],
        input=json.dumps(sources), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    found: dict[str, dict[str, Any]] = json.loads(told.stdout)
    return found


@pytest.mark.parametrize(("theme", "tag"), CASES)
def test_npm_gives_the_same_elements_and_text(theirs: dict[str, dict[str, Any]], theme: str, tag: str) -> None:
    names, text = read(ours(theme, tag).html)
    other = theirs[f"{theme} {tag}"]
    assert other["errors"] == []
    assert len(names) > 100
    assert (names, text) == read(other["html"])


@pytest.mark.parametrize(("theme", "tag"), CASES)
def test_edition_mjml_holds_every_story(theme: str, tag: str) -> None:
    rendered = ours(theme, tag)
    stories = [pick.story for pick in rendered.edition.picks]
    assert [story.id for story in stories if story.title not in rendered.mjml] == []
    assert [story.id for story in stories if story.url and story.url not in rendered.mjml] == []
