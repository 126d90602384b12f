"""Import, export and freeze a large audience, beside two tools that only store rows.

python -m benchmarks.audience [--rows N]      1,000,000 rows if left out

Ours checks every address, keeps a subscription and a line of consent history a row, and is one durable transaction.
The peers read the same file into one table: `sqlite-utils insert --csv`, and the sqlite3 shell's `.import` into a table
keyed by address. Every run is a process of its own; memory is the peak of what it and the processes that it starts
hold together, looked at twenty times a second.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROWS = 1_000_000
SUPPRESSED_SHARE = 20  # one in twenty: 50,000 of a million
LOOK = 0.05  # seconds between two looks at the memory
PAGE = os.sysconf("SC_PAGE_SIZE")
SEGMENT = 'country == "DE" and joined < 2025-01-01'
PROJECT = """
[publications.daily]
title = "The Daily"
sender = "news@example.org"
postal_address = "1 Press Lane"
sections = [{ category = "News" }]
"""
COUNTRIES = ("GB", "DE", "FR", "ES", "IT", "NL", "PL", "SE")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds on the wall and on the processor, and peak memory, of one process and those that it started."""

    seconds: float
    processor: float
    megabytes: float


def write_list(path: Path, rows: int, *, changed: bool = False) -> None:
    """Write a made-up list in an order that is not the addresses'; `changed` gives every tenth row another city."""
    numbers = list(range(rows))
    random.Random(7).shuffle(numbers)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("email,first name,last name,country,city,joined\n")
        for number in numbers:
            country = COUNTRIES[number % len(COUNTRIES)]
            city = f"Newtown{number % 97}" if changed and number % 10 == 0 else f"Town{number % 89}"
            file.write(
                f"reader{number}@mail{number % 50}.example.com,First{number % 997},Last{number % 4999},"
                f"{country},{city},20{20 + number % 6}-{1 + number % 12:02}-{1 + number % 28:02}\n"
            )


def resident(process: int) -> float:
    """Add up the megabytes that a process and its children hold: pages they share are counted once for each."""
    found = 0.0
    with suppress(OSError):  # it is gone
        found = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * PAGE / 2**20
        for thread in Path(f"/proc/{process}/task").iterdir():
            found += sum(resident(int(one)) for one in (thread / "children").read_text(encoding="ascii").split())
    return found


