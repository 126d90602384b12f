"""How near the forecast comes: what was foreseen before the first mail beside the time that it took.

    python -m benchmarks.forecast [--paced 2000] [--free 20000]

Real sendings to Postfix's smtp-sink on loopback, ledger and all: held by an account's limit, by a mailbox provider's,
by the allowance of a warm-up with a second account after it, and by nothing but the speed that the sending before
measured: one of many seconds, and one of about a second. Takes about two minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.deliver import SINK, sink

if TYPE_CHECKING:
    from broadsheet.desk import Desk

CONFIG = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
base_url = "https://news.example.org"
sections = [{{ category = "News" }}]

[sources.desk]
path = "stories"
category = "News"

[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
{limits}
"""
STORIES = (
    "The northern bridge is open\n\nDrivers crossed the river for the first time after six years of work.\n",
    "Firemen save the fish market\n\nNobody was hurt among the stalls; the cause of the flames is not known.\n",
)
SECOND = '[[smtp.accounts]]\nname = "old"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nper_second = 100\n'


def sent(desk: Desk, folder: Path, number: int) -> tuple[float, float]:
    """Make and send an edition. Gives the seconds that were foreseen, and those that it took."""
    from broadsheet.desk import editing
    from broadsheet.desk.gathering import gather
    from broadsheet.desk.production import render
    from broadsheet.desk.sending import send

    publication, day = desk.config.publication("daily"), datetime.now(UTC).date() + timedelta(days=number)
    (folder / "stories" / f"{number}.txt").write_text(STORIES[number])
    gather(desk)
    edition = editing.pick_edition(desk, publication, day)
    editing.approve(desk, edition, render(desk, edition).hash, "the benchmark")
    foreseen: list[tuple[datetime, datetime]] = []

    def note(forecast: object) -> None:
        foreseen.append((desk.now(), getattr(forecast, "done_at")))  # noqa: B009 - the type is imported late

    report = send(desk, publication, day, announce=note)
    if report.waiting or not report.balanced:
        raise SystemExit(f"not all were sent: {report}")
    (began, done_at), ended = foreseen[0], desk.now()
    return (done_at - began).total_seconds(), (ended - began).total_seconds()


def measured(port: int, limits: str, readers: int, of_gmail: int, editions: int) -> tuple[float, float]:
    """Send editions from a fresh project; gives the last one's seconds."""
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import import_subscribers

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "stories").mkdir()
        (folder / "broadsheet.toml").write_text(CONFIG.format(port=port, limits=limits))
        domains = ["gmail.com"] * of_gmail + ["example.com"] * (readers - of_gmail)
        lines = [f"reader{number}@{domain}" for number, domain in enumerate(domains)]
        (folder / "list.csv").write_text("email\n" + "\n".join(lines))
        with open_desk(folder) as desk:
            import_subscribers(desk, desk.config.publication("daily"), folder / "list.csv")
            return [sent(desk, folder, number) for number in range(editions)][-1]


def main() -> None:
    """Print both times of each sending, and as the last line the shares by which they differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--paced", type=int, default=2000, help="readers where limits hold a sending")
    parser.add_argument("--free", type=int, default=20000, help="readers where nothing does")
    chosen = parser.parse_args()
    if SINK is None:
        sys.exit("smtp-sink is missing: apt-get install postfix")
    warmup = f"[smtp.warmup]\nstart = {datetime.now(UTC).date()}\nallowances = [{chosen.paced // 4}]\n"
    figures: dict[str, float] = {}
    print(f"{'held by':32} {'foreseen':>9} {'took':>9} {'off by':>7}")
    with sink() as port:
        for name, limits, readers, of_gmail, editions in (
            ("an account's limit", "per_second = 100", chosen.paced, 0, 1),
            ("a provider's limit", "[providers.gmail]\nper_second = 20", chosen.paced, chosen.paced // 5, 1),
            ("a warm-up, and the next account", f"per_second = 100\n{warmup}{SECOND.format(port=port)}",
             chosen.paced, 0, 1),
            ("the speed as measured before", "", chosen.free, 0, 2),
            ("the speed of a short sending", "", chosen.paced, 0, 2),
        ):  # fmt: skip
            foreseen, took = measured(port, limits, readers, of_gmail, editions)
            off = abs(took - foreseen) / took
            figures[name.replace(" ", "_").replace(",", "").replace("'", "")] = round(off, 4)
            print(f"{name:32} {foreseen:8.1f}s {took:8.1f}s {off:7.1%}")
    print(json.dumps({**figures, "worst": max(figures.values())}))


if __name__ == "__main__":
    main()
