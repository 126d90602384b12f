"""Compare start-up with a bare two-command Typer app: `python -m benchmarks.startup [RUNS]`.

Runs the commands in turn, A B C A B C, so that a drifting machine hits all alike, and prints medians and ratios.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = """
import typer
app = typer.Typer()
@app.command()
def one(name: str = "x") -> None:
    print(name)
@app.command()
def two(count: int = 1) -> None:
    print(count)
app()
"""


def measure(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """Time whole processes in turn and give each one's median in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(seen[1:]) for name, seen in times.items()}  # the first warms the caches


def main() -> None:
    """Print a table and, as the last line, one JSON object."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        project = Path(folder) / "project"
        broadsheet = [sys.executable, "-m", "broadsheet"]
        subprocess.run([*broadsheet, "init", str(project)], check=True, capture_output=True)
        at = [*broadsheet, "-C", str(project)]
        subprocess.run([*at, "edition", "list"], check=True, capture_output=True)
        medians = measure(
            {
                "bare typer": [sys.executable, str(bare), "one"],
                "--version": [*broadsheet, "--version"],
                "edition list": [*at, "edition", "list"],
            },
            runs,
        )
    for name, median in medians.items():
        print(f"{name:<14} {median:7.1f} ms  {median / medians['bare typer']:5.2f}x")
    ratios = {name: round(median / medians["bare typer"], 3) for name, median in medians.items()}
    print(json.dumps({"median_ms": {k: round(v, 1) for k, v in medians.items()}, "vs_bare_typer": ratios}))


if __name__ == "__main__":
    main()
