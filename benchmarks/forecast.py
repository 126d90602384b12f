"""How near the forecast comes: what was foreseen before the first mail beside the time that it took.

    python -m benchmarks.forecast [--paced 2000] [--free 20000]
    python -m benchmarks.forecast --big 1000000 [--before 20000]

Real sendings to Postfix's smtp-sink on loopback, ledger and all: held by an account's limit, by a mailbox provider's,
by the allowance of a warm-up with a second account after it, and by nothing but the speed that the sending before
measured: one of many seconds, and one of about a second. Takes about two minutes.

With --big, one edition to so many readers instead (a page of one story), after one to the first --before of them
that measured the speed (0: no history): what was foreseen before the first mail, a minute later and at half, beside
the truth; and the balance, and the peak memory of the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.deliver import SINK, sink

if TYPE_CHECKING:
    from broadsheet.deliver.forecast import Forecast
    from broadsheet.desk import Desk
    from broadsheet.desk.forecasting import Progress

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

    def note(forecast: Forecast) -> None:
        assert forecast.done_at is not None, "no limit is so low that this one never ends"
        foreseen.append((desk.now(), forecast.done_at))

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


class Foreseen:
    """What a sending foresaw at its moments: how many seconds from its beginning to its end."""

    def __init__(self) -> None:
        self.began = datetime.now(UTC)
        self.said: dict[str, float | None] = {}

    def before(self, forecast: Forecast) -> None:
        """Begin, and keep what is foreseen before the first mail."""
        self.began = datetime.now(UTC)
        self._keep("before the first mail", forecast)

    def watch(self, progress: Progress) -> None:
        """Keep what is foreseen after a minute, and at half."""
        if datetime.now(UTC) - self.began >= timedelta(minutes=1):
            self._keep("after a minute", progress.forecast)
        if progress.forecast.waiting * 2 <= progress.total:
            self._keep("at half", progress.forecast)

    def _keep(self, moment: str, forecast: Forecast) -> None:
        if moment not in self.said:
            told = forecast.done_at and forecast.per_second
            self.said[moment] = (forecast.done_at - self.began).total_seconds() if told and forecast.done_at else None
            print(f"{moment}: {forecast.waiting:,} wait, {forecast.per_second or 0:,.0f} a second", flush=True)


def big(port: int, readers: int, before: int) -> None:
    """Send to very many; print each forecast beside the truth, and as the last line the figures."""
    from broadsheet.desk import editing, open_desk
    from broadsheet.desk.gathering import gather
    from broadsheet.desk.production import render
    from broadsheet.desk.sending import send
    from broadsheet.desk.subscribing import import_subscribers

    with tempfile.TemporaryDirectory() as place:
        folder, foreseen = Path(place), Foreseen()
        (folder / "stories").mkdir()
        (folder / "broadsheet.toml").write_text(CONFIG.format(port=port, limits="connections = 10"))
        with open_desk(folder) as desk:
            publication = desk.config.publication("daily")
            for number, (first, last) in enumerate(((0, before), (before, readers))):
                with (folder / "list.csv").open("w") as file:
                    file.write("email\n")
                    file.writelines(f"reader{one}@example.com\n" for one in range(first, last))
                started = time.monotonic()
                if last > first:
                    import_subscribers(desk, publication, folder / "list.csv")
                print(f"imported {last - first:,} in {time.monotonic() - started:.0f} s", flush=True)
                if number == 0 and before:
                    sent(desk, folder, 0)
            (folder / "stories" / "1.txt").write_text(STORIES[1])
            gather(desk)
            day = datetime.now(UTC).date() + timedelta(days=1)
            edition = editing.pick_edition(desk, publication, day)
            rendered = render(desk, edition)
            octets = len(rendered.html.encode()) + len(rendered.text.encode())
            editing.approve(desk, edition, rendered.hash, "the benchmark")
            started = time.monotonic()
            report = send(desk, publication, day, announce=foreseen.before, watch=foreseen.watch)
            took = (datetime.now(UTC) - foreseen.began).total_seconds()
            frozen = time.monotonic() - started - took
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"frozen in {frozen:.0f} s, sent {report.sent:,} of {report.frozen:,} in {took:.0f} s; peak {peak:.0f} MB")
    off: dict[str, float] = {}
    for moment, seconds in foreseen.said.items():
        if seconds is None:
            print(f"{moment:24} no speed was measured yet, and it said so")
            continue
        off[moment.replace(" ", "_")] = round(abs(took - seconds) / took, 4)
        print(f"{moment:24} {seconds:8.1f}s {took:8.1f}s {abs(took - seconds) / took:7.1%}")
    figures = {
        "octets": octets,
        "sent": report.sent,
        "frozen": report.frozen,
        "balanced": report.balanced,
        "waiting": report.waiting,
        "freeze_s": round(frozen, 1),
        "took_s": round(took, 1),
        "peak_mb": round(peak, 1),
    }
    print(json.dumps({**figures, **off, "worst": max(off.values(), default=None)}))


def main() -> None:
    """Print both times of each sending, and as the last line the shares by which they differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--paced", type=int, default=2000, help="readers where limits hold a sending")
    parser.add_argument("--free", type=int, default=20000, help="readers where nothing does")
    parser.add_argument("--big", type=int, default=0, help="readers of one big sending, measured alone")
    parser.add_argument("--before", type=int, default=20000, help="readers of the sending before the big one")
    chosen = parser.parse_args()
    if SINK is None:
        sys.exit("smtp-sink is missing: apt-get install postfix")
    if chosen.big:
        with sink() as port:
            big(port, chosen.big, chosen.before)
        return
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
