"""Run the checker over other people's mails: `python -m benchmarks.lint [PATH ...]`.

A PATH is a folder with `index.jsonl` (a line per mail: `file` and its `facts`) and the HTML files it names. The
checker's counts are compared with every fact; rules that block by default are listed with the files they fire on; each
file is checked once as the bare HTML file it is, and once as if it were a finished message.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadsheet.check import Context, check_mail, check_rendered
from broadsheet.check.counts import count
from broadsheet.check.message import mail_of_html
from broadsheet.config import parse_config
from broadsheet.model import Edition, Image, Pick, Section, Severity, Story
from broadsheet.render import find_theme, list_themes, render_edition

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CONTEXT = Context(now=NOW)
PROJECT = """
[publications.daily]
title = "The Morning Sheet"
sender = "The Morning Sheet <news@example.org>"
postal_address = "The Morning Sheet, 1 Press Lane, London"
sections = [{ category = "Politics" }]
"""


def mails(folder: Path) -> Iterator[tuple[str, bytes, Mapping[str, Any]]]:
    """Read a folder's index: name, bytes and facts of each mail."""
    index = folder if folder.is_file() else folder / "index.jsonl"
    with index.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                yield row["file"], (index.parent / row["file"]).read_bytes(), row.get("facts", {})


def main(paths: list[str]) -> None:
    """Measure, print the tables, and one JSON object as the last line."""
    folders = [Path(path) for path in paths] or [Path(__file__).parents[2] / "shared" / "data" / "newsletter_html"]
    agree: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    differences: list[str] = []
    crashes: list[str] = []
    milliseconds: list[float] = []
    fired: dict[Severity, dict[str, list[str]]] = {severity: defaultdict(list) for severity in Severity}
    finished: dict[str, list[str]] = defaultdict(list)
    number = 0
    for folder in folders:
        for name, content, facts in mails(folder):
            number += 1
            try:
                began = time.thread_time()
                mail = mail_of_html(content)
                findings = check_mail(mail, CONTEXT)
                milliseconds.append((time.thread_time() - began) * 1000)
                counts = {**count(mail), "html_bytes": len(content)}
                as_message = check_mail(replace(mail, is_template=False), CONTEXT)
            except Exception as error:  # a crash of any kind is what this counts
                crashes.append(f"{name}: {type(error).__name__}: {error}")
                continue
            for fact, expected in facts.items():
                if fact in counts:
                    seen[fact] += 1
                    agree[fact] += counts[fact] == expected
                    if counts[fact] != expected:
                        differences.append(f"{name}: {fact}: {counts[fact]} counted, {expected} stated")
            for finding in findings:
                if name not in fired[finding.severity][finding.rule]:
                    fired[finding.severity][finding.rule].append(name)
            for finding in as_message:
                if finding.severity is Severity.BLOCK and name not in finished[finding.rule]:
                    finished[finding.rule].append(name)
    report(number, agree, seen, differences, crashes, milliseconds, fired, finished)


def own_editions(stories: int = 25) -> dict[str, float]:
    """Check an edition of ours in each theme; processor milliseconds, the best of seven, reading the HTML included."""
    publication = parse_config(PROJECT, folder=Path()).publication()
    picks = tuple(
        Pick(
            story=Story(
                id=f"s{n}", title=f"Parliament backs the harbour bill after a night of talks, part {n}", source="wire",
                url=f"https://news.example.org/2026/11/24/harbour-{n}", published_at=NOW, first_seen_at=NOW,
                image=Image(url=f"https://img.example.org/{n}.jpg", width=1200, height=800, alt="A ship at dawn"),
            ),
            position=n, headline=f"Parliament backs the harbour bill after a night of talks, part {n}",
            dek="The vote ended eleven hours of debate on the future of the port. Work is to begin in March.",
        )
        for n in range(stories)
    )  # fmt: skip
    edition = Edition(
        id="daily-2026-11-24", publication="daily", date=NOW.date(), subject="The harbour bill and a lost symphony",
        preheader="And: who pays for the wall, and a chip plant in a coal town",
        sections=(Section(title="Politics", category="Politics", picks=picks),),
    )  # fmt: skip
    context = replace(CONTEXT, postal_address=publication.postal_address, sender=publication.sender)
    best = {}
    for entry in list_themes():
        rendered = render_edition(edition, publication, find_theme(entry.name))
        times = []
        for _ in range(7):
            began = time.thread_time()
            check_rendered(rendered, context)
            times.append((time.thread_time() - began) * 1000)
        best[entry.name] = round(min(times), 1)
    return best


def report(
    number: int,
    agree: Counter[str],
    seen: Counter[str],
    differences: list[str],
    crashes: list[str],
    milliseconds: list[float],
    fired: Mapping[Severity, Mapping[str, list[str]]],
    finished: Mapping[str, list[str]],
) -> None:
    """Print what was measured."""
    print(f"{number} mails\n\nfact                   agrees")
    for fact in seen:
        print(f"{fact:22} {agree[fact]:4} of {seen[fact]}")
    for line in differences[:40]:
        print(f"  differs  {line}")
    print(
        f"\nprocessor milliseconds a mail: median {_median(milliseconds):.1f}, most {max(milliseconds, default=0):.1f}"
    )
    own = own_editions()
    shown = ", ".join(f"{theme} {time}" for theme, time in own.items())
    print(f"processor milliseconds an edition of 25 stories with pictures: {shown}")
    for line in crashes:
        print(f"  CRASH  {line}")
    print("\nrules that warn, and on how many mails")
    for rule, names in sorted(fired[Severity.WARN].items(), key=lambda item: -len(item[1])):
        print(f"  {rule:24} {len(names)}")
    for title, rules in (("as bare HTML", fired[Severity.BLOCK]), ("as finished messages", finished)):
        print(f"\nrules that block {title}, and on which mails")
        for rule, names in sorted(rules.items(), key=lambda item: -len(item[1])):
            shown = ", ".join(Path(name).name for name in names[:6]) + (" ..." if len(names) > 6 else "")
            print(f"  {rule:24} {len(names):3}  {shown}")
    blocked = {name for names in fired[Severity.BLOCK].values() for name in names}
    print(
        json.dumps(
            {
                "mails": number,
                "crashes": len(crashes),
                "agreement": {fact: round(agree[fact] / seen[fact], 4) for fact in seen},
                "agreement_all": round(sum(agree.values()) / max(1, sum(seen.values())), 4),
                "ms_median": round(_median(milliseconds), 2),
                "ms_max": round(max(milliseconds, default=0), 2),
                "ms_25_stories": own,
                "blocked_mails": len(blocked),
                "blocking_rules": {rule: len(names) for rule, names in fired[Severity.BLOCK].items()},
                "blocking_rules_as_messages": {rule: len(names) for rule, names in finished.items()},
            }
        )
    )


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else 0.0


if __name__ == "__main__":
    main(sys.argv[1:])