def timed(command: Sequence[str], **options: object) -> Timing:
    """Run a process to its end. Raises SystemExit when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload]  # options are the caller's
    peak, ended = 0.0, 0
    while not ended:
        peak = max(peak, resident(process.pid))
        time.sleep(LOOK)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in (0, 4):
        raise SystemExit(f"{' '.join(command)}: {process.stderr.read().decode()}")
    return Timing(seconds, usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss / 1024))


def ours(project: Path, *words: str) -> Timing:
    """Run our command line on a project."""
    return timed([sys.executable, "-m", "broadsheet", "-C", str(project), *words])


def inside(project: Path, code: str) -> Timing:
    """Run a line of Python on an open desk."""
    program = (
        "import sys, datetime, itertools\nfrom pathlib import Path\nfrom broadsheet.desk import open_desk\n"
        f"with open_desk(Path({str(project)!r})) as desk:\n    publication = desk.config.publication()\n"
        f"    day = datetime.date(2026, 11, 24)\n    {code}\n"
    )
    return timed([sys.executable, "-c", program])


def run(folder: Path, rows: int) -> dict[str, Timing]:
    """Take every measure once, in one folder."""
    project = folder / "project"
    project.mkdir()
    (project / "broadsheet.toml").write_text(PROJECT, encoding="utf-8")
    listed, changed = folder / "list.csv", folder / "changed.csv"
    write_list(listed, rows)
    write_list(changed, rows, changed=True)
    timings: dict[str, Timing] = {}
    shell = folder / "shell.db"
    script = (
        "CREATE TABLE list (email TEXT PRIMARY KEY, first TEXT, last TEXT, country TEXT, city TEXT, joined TEXT);\n"
        f".mode csv\n.import --skip 1 {listed} list\n"
    )
    (folder / "shell.sql").write_text(script, encoding="utf-8")
    timings["sqlite3 .import"] = timed(["sqlite3", str(shell), f".read {folder / 'shell.sql'}"])
    timings["sqlite-utils insert"] = timed(
        [sys.executable, "-m", "sqlite_utils", "insert", str(folder / "utils.db"), "list", str(listed), "--csv"]
    )
    timings["import, fresh"] = ours(project, "subscribers", "import", str(listed))
    timings["import, unchanged"] = ours(project, "subscribers", "import", str(listed))
    timings["import, 10% changed"] = ours(project, "subscribers", "import", str(changed))
    timings["import, dry run"] = ours(project, "subscribers", "import", str(listed), "--dry-run")
    timings["export"] = ours(project, "subscribers", "export", "--out", str(folder / "out.csv"))
    inside(
        project,
        "from broadsheet.store.suppressions import Suppression; from broadsheet.model import SuppressionReason as R; "
        "s = Suppression(reason=R.MANUAL, at=desk.now()); t = desk.store.transaction(); t.__enter__(); "
        f"[desk.store.suppressions.add(f'reader{{n}}@mail{{n % 50}}.example.com', s) for n in range(0, {rows}, "
        f"{SUPPRESSED_SHARE})]; t.__exit__(None, None, None)",
    )
    timings["audience, all"] = inside(project, "print(sum(1 for _ in desk.store.subscribers.recipients('daily', day)))")
    timings["audience, segment"] = inside(
        project,
        "from broadsheet.desk.subscribing import candidates; "
        f"print(sum(1 for _, reason in candidates(desk, publication, day, {SEGMENT!r}) if not reason))",
    )
    return timings


def main(arguments: list[str]) -> None:
    """Print a table, the ratios, and the figures."""
    rows = int(arguments[arguments.index("--rows") + 1]) if "--rows" in arguments else ROWS
    if shutil.which("sqlite3") is None:
        raise SystemExit("needs the sqlite3 shell")
    with tempfile.TemporaryDirectory() as folder:
        timings = run(Path(folder), rows)
    print(f"{rows:,} rows")
    for name, timing in timings.items():
        rate = rows / timing.seconds
        print(
            f"{name:22} {timing.seconds:8.1f} s {timing.processor:8.1f} s of processor {rate:12,.0f} rows/s"
            f" {timing.megabytes:6.0f} MB"
        )
    # By processor time too: on a machine that does other work, the wall's is chance.
    shell, utils, fresh = (timings[name] for name in ("sqlite3 .import", "sqlite-utils insert", "import, fresh"))
    peak = max(t.megabytes for name, t in timings.items() if not name.startswith("sqlite"))
    print(
        f"a fresh import takes {fresh.seconds / shell.seconds:.1f} times sqlite3's .import by the clock"
        f" ({fresh.processor / shell.processor:.1f} by the processor), and is {utils.seconds / fresh.seconds:.1f} times"
        f" faster than sqlite-utils ({utils.processor / fresh.processor:.1f})"
    )
    print(
        json.dumps(
            {
                "benchmark": "audience", "rows": rows, "times_sqlite3": round(fresh.processor / shell.processor, 2),
                "faster_than_sqlite_utils": round(utils.processor / fresh.processor, 2),
                "times_sqlite3_by_clock": round(fresh.seconds / shell.seconds, 2),
                "faster_than_sqlite_utils_by_clock": round(utils.seconds / fresh.seconds, 2), "peak_mb": round(peak, 1),
                "processor": {name: round(t.processor, 2) for name, t in timings.items()},
                "seconds": {name: round(t.seconds, 2) for name, t in timings.items()},
                "megabytes": {name: round(t.megabytes, 1) for name, t in timings.items()},
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
