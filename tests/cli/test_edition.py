from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from broadsheet.cli.edition_text import print_story_explanations
from broadsheet.cli.main import main
from broadsheet.desk.explaining import ExplainedStory
from tests.edit.newsroom import story

CONFIG = """\
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"

[[publications.daily.sections]]
category = "News"
max = 2
"""
TITLES = ("Harbour opens after storm", "Parliament passes pension bill", "Orchestra plays in the old mine")


class Terminal:
    """The command line, run in this process: what it said, what it told, and its exit code."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch
        self.err = ""
        self.code: Any = 0

    def __call__(self, *arguments: str) -> str:
        self._monkeypatch.setattr(sys, "argv", ["broadsheet", "-C", str(self.folder), *arguments])
        self.code = 0
        try:
            main()
        except SystemExit as leaving:
            self.code = leaving.code or 0
        out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return out

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    (tmp_path / "broadsheet.toml").write_text(CONFIG)
    stories = tmp_path / "stories"
    stories.mkdir()
    for number, title in enumerate(TITLES):
        text = (
            f"---\npublished_at: 2026-11-24T0{number}:00:00Z\ncategories: News\n---\n{title}\nIt was so.\n\nAnd more.\n"
        )
        (stories / f"{number}.txt").write_text(text)
    terminal = Terminal(tmp_path, capsys, monkeypatch)
    terminal("gather", str(stories))
    assert terminal.code == 0, terminal.err
    return terminal


def test_a_day_at_the_desk(terminal: Terminal) -> None:
    small = terminal.json("pick", "--date", "2026-11-24", "--max-stories", "1")
    assert [len(section["picks"]) for section in small["sections"]] == [1]
    edition = terminal.json("pick", "--date", "2026-11-24")
    assert set(edition) >= {"id", "publication", "date", "status", "subject", "preheader", "hash", "sections"}
    picks = edition["sections"][0]["picks"]
    assert set(picks[0]) >= {"position", "story", "headline", "dek", "reason", "signals", "also_reported_by"}
    assert [pick["headline"] for pick in picks] == [TITLES[2], TITLES[1]]
    first, second = (pick["story"]["id"] for pick in picks)
    assert TITLES[2] in terminal("edition", "show", "daily-2026-11-24")
    assert "daily-2026-11-24  draft  2" in terminal("edition", "list")

    explained = terminal.json("pick", "--date", "2026-11-24", "--explain")["explanations"]
    loser = next(one["story"] for one in explained if one["fate"] == "runner_up")
    assert "stories that score higher fill its 2 places" in terminal("explain", loser)
    assert "published 2026-11-" in terminal("explain", loser)
    told = terminal("pick", "--date", "2026-11-24", "--explain")
    assert "Beaten (1)" in told
    assert f"  {loser}  {terminal.json('story', loser)['title']}\n" in told

    terminal("edition", "approve", "daily-2026-11-24", "--by", "Robin")
    assert terminal.code == 0, terminal.err
    assert "move" in terminal("edition", "move", second, "daily-2026-11-24", "--to", "1", "--by", "Robin")
    assert "The approval of daily-2026-11-24 is cancelled" in terminal.err
    terminal("edition", "set", "daily-2026-11-24", "--story", first, "--headline", "Ours", "--subject", "Mine")
    shown = terminal.json("edition", "show", "daily-2026-11-24")
    assert (shown["status"], shown["subject"]) == ("draft", "Mine")
    assert [pick["headline"] for pick in shown["sections"][0]["picks"]] == [TITLES[1], "Ours"]
    assert "subject: " in terminal("edition", "diff", "daily-2026-11-24")
    assert "Robin  approve" in terminal("edition", "log", "daily-2026-11-24")
    moved = terminal("edition", "move", first, "daily-2026-11-24", "--section", shown["sections"][0]["title"])
    assert "to the end" in moved
    assert "9999" not in moved
    assert "pin" in terminal("edition", "pin", loser, "daily-2026-11-24")
    assert "drop" in terminal("edition", "drop", first, "daily-2026-11-24")
    assert len(terminal.json("edition", "show", "daily-2026-11-24")["sections"][0]["picks"]) == 2
    terminal("edition", "skip", "daily-2026-11-24", "--reason", "a strike")
    terminal("edition", "reopen", "daily-2026-11-24")
    assert terminal.json("edition", "list")[0]["status"] == "draft"


def test_a_pick_of_what_is_settled_says_that_nothing_was_drafted(terminal: Terminal) -> None:
    terminal("pick", "--date", "2026-11-24")
    assert "nothing was drafted" not in terminal.err
    terminal("edition", "skip", "daily-2026-11-24")
    assert "To send it all the same: broadsheet edition reopen daily" in terminal("pick", "--date", "2026-11-24")
    assert (
        "daily-2026-11-24 is skipped: nothing was drafted. To draft it anew, type `broadsheet edition" in terminal.err
    )


def test_what_blocks_is_not_approved_unless_somebody_answers_for_it(terminal: Terminal) -> None:
    config = terminal.folder / "broadsheet.toml"
    config.write_text(f"{CONFIG}\n[checks]\nsubject-shouting = 'block'\n")
    terminal("pick", "--date", "2026-11-24")
    terminal("edition", "set", "daily-2026-11-24", "--subject", "READ ALL OF THIS NOW")
    terminal("edition", "approve", "daily-2026-11-24")
    assert (terminal.code, "subject-shouting (" in terminal.err) == (3, True), terminal.err
    assert "edition approve daily-2026-11-24 --acknowledge subject-shouting" in terminal.err
    terminal("edition", "approve", "daily-2026-11-24", "--acknowledge", "subject-shoting")
    assert (terminal.code, "did you mean `subject-shouting`?" in " ".join(terminal.err.split())) == (2, True)
    assert terminal.json("edition", "show", "daily-2026-11-24")["status"] == "draft"
    terminal("edition", "approve", "daily-2026-11-24", "--acknowledge", "subject-shouting", "--by", "Robin")
    assert terminal.code == 0, terminal.err
    assert "Robin  acknowledge" in terminal("edition", "log", "daily-2026-11-24")


def test_editing_the_text_loses_nothing(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal("pick", "--date", "2026-11-24")
    sheet = terminal.folder / "sheet.txt"
    terminal("edition", "edit", "daily-2026-11-24", "--to", str(sheet))
    sheet.write_text(sheet.read_text().replace(TITLES[2], "A better headline"))
    assert "headline 'A better headline'" in terminal("edition", "edit", "daily-2026-11-24", "--from", str(sheet))

    monkeypatch.setenv("EDITOR", "sed -i -e 's/== News ==/== Nwes ==/'")
    terminal("edition", "edit", "daily-2026-11-24")
    assert terminal.code == 1
    assert "there is no section 'Nwes'; did you mean 'News'?" in terminal.err
    kept = terminal.folder / "daily-2026-11-24.edit.txt"
    assert "== Nwes ==" in kept.read_text()
    kept.write_text(kept.read_text().replace("Nwes", "News").replace("Subject: ", "Subject: Mended "))
    terminal("edition", "edit", "daily-2026-11-24", "--from", str(kept))
    assert terminal.json("edition", "show", "daily-2026-11-24")["subject"].startswith("Mended ")

    monkeypatch.setenv("EDITOR", "no-such-editor-here")
    terminal("edition", "edit", "daily-2026-11-24")
    assert (terminal.code, "cannot be started" in terminal.err) == (2, True)

    before = kept.read_text()
    monkeypatch.setenv("EDITOR", "sed -i -e 's/^Intro:.*/Intro: Caf\xe9/' --binary".replace("\xe9", "\\xe9"))
    terminal("edition", "edit", "daily-2026-11-24")
    assert "daily-2026-11-24.txt:8: is not written in UTF-8: the byte 0xe9" in terminal.err
    assert kept.read_text() == before
    other = terminal.folder / "daily-2026-11-24.edit-2.txt"
    assert f"--from {other}" in terminal.err
    other.write_bytes(other.read_bytes().decode("latin-1").replace("\n", "\r\n").encode("utf-16"))
    assert "intro 'Café'" in terminal("edition", "edit", "daily-2026-11-24", "--from", str(other))
    other.write_text("\n")
    terminal("edition", "edit", "daily-2026-11-24", "--from", str(other))
    assert (terminal.code, "the text is empty" in terminal.err) == (1, True)
    other.write_text("Subject: Lost\n")
    terminal("edition", "edit", "daily-2026-11-24", "--from", str(other))
    assert (terminal.code, "has no line `# Draft: ...`" in terminal.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("edition", "show", "daily-1999-01-01"), 1, "there is no edition daily-1999-01-01"),
        (("pick", "--date", "soon"), 2, "is no date"),
        (("pick", "-p", "weekly"), 2, "no publication is called 'weekly'"),
        (("explain", "zzzz"), 1, "no story is called 'zzzz'"),
        (("edition", "move", "x"), 2, "say where to"),
        (("edition", "set"), 2, "say what to set"),
        (("edition", "set", "--headline", "x"), 2, "--story ID"),
        (("edition", "set", "--reset", "colour"), 2, "no text called 'colour'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    terminal: Terminal, arguments: tuple[str, ...], code: int, words: str
) -> None:
    terminal(*arguments)
    assert (terminal.code, words in terminal.err) == (code, True), terminal.err


def test_an_undated_story_is_not_said_to_be_published_when_it_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    print_story_explanations(ExplainedStory(story=story(1, dated=False), explanations=()))
    assert "source1, undated, first seen 2026-11-24 11:58 UTC" in capsys.readouterr().out
