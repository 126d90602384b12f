"""The same MJML through npm's mjml gives the same elements. Runs where Node and npm's mjml are.

Name a folder that holds mjml in node_modules by BROADSHEET_NPM_MJML, or install it globally.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from broadsheet.config.look import Sponsor
from broadsheet.model import Edition
from broadsheet.render import find_theme, render_edition
from tests.render.editions import AT, edition, pick, publication, story

PROGRAM = """
const mjml2html = (m => m.default ?? m)(require('node:module').createRequire(process.argv[1] + '/')('mjml'));
const source = require('node:fs').readFileSync(0, 'utf8');
(async () => process.stdout.write((await mjml2html(source, { fonts: {} })).html))();
"""


@pytest.fixture(scope="module")
def npm_mjml() -> Path:
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("compares with npm's mjml, and Node is not here")
    named = os.environ.get("BROADSHEET_NPM_MJML")
    if named:
        folder = Path(named) / "node_modules"
    else:
        told = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=False, timeout=60)
        folder = Path(told.stdout.strip())
    if not (folder / "mjml").is_dir():
        pytest.skip("compares with npm's mjml, which is not installed; name its folder by BROADSHEET_NPM_MJML")
    return folder


class Elements(HTMLParser):
    """Collects the elements of a body in order, conditional comments left aside."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.inside:
            self.names.append(tag)
        self.inside = self.inside or tag == "body"

    def handle_endtag(self, tag: str) -> None:
        if self.inside:
            self.names.append(f"/{tag}")


def elements(html: str) -> list[str]:
    parser = Elements()
    parser.feed(html)
    return parser.names


def everything() -> Edition:
    other = story(99, id="o", publisher="Evening Star")
    picks = [pick(n, kicker="Ports" if n % 2 else "", is_update=n == 3) for n in range(11)]
    picks[4] = pick(4, also_reported_by=(other,))
    picks[6] = pick(6, of=story(6, image=None, url=None))
    return edition(picks, intro="Good morning, {first_name}.\nA second paragraph.")


@pytest.mark.parametrize("tag", ["en", "ar"])
@pytest.mark.parametrize("theme", ["daily", "brief", "magazine"])
def test_npm_gives_the_same_elements(npm_mjml: Path, theme: str, tag: str) -> None:
    sponsor = Sponsor(
        name="Ferries", text="Sail.", url="https://f.example/", starts=AT.date(), ends=AT.date(),
        picture="https://f.example/p.png",
    )  # fmt: skip
    ours = render_edition(everything(), publication(language=tag, sponsors=(sponsor,)), find_theme(theme))
    theirs = subprocess.run(
        ["node", "-e", PROGRAM, str(npm_mjml)], input=ours.mjml, capture_output=True, text=True, check=True, timeout=120
    )
    assert len(elements(ours.html)) > 100
    assert elements(ours.html) == elements(theirs.stdout)
