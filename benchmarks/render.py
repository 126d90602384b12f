"""Rendering: picks to HTML and text, beside npm's mjml alone on the same MJML.

    python -m benchmarks.render [--theme NAME]

npm's mjml is installed into a temporary folder when Node and npm are there, or taken from $BROADSHEET_NPM_MJML, a
folder that has it in node_modules; without it our own figures are printed alone. Both sides run warm, ours
in Python, theirs in Node; the first, cold call is told beside. All of ours is counted: views, Jinja2, MJML engine,
the mending behind it, the text part. The size limit is lifted, so that nothing is trimmed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.stories import newspaper, publication
from broadsheet.check import Context, check_rendered
from broadsheet.config.look import SizeLimit
from broadsheet.model import RenderedEdition
from broadsheet.render import find_theme, render_edition
from broadsheet.render.mjml import compile_mjml

T = TypeVar("T")
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


def main() -> None:
    """Measure 25 and 200 stories and print a table, then one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render")
    parser.add_argument("--theme", default="daily")
    name = parser.parse_args().theme
    with tempfile.TemporaryDirectory() as folder:
        peer = _peer(Path(folder))
        results = [_measure(stories, name, peer, Path(folder)) for stories in (25, 200)]
    print(
        f"{'':8}{'stories':>8}{'bytes':>9}{'first':>8}{'whole':>8}{'checks':>8}{'MJML':>7}{'npm':>8}{'whole':>8}{'MJML':>7}"
    )
    for one in results:
        npm = f"{one.npm:8.1f}{one.times_faster:7.1f}x{one.mjml_step_times_faster:6.0f}x" if one.npm else ""
        print(
            f"{one.theme:8}{one.stories:8}{one.bytes:9}{one.ours_first:8.1f}{one.ours:8.2f}{one.checks:8.1f}"
            f"{one.mjml_step:7.2f}{npm}"
        )
    print(
        "Milliseconds, best of warm runs. whole: picks to HTML and text, checks off. MJML: our step from MJML to HTML."
    )
    print("npm: npm's mjml alone, MJML to HTML; the last two columns say how many times as long that takes as ours.")
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
    source = folder / f"{stories}.mjml"
    source.write_text(rendered.mjml, encoding="utf-8")
    program = folder / "peer.cjs"
    program.write_text(PROGRAM, encoding="utf-8")
    told = subprocess.run(
        ["node", str(program), str(peer / "node_modules"), str(source), str(PEER_RUNS)],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    theirs = json.loads(told.stdout)
    npm = min(theirs["times"][1:])
    return Measured(
        **{
            **asdict(base),
            "npm_first": theirs["times"][0],
            "npm": npm,
            "npm_bytes": theirs["bytes"],
            "times_faster": npm / ours,
            "mjml_step_times_faster": npm / base.mjml_step,
        }
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    result = work()
    return (time.perf_counter() - begun) * 1_000, result


def _peer(folder: Path) -> Path | None:
    given = os.environ.get("BROADSHEET_NPM_MJML")
    if given:
        return Path(given)
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
