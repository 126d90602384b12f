"""Rendering: picks to HTML and text, beside npm's mjml alone on the same MJML.

    python -m benchmarks.render [--theme NAME ...] [--node DIR]

npm's mjml is taken from DIR/node_modules, or installed into a temporary folder when Node and npm are there; without
it our own figures are printed alone. Both sides run warm, in one process each, ours in Python, theirs in Node; the
first, cold call is told beside. All of ours is counted: views, Jinja2, MJML engine, the mending behind it, the text
part. The size limit is lifted, so that nothing is trimmed.

npm's mjml gets two documents: the very edition.mjml that `broadsheet render` writes (the whole edition; our markup is
compact, which spares both engines work), and the same stories in MJML as its guide has it written (`plain_digest`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

from benchmarks.plain_digest import plain_digest
from benchmarks.stories import newspaper, publication
from broadsheet.check import Context, check_rendered
from broadsheet.config.look import SizeLimit
from broadsheet.model import RenderedEdition
from broadsheet.render import find_theme, render_edition
from broadsheet.render.mjml import compile_mjml

T = TypeVar("T")
THEMES, STORIES = ("daily", "brief", "magazine"), (25, 200)
RUNS, PEER_RUNS = 60, 25
PEER = "mjml@5"
PROGRAM = """
const { createRequire } = require('node:module');
const mjml2html = (m => m.default ?? m)(createRequire(process.argv[2] + '/')('mjml'));
const source = require('node:fs').readFileSync(process.argv[3], 'utf8');
(async () => {
  const times = [];
  let html = '';
  for (let run = 0; run < Number(process.argv[4]); run++) {
    const begun = process.hrtime.bigint();
    html = (await mjml2html(source, { fonts: {} })).html;
    times.push(Number(process.hrtime.bigint() - begun) / 1e6);
  }
  console.log(JSON.stringify({ times, bytes: Buffer.byteLength(html) }));
})();
"""


@dataclass(frozen=True)
class Measured:
    """One size of edition. Times are in milliseconds, the best of many warm runs unless `first`.

    The best, not the median: on a machine that others use too, it is what both sides share.
    """

    stories: int
    theme: str
    ours_first: float
    ours: float
    mjml_step: float
    checks: float
    bytes: int
    npm_first: float | None = None
    npm: float | None = None
    npm_bytes: int | None = None
    times_faster: float | None = None
    mjml_step_times_faster: float | None = None
    npm_plain: float | None = None
    npm_plain_bytes: int | None = None
    times_faster_than_plain: float | None = None


def main() -> None:
    """Measure 25 and 200 stories in every theme and print a table, then one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render")
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--node", type=Path, help="a folder that has mjml in node_modules")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peer = chosen.node or _peer(Path(folder))
        results = [
            _measure(stories, name, peer, Path(folder)) for name in chosen.theme or THEMES for stories in STORIES
        ]
    print(f"{'':18}|{'ours':^42}|{'npm, our MJML':^24}|{'npm, plain MJML':^17}")
    print(
        f"{'theme':9}{'stories':>8} |{'bytes':>8}{'first':>8}{'checks':>8}{'MJML':>8}{'whole':>9} "
        f"|{'time':>8}{'MJML':>7}{'whole':>8} |{'time':>8}{'whole':>8}"
    )
    for one in results:
        npm = (
            f"|{one.npm:8.1f}{one.mjml_step_times_faster:6.1f}x{one.times_faster:7.1f}x "
            f"|{one.npm_plain:8.1f}{one.times_faster_than_plain:7.1f}x"
            if one.npm
            else ""
        )
        print(
            f"{one.theme:9}{one.stories:8} |{one.bytes:8}{one.ours_first:8.1f}{one.checks:8.1f}{one.mjml_step:8.2f}"
            f"{one.ours:9.2f} {npm}"
        )
    print(
        "Milliseconds, best of warm runs; first: the first call of a theme in the process. whole: picks to HTML and\n"
        "text, checks off. MJML: our step from MJML to HTML. 2.0x: npm's mjml alone takes twice as long as ours."
    )
    print(json.dumps({"benchmark": "render", "peer": PEER if peer else None, "results": [asdict(r) for r in results]}))


def _measure(stories: int, name: str, peer: Path | None, folder: Path) -> Measured:
    theme, edition = find_theme(name), newspaper(stories)
    of = publication(theme=name, size=SizeLimit(budget=100_000_000))

    def render() -> RenderedEdition:
        return render_edition(edition, of, theme)

    first, rendered = _timed(render)
    times = [_timed(render)[0] for _ in range(RUNS)]
    context = Context(now=edition.sections[0].picks[0].story.first_seen_at, postal_address=of.postal_address)
    checks = [_timed(lambda: check_rendered(rendered, context))[0] for _ in range(5)]
    ours = min(times)
    steps = [_timed(lambda: compile_mjml(rendered.mjml, theme=name))[0] for _ in range(RUNS)]
    base = Measured(
        stories=stories,
        theme=name,
        ours_first=first,
        ours=ours,
        mjml_step=min(steps),
        checks=min(checks),
        bytes=len(rendered.html.encode()),
    )
    if peer is None:
        return base
    same, plain = _npm(rendered.mjml, peer, folder), _npm(plain_digest(edition), peer, folder)
    return replace(
        base,
        npm_first=same.first,
        npm=same.best,
        npm_bytes=same.bytes,
        times_faster=same.best / ours,
        mjml_step_times_faster=same.best / base.mjml_step,
        npm_plain=plain.best,
        npm_plain_bytes=plain.bytes,
        times_faster_than_plain=plain.best / ours,
    )


@dataclass(frozen=True)
class Peer:
    """What npm's mjml took for one document, in milliseconds, and what it made."""

    first: float
    best: float
    bytes: int


def _npm(mjml: str, peer: Path, folder: Path) -> Peer:
    source, program = folder / "edition.mjml", folder / "peer.cjs"
    source.write_text(mjml, encoding="utf-8")
    program.write_text(PROGRAM, encoding="utf-8")
    told = subprocess.run(
        ["node", str(program), str(peer / "node_modules"), str(source), str(PEER_RUNS)],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    found = json.loads(told.stdout)
    return Peer(first=found["times"][0], best=min(found["times"][1:]), bytes=found["bytes"])


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
