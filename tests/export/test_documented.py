"""The tables of docs/export.md say what the code and the tests do: no more, and no less."""

from __future__ import annotations

import re
from pathlib import Path

from broadsheet.export import platforms
from broadsheet.export.platform import Takes
from broadsheet.export.pull import TELLING
from broadsheet.export.push import PUSHABLE, TEMPLATES
from broadsheet.export.push.places import DRAFTS
from tests.export.engines import Render, django, jinja, liquid
from tests.export.test_engines import NODE_PROOFS, PROOFS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "export.md").read_text(encoding="utf-8")
TAKES = {
    Takes.DOCUMENT: "document",
    Takes.FRAGMENT: "fragment",
    Takes.MESSAGE: "message",
    Takes.MJML: "MJML in a ZIP",
}
ENGINES: dict[Render, str] = {jinja: "Jinja2", django: "Django", liquid: "python-liquid"}
# Proved by what is no entry of PROOFS: the message's parser, Go's compiled program, the MJML engine.
OTHERWISE = {"eml": "Python's e-mail parser", "listmonk": "Go html/template", "loops": "MRML compiles it"}


def rows(head: str) -> dict[str, list[str]]:
    """Read the table that begins so: its cells by the name in the first one, which may hold several."""
    table = PAGE[PAGE.index(head) :].split("\n\n", 1)[0].splitlines()[2:]
    found: dict[str, list[str]] = {}
    for line in table:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rest = cells[1:]
        found |= dict.fromkeys(re.sub(r"\s*\(.*?\)", "", cells[0]).split(", "), rest)
    return found


def test_every_platform_stands_in_the_table_as_it_is() -> None:
    table = rows("| platform | takes | how sure |")
    assert set(table) == {platform.name for platform in platforms()}
    for platform in platforms():
        takes, sure, engine, draft = table[platform.name]
        style = "" if platform.keeps_style or platform.takes is not Takes.FRAGMENT else ", no style sheet"
        assert takes == TAKES[platform.takes] + style, platform.name
        assert sure == platform.certainty, platform.name
        pushed = "yes" if platform.name in DRAFTS else "template" if platform.name in TEMPLATES else ""
        assert draft == pushed, platform.name
        if platform.name in OTHERWISE:
            assert engine.startswith(OTHERWISE[platform.name])
        elif platform.name in NODE_PROOFS:
            assert engine.startswith(NODE_PROOFS[platform.name].title()), platform.name
        elif platform.name in PROOFS:
            assert engine.startswith(ENGINES[PROOFS[platform.name].render]), platform.name
        else:
            assert engine == "-", platform.name


def test_what_is_unproved_is_said() -> None:
    assert "Unproved for all: a live account" in PAGE
    assert " ".join(PAGE.split()).count("never against a live account") >= 3


def test_drafts_and_departures_stand_in_their_tables() -> None:
    assert set(rows("| platform | needs | mark |")) == set(DRAFTS)
    assert set(rows("| platform | what is asked | how sure |")) == set(DRAFTS)
    assert set(rows("| platform | the template's name is | asks | how sure |")) == set(TEMPLATES)
    by_hand = {platform.name for platform in platforms()} - set(PUSHABLE) - {"html", "eml"}
    assert set(rows("| platform | why there is no `--push` | how sure |")) == by_hand
    assert set(rows("| platform | asks | `list` is |")) == set(TELLING)


def test_conditions_stand_in_their_table() -> None:
    table = rows("| platform | the field is | code |")
    assert set(table) == {platform.name for platform in platforms() if platform.conditions}
    for platform in platforms():
        if platform.conditions:
            sure = ", ".join(condition.sure for condition in platform.conditions)
            names = [name for name in table if table[name] is table[platform.name]]
            letters = table[platform.name][-2].split(", ")
            if len(letters) == len(names) > 1:
                assert letters[names.index(platform.name)] == sure, platform.name
            else:
                assert table[platform.name][-2] == sure, platform.name
