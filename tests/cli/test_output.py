"""Tables whose columns stand under each other, in any script, and JSON of any length."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator

import pytest

from broadsheet.cli.output import document, documents, table

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


HOSTILE: dict[str, object] = {"text": "a\nb\u2028c\x85d\r\n e", "at": None, "of": [{}, {"b": []}]}


@pytest.mark.parametrize("rows", [[], [HOSTILE], [HOSTILE, {}, [], "two\nlines", 3]], ids=["none", "one", "many"])
def test_a_list_that_is_printed_as_it_comes_is_the_document_that_it_was(
    rows: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    documents(iter(rows))
    streamed = capsys.readouterr().out
    document(rows)
    assert streamed == capsys.readouterr().out
    assert json.loads(streamed) == rows


def test_a_long_list_is_never_in_memory(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> Iterator[int]:
        for number in range(3):
            yield number
            assert capsys.readouterr().out.endswith(f" {number}"), "a row waits for the next"

    documents(rows())
