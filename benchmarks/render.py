"""Rendering: picks to HTML and text, beside npm's mjml alone on the same stories.

    python -m benchmarks.render [--theme NAME ...] [--stories N ...] [--node DIR]

npm's mjml is taken from DIR/node_modules, or installed into a temporary folder when Node and npm are there; without
it our own figures are printed alone. All of ours is counted: views, Jinja2, MJML engine, the mending behind it, the
text part. The size limit is lifted, so that nothing is trimmed.

npm's mjml gets two documents: the very edition.mjml that `broadsheet render` writes (the whole edition; our markup is
compact, which spares both engines work), and what the theme `daily` shows, in MJML as its guide has it written
(`plain_digest`). Each is measured twice: as npm's mjml is by itself, and with its option `minify`, for our HTML is
small without it (styles are left as they are in both). Each of our runs has another subject and preheader, so that
nothing that a rendering may have kept of the one before answers for it.

How fast a program in a virtual machine is depends on how long it has run, so both sides are measured in four ways, each
in a process of its own: the first call, the median of the first fifteen, the best of many, and a cold process from its
start to its end (`mjml FILE -o FILE`; for ours Python, its imports, and one rendering of the same edition).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.plain_digest import plain_digest
from benchmarks.stories import newspaper, publication
from broadsheet.check import Context, check_rendered
from broadsheet.config.look import SizeLimit
from broadsheet.render import find_theme, render_edition
from broadsheet.render.mjml import compile_mjml

T = TypeVar("T")
THEMES, STORIES = ("daily", "brief", "magazine"), (25, 200)
RUNS, PEER_RUNS, MEDIAN_OF, STARTS = 60, 25, 15, 3
PEER = "mjml@5"
OURS = """
import json, sys, time
from dataclasses import replace
from benchmarks.stories import newspaper, publication
from broadsheet.config.look import SizeLimit
from broadsheet.render import find_theme, render_edition
name, edition = sys.argv[1], newspaper(int(sys.argv[2]))
theme, of = find_theme(name), publication(theme=name, size=SizeLimit(budget=100_000_000))
times = []
for run in range(int(sys.argv[3])):
    edition = replace(edition, subject=f"The day, told for the {run}th time", preheader=f"And: {run} other stories")
    begun = time.perf_counter()
    rendered = render_edition(edition, of, theme)
    times.append((time.perf_counter() - begun) * 1_000)
print(json.dumps({"times": times, "bytes": len(rendered.html.encode())}))
"""
THEIRS = """
const { createRequire } = require('node:module');
const mjml2html = (m => m.default ?? m)(createRequire(process.argv[2] + '/')('mjml'));
const source = require('node:fs').readFileSync(process.argv[3], 'utf8');
const options = { fonts: {}, minify: process.argv[5] === 'minify', minifyOptions: { minifyCss: false } };
(async () => {
  const times = [];
  let html = '';
  for (let run = 0; run < Number(process.argv[4]); run++) {
    const begun = process.hrtime.bigint();
    html = (await mjml2html(source, options)).html;
    times.push(Number(process.hrtime.bigint() - begun) / 1e6);
  }
  console.log(JSON.stringify({ times, bytes: Buffer.byteLength(html) }));
})();
"""


@dataclass(frozen=True)
class Speed:
    """What one side took for one document, in milliseconds, and the bytes of HTML that it made."""

    first: float
    median: float
    best: float
    cold_process: float
    bytes: int

    def times_slower(self, than: Speed) -> dict[str, float]:
        """Compare in like manner: how many times as long this side took."""
        return {way: round(getattr(self, way) / getattr(than, way), 1) for way in WAYS}


WAYS = ("first", "median", "best", "cold_process")
PEERS = {
    "npm": "npm's mjml on our MJML",
    "npm_plain": "npm's mjml on plain MJML",
    "npm_minified": "npm's, minified, on our MJML",
    "npm_plain_minified": "npm's, minified, on plain MJML",
}


@dataclass(frozen=True)
class Measured:
    """One size of edition in one theme. `mjml_step` and `checks` are the best of warm runs, in milliseconds."""

    theme: str
    stories: int
    ours: Speed
    mjml_step: float
    checks: float
    npm: Speed | None = None
    npm_plain: Speed | None = None
    npm_minified: Speed | None = None
    npm_plain_minified: Speed | None = None

    @property
    def peers(self) -> dict[str, tuple[str, Speed]]:
        """Name what was measured of npm's mjml, in words, by the field that holds it."""
        found = {name: (words, getattr(self, name)) for name, words in PEERS.items()}
        return {name: (words, speed) for name, (words, speed) in found.items() if speed}


