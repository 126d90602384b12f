"""Import every list of a folder with no options, and hold what was found against what is known about it.

python -m benchmarks.subscribers [PATH ...]     folders with expected.jsonl and files/; ../shared/data/subscriber_csv

Expected keys used where they are given: encoding, delimiter, email_column, rows, n_valid, n_invalid, n_duplicate,
n_active, n_not_active. Rows that are not active are counted by what they are.
"""

from __future__ import annotations

import codecs
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from broadsheet.audience.dialect import detect
from broadsheet.desk import Desk, open_desk
from broadsheet.desk.subscribing import import_subscribers
from broadsheet.errors import AudienceError

HERE = Path(__file__).resolve().parent.parent
DEFAULT = HERE.parent / "shared" / "data" / "subscriber_csv"
MEASURES = (
    "encoding", "delimiter", "email_column", "rows", "n_valid", "n_invalid", "n_duplicate", "n_active", "n_not_active"
)  # fmt: skip
PROJECT = """
[publications.p{0}]
title = "List {0}"
sender = "news@example.org"
postal_address = "1 Press Lane"
sections = [{{ category = "News" }}]
"""


def found_in(file: Path, name: str) -> dict[str, Any]:
    """Import one list into a project of its own and say what was found in it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "broadsheet.toml").write_text(PROJECT.format(name), encoding="utf-8")
        with open_desk(Path(folder)) as desk:
            return _import(desk, file)


def _import(desk: Desk, file: Path) -> dict[str, Any]:
    dialect = detect(file)
    found: dict[str, Any] = {"encoding": dialect.encoding, "delimiter": dialect.delimiter, "email_column": None}
    try:
        report = import_subscribers(desk, desk.config.publication(), file)
    except AudienceError as error:
        return {**found, "refused": error.message}
    difference = report.difference
    not_active = difference.new - difference.active
    return {
        **found,
        "email_column": report.email_column,
        "rows": report.rows,
        "n_valid": report.rows - report.refused,
        "n_invalid": report.refused,
        "n_duplicate": difference.duplicates,
        "n_active": difference.active,
        "n_not_active": not_active,
        "kinds": {
            kind: getattr(difference, kind)
            for kind in ("pending", "unsubscribed", "bounced", "complained")
            if getattr(difference, kind)
        },
    }


def agrees(measure: str, expected: Any, found: Any) -> bool:
    """Tell whether a finding is the expected one. Latin-1 and Windows-1252 are one where no byte tells them apart."""
    if measure != "encoding" or expected is None or found is None:
        return bool(expected == found)
    names = {codecs.lookup(str(name)).name for name in (expected, found)}
    return len(names) == 1 or names <= {"iso8859-1", "cp1252"}


def main(arguments: list[str]) -> None:
    """Print a line a list, the disagreements, and the share of agreement by measure."""
    right = dict.fromkeys(MEASURES, 0)
    asked = dict.fromkeys(MEASURES, 0)
    exceptions: list[str] = []
    lists = active = not_active = 0
    print(f"{'list':40} {'encoding':10} {'rows':>5} {'valid':>5} {'bad':>4} {'dupl':>4} {'active':>6}  not active")
    for argument in arguments or [str(DEFAULT)]:
        folder = Path(argument)
        lines = (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            expected = json.loads(line)
            found = found_in(folder / expected["file"], str(number))
            lists += 1
            active += found.get("n_active", 0)
            not_active += found.get("n_not_active", 0)
            kinds = ", ".join(f"{count} {kind}" for kind, count in found.get("kinds", {}).items())
            print(
                f"{Path(expected['file']).name[:40]:40} {found['encoding']:10} {found.get('rows', '-'):>5}"
                f" {found.get('n_valid', '-'):>5} {found.get('n_invalid', '-'):>4} {found.get('n_duplicate', '-'):>4}"
                f" {found.get('n_active', '-'):>6}  {kinds or found.get('refused', '')[:40]}"
            )
            for measure in MEASURES:
                if expected.get(measure) is None:
                    continue
                asked[measure] += 1
                if agrees(measure, expected[measure], found.get(measure)):
                    right[measure] += 1
                else:
                    exceptions.append(
                        f"{expected['file']}: {measure}: expected {expected[measure]!r}, found {found.get(measure)!r}"
                    )
    print()
    for measure in MEASURES:
        if asked[measure]:
            print(f"{measure:14} {right[measure]:>4} of {asked[measure]}")
    for exception in exceptions:
        print(f"exception: {exception}")
    result = {m: round(right[m] / asked[m], 4) for m in MEASURES if asked[m]}
    total = sum(right.values()) / max(sum(asked.values()), 1)
    print(
        json.dumps(
            {
                "benchmark": "subscribers", "lists": lists, "agreement": round(total, 4), **result,
                "active": active, "not_active": not_active, "exceptions": exceptions,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
