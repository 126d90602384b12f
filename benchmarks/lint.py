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

from broadsheet.check import Context, check_mail
from broadsheet.check.counts import count
from broadsheet.check.message import mail_of_html
from broadsheet.model import Severity

CONTEXT = Context(now=datetime(2026, 11, 24, tzinfo=UTC))


def mails(folder: Path) -> Iterator[tuple[str, bytes, Mapping[str, Any]]]:
    """Read a folder's index: name, bytes and facts of each mail."""
    with (folder / "index.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                yield row["file"], (folder / row["file"]).read_bytes(), row.get("facts", {})


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
                began = time.perf_counter()
                mail = mail_of_html(content)
                findings = check_mail(mail, CONTEXT)
                milliseconds.append((time.perf_counter() - began) * 1000)
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
    print(f"\nmilliseconds a mail: median {_median(milliseconds):.1f}, most {max(milliseconds, default=0):.1f}")
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
