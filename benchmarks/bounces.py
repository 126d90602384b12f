"""Read every message of a bounce collection and hold the reading against its labels, beside flufl.bounce alone.

python -m benchmarks.bounces [PATH ...]     folders with expected.jsonl and messages/; ../shared/data/bounces

kind: bounce, delay_warning, complaint, autoreply, none. recipients: all addresses a message is about. hard: agreement
on "never write again" over the recipients that are labelled and were found.
"""

from __future__ import annotations

import email
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from broadsheet.audience.bounces import Report, read_report

HERE = Path(__file__).resolve().parent.parent
DEFAULT = HERE.parent / "shared" / "data" / "bounces"


def by_flufl(content: bytes) -> set[str]:
    """Give the addresses that flufl.bounce finds."""
    from flufl.bounce import all_failures

    temporary, permanent = all_failures(email.message_from_bytes(content))
    return {address.decode("utf-8", "replace").lower() for address in (*temporary, *permanent)}


def labelled(row: dict[str, Any]) -> set[str]:
    """Give the addresses that the labels name."""
    named = [*(row.get("permanent") or ()), *(row.get("temporary") or ())]
    named += [one["recipient"] for one in row.get("recipients") or ()]
    return {address.lower() for address in named}


def compare(row: dict[str, Any], report: Report, flufl: set[str], counts: Counter[str]) -> list[str]:
    """Count what agrees in one message; give the disagreements in words."""
    wrong: list[str] = []
    expected, found = labelled(row), {one.email.lower() for one in report.recipients}
    counts["messages"] += 1
    counts["flufl_recipients"] += flufl == expected
    counts["flufl_is_bounce"] += bool(flufl) == row["is_bounce"]
    if report.kind.value == row["kind"]:
        counts["kind"] += 1
    else:
        wrong.append(f"kind: expected {row['kind']}, found {report.kind.value}")
    counts["is_bounce"] += report.is_bounce == row["is_bounce"]
    if found == expected:
        counts["recipients"] += 1
    else:
        wrong.append(f"recipients: expected {sorted(expected)}, found {sorted(found)}")
    hard_by_address = {one.email.lower(): one for one in report.recipients}
    for one in row.get("recipients") or ():
        if one.get("hard") is None or one.get("feedback_type"):
            continue
        counts["labelled"] += 1
        mine = hard_by_address.get(one["recipient"].lower())
        if mine is None:
            continue
        counts["judged"] += 1
        counts["hard_right"] += mine.hard == one["hard"]
        counts["hard_labelled"] += one["hard"]
        counts["hard_found"] += mine.hard
        counts["hard_both"] += mine.hard and one["hard"]
        if mine.hard != one["hard"]:
            wrong.append(
                f"hard: expected {one['hard']} ({one['reason']} {one['status']}),"
                f" found {mine.hard} ({mine.reason.value} {mine.status})"
            )
    return wrong


def main(arguments: list[str]) -> None:
    """Print the disagreements, then the shares."""
    counts: Counter[str] = Counter()
    exceptions = 0
    for argument in arguments or [str(DEFAULT)]:
        folder = Path(argument)
        for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            content = (folder / row["file"]).read_bytes()
            for words in compare(row, read_report(content), by_flufl(content), counts):
                exceptions += 1
                print(f"{row['file']}: {words}")
    figures = {
        "kind": counts["kind"] / max(counts["messages"], 1),
        "is_bounce": counts["is_bounce"] / max(counts["messages"], 1),
        "recipients": counts["recipients"] / max(counts["messages"], 1),
        "hard": counts["hard_right"] / max(counts["judged"], 1),
        "hard_precision": counts["hard_both"] / max(counts["hard_found"], 1),
        "hard_recall": counts["hard_both"] / max(counts["hard_labelled"], 1),
        "flufl_recipients": counts["flufl_recipients"] / max(counts["messages"], 1),
        "flufl_is_bounce": counts["flufl_is_bounce"] / max(counts["messages"], 1),
    }
    print()
    print(f"{counts['messages']} messages, {counts['judged']} of {counts['labelled']} labelled recipients judged")
    for name, share in figures.items():
        print(f"{name:18} {share:.3f}")
    rounded = {name: round(share, 4) for name, share in figures.items()}
    print(json.dumps({"benchmark": "bounces", "messages": counts["messages"], **rounded, "exceptions": exceptions}))


if __name__ == "__main__":
    main(sys.argv[1:])