def main() -> None:
    """Measure 25 and 200 stories in every theme and print a table, then one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render")
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--stories", action="append", type=int)
    parser.add_argument("--node", type=Path, help="a folder that has mjml in node_modules")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peer = chosen.node.resolve() if chosen.node else _peer(Path(folder))
        results = [
            _measure(stories, name, peer, Path(folder))
            for name in chosen.theme or THEMES
            for stories in chosen.stories or STORIES
        ]
    print(f"{'':34}{'first call':>16}{'median of 15':>16}{'best':>16}{'cold process':>16}{'bytes':>10}")
    for one in results:
        print(f"{one.theme}, {one.stories} stories (our MJML step {one.mjml_step:.2f}, checks {one.checks:.1f})")
        _print_row("ours: picks to HTML and text", one.ours, None)
        for words, speed in one.peers.values():
            _print_row(words, speed, one.ours)
    print(
        "Milliseconds. 2.0x: npm's mjml alone takes twice as long as our whole rendering. "
        f"Best: of {RUNS} runs, npm's of {PEER_RUNS}."
    )
    print(
        json.dumps({"benchmark": "render", "peer": PEER if peer else None, "results": [_figures(r) for r in results]})
    )


def _print_row(name: str, speed: Speed, ours: Speed | None) -> None:
    ratio = speed.times_slower(ours) if ours else {}
    cells = (f"{getattr(speed, way):.2f}" + (f" {ratio[way]:6.1f}x" if ratio else " " * 8) for way in WAYS)
    print(f"  {name:32}" + "".join(f"{cell:>16}" for cell in cells) + f"{speed.bytes:10}")


def _figures(one: Measured) -> dict[str, object]:
    ratios = {f"{name}_times_slower": speed.times_slower(one.ours) for name, (_, speed) in one.peers.items()}
    return {**asdict(one), **ratios}


def _measure(stories: int, name: str, peer: Path | None, folder: Path) -> Measured:
    theme, edition = find_theme(name), newspaper(stories)
    of = publication(theme=name, size=SizeLimit(budget=100_000_000))
    rendered = render_edition(edition, of, theme)
    context = Context(now=edition.sections[0].picks[0].story.first_seen_at, postal_address=of.postal_address)
    program = (sys.executable, "-c", OURS, name, str(stories))
    plain = plain_digest(edition, of)
    return Measured(
        theme=name,
        stories=stories,
        ours=_speed((*program, str(RUNS)), (*program, "1")),
        mjml_step=min(_timed(lambda: compile_mjml(rendered.mjml, theme=name))[0] for _ in range(RUNS)),
        checks=min(_timed(lambda: check_rendered(rendered, context))[0] for _ in range(5)),
        npm=_npm(rendered.mjml, peer, folder),
        npm_plain=_npm(plain, peer, folder),
        npm_minified=_npm(rendered.mjml, peer, folder, minify=True),
        npm_plain_minified=_npm(plain, peer, folder, minify=True),
    )


def _npm(mjml: str, peer: Path | None, folder: Path, *, minify: bool = False) -> Speed | None:
    if peer is None:
        return None
    source, program = folder / "edition.mjml", folder / "peer.cjs"
    source.write_text(mjml, encoding="utf-8")
    program.write_text(THEIRS, encoding="utf-8")
    modules = peer / "node_modules"
    return _speed(
        ("node", str(program), str(modules), str(source), str(PEER_RUNS), "minify" if minify else "as it is"),
        (
            *("node", str(modules / "mjml" / "bin" / "mjml"), str(source), "-o", str(folder / "edition.html")),
            *(("--config.minify", "true", "--config.beautify", "false") if minify else ()),
        ),
    )


def _speed(many: Sequence[str], once: Sequence[str]) -> Speed:
    """Time many runs in one fresh process, and the whole of a process that does it once, the best of a few."""
    found = json.loads(_told(many))
    times = found["times"]
    return Speed(
        first=times[0],
        median=statistics.median(times[:MEDIAN_OF]),
        best=min(times[1:]),
        cold_process=min(_timed(lambda: _told(once))[0] for _ in range(STARTS)),
        bytes=found["bytes"],
    )


def _told(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    result = work()
    return (time.perf_counter() - begun) * 1_000, result


def _peer(folder: Path) -> Path | None:
    if not shutil.which("node") or not shutil.which("npm"):
        print("npm's mjml is not compared: Node or npm is not here", file=sys.stderr)
        return None
    try:
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PEER],
            check=True, capture_output=True, timeout=240,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"npm's mjml is not compared: it could not be installed ({type(error).__name__})", file=sys.stderr)
        return None
    return folder


if __name__ == "__main__":
    main()
