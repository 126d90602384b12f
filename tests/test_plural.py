"""Numbers and their nouns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadsheet.plural import number_of

SOURCE = Path(__file__).resolve().parent.parent / "src" / "broadsheet"
# A count that can be one must not stand before a plural that is written out: "1 stories".
COUNTED = re.compile(
    r"""\{(?:[^{}"']*\.)?(?:len\([^{}]*\)|count|found|frozen|labels|late|rows|stories|readers|total)(?::,)?\}"""
    r""" (?:stories|rows|readers|sources|sections|findings|subscribers|messages|labels|editions|addresses)\b"""
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number_of(1, "story", "stories"), "1 story"),
        (number_of(0, "story", "stories"), "0 stories"),
        (number_of(1, "row"), "1 row"),
        (number_of(2000, "row"), "2,000 rows"),
    ],
)
def test_a_noun_agrees_with_its_number(written: str, expected: str) -> None:
    assert written == expected


def test_no_message_counts_one_stories() -> None:
    assert COUNTED.search('f"{len(edition.picks)} stories"')
    found = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in sorted(SOURCE.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if COUNTED.search(line) and "== 1" not in line
    ]
    assert found == []
