"""Tables: columns that stand under each other, in any script, and no line wider than the terminal."""

from __future__ import annotations

import contextlib
import io

import pytest

from broadsheet.cli.output import table

ROWS = [
    (
        "af2kfzb9m4",
        "港の予算が一票差で可決",
        "Council passes harbour budget by a single vote after six weeks of wrangling",
    ),
    ("7cdhg6zx75", "Night ferry", "short"),
]


class Terminal(io.StringIO):
    """Remembers what is printed, and says that a person watches."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_last_column_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    screen = Terminal()
    with contextlib.redirect_stdout(screen):
        table(ROWS, head=("id", "title", "why"))
    assert screen.getvalue().splitlines() == [
        "id          title                   why",
        "af2kfzb9m4  港の予算が一票差で可決  Council passes harbour",
        "                                    budget by a single vote",
        "                                    after six weeks of",
        "                                    wrangling",
        "7cdhg6zx75  Night ferry             short",
    ]


def test_into_a_pipe_each_row_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    table(ROWS)
    assert len(capsys.readouterr().out.splitlines()) == len(ROWS)
