"""Every example of the command reference is run as it stands, on the day that it names, in a copy of one newsroom."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from tests.deliver.relay import TAKE_AND_CUT, Conversation, Relay, Stage
from tests.docs.pages import ROOT, Typed, commands
from tests.docs.surroundings import Surroundings, surroundings

YESTERDAY, MORNING, NOON = "2026-11-23T12:00Z", "2026-11-24T06:00Z", "2026-11-24T12:00Z"
STORY = "---\ntitle: {title}\ncategory: {category}\n---\n{title}, the authorities said on Monday.\n"
AGENCY = '\n[sources.agency]\nurl = "https://example.org/feed.xml"\ncategory = "Business"\n'
MORE = '\n[pictures]\nurl = "https://news.example.org/pictures"\n'
LIST = (
    "email,first name,country,city\nada@example.com,Ada,GB,Leeds\nben@example.com,Ben,DE,Hull\n"
    "reader@example.com,Rea,GB,York\n"
)
LABELLED = (("Parliament votes on the budget", "Politics"), ("Shares fall as banks report losses", "Business"))
OPML = '<opml version="2.0"><body><outline text="N" type="rss" xmlUrl="https://example.org/news.xml"/></body></opml>'

# What must have happened that has not happened in every newsroom.
ADOPTED = "broadsheet settle --adopt"  # each example is run in a copy, and a copy does not send until it is told to
BEFORE = {
    "broadsheet edition reopen daily-2026-11-24": "broadsheet edition approve",
    "broadsheet categories test last-week.jsonl": "broadsheet categories train archive-2026.jsonl",
    'broadsheet suppressions lift ada@example.com --reason "their server was down, and is up again"': (
        "broadsheet subscribers suppress ada@example.com"
    ),
    "broadsheet -C newsroom run": ADOPTED,
    "broadsheet doctor": ADOPTED,
}
# Examples that rightly end otherwise than with 0, and what they say then.
ENDS = {
    "broadsheet check --date 2026-11-24 --strict": (3, "the preheader has"),  # a warning, and warnings are to block
    "broadsheet -C newsroom run": (3, "waits for an editor's approval"),  # as the configuration has it at first
}
# Examples about an edition that has gone out: they are run where the day's has, with one mail in doubt.
ABOUT_A_SENDING = (
    "broadsheet edition diff --against sent",
    "broadsheet deliveries --missing",
    "broadsheet settle --again reader@example.com",
)
SERVE = ("broadsheet serve ", "broadsheet preview --date ")
STOPPED = 130  # by Ctrl+C


def examples() -> list[tuple[Typed, ...]]:
    """Give the lines of each example; one of them is of two."""
    page = ROOT / "docs" / "commands.md"
    lines = sorted((typed for typed in commands(page) if typed.whole), key=lambda typed: typed.line)
    return [tuple(parts) for _, parts in groupby(lines, key=lambda typed: typed.line)]


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    with surroundings(tmp_path_factory.mktemp("around")) as found:
        yield found


@pytest.fixture(scope="module")
def newsroom(around: Surroundings) -> Path:
    """Make a newsroom that sent yesterday's edition and drafted that of the day."""
    assert around.shell("broadsheet init newsroom", around.folder, YESTERDAY).returncode == 0
    project = around.folder / "newsroom"
    settings, kept = project / "broadsheet.toml", project / "stories" / "example.txt"
    text = settings.read_text(encoding="utf-8").replace("# base_url", "base_url")
    text += MORE + (around.folder / "platforms.toml").read_text(encoding="utf-8")
    example = kept.read_bytes()
    kept.unlink()
    ferry = STORY.format(title="Night ferry returns", category="Business")
    (project / "stories" / "ferry.md").write_text(ferry, encoding="utf-8")
    (project / "list.csv").write_text(LIST, encoding="utf-8")
    settings.write_text(text.replace('"required" ', '"automatic" '), encoding="utf-8")
    type_in(around, project, "broadsheet subscribers import list.csv", YESTERDAY)
    type_in(around, project, "broadsheet run", YESTERDAY)
    settings.write_text(text + AGENCY, encoding="utf-8")
    kept.write_bytes(example)
    type_in(around, project, "broadsheet backup", MORNING)
    type_in(around, project, "broadsheet gather", NOON)
    type_in(around, project, "broadsheet pick", NOON)
    (project / "feeds.opml").write_text(OPML, encoding="utf-8")
    labelled = "".join(json.dumps({"title": title, "label": label}) + "\n" for title, label in LABELLED * 20)
    for name in ("archive-2026.jsonl", "last-week.jsonl"):
        (project / name).write_text(labelled, encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def sent(around: Surroundings, newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Send the day's edition from a copy of that newsroom through a relay that leaves one mail in doubt."""

    def cut(stage: Stage, talk: Conversation) -> str | None:
        return TAKE_AND_CUT if stage is Stage.DOT and talk.recipient.startswith("reader") else None

    project = tmp_path_factory.mktemp("sent") / "newsroom"
    shutil.copytree(newsroom, project)
    settings = project / "broadsheet.toml"
    text = settings.read_text(encoding="utf-8")
    with Relay(cut) as relay:
        table = f'\n[smtp]\nhost = "127.0.0.1"\nport = {relay.port}\nsecurity = "none"\ntimeout = 3\n'
        settings.write_text(text + table, encoding="utf-8")
        type_in(around, project, ADOPTED, NOON)
        type_in(around, project, "broadsheet edition approve", NOON)
        type_in(around, project, "broadsheet send", NOON, code=4)
    settings.write_text(text, encoding="utf-8")
    return project


def type_in(around: Surroundings, project: Path, line: str, at: str, *, code: int = 0) -> None:
    done = around.shell(line, project, at)
    assert done.returncode == code, f"{line}: {done.stderr}{done.stdout}"


@pytest.mark.slow
@pytest.mark.parametrize("example", examples(), ids=lambda example: example[0].text.removeprefix("broadsheet "))
def test_an_example_works(
    example: tuple[Typed, ...], newsroom: Path, around: Surroundings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = tmp_path / "newsroom"
    shutil.copytree(request.getfixturevalue("sent") if example[0].text in ABOUT_A_SENDING else newsroom, project)
    if before := BEFORE.get(example[0].text):
        type_in(around, project, before, NOON)
    for typed in example:
        if typed.text.startswith(SERVE):
            assert around.served(typed.text, project, NOON) == (200, STOPPED)
            continue
        done = around.shell(typed.text, tmp_path if " -C " in typed.text else project, NOON)
        code, says = ENDS.get(typed.text, (0, ""))
        assert done.returncode == code, f"{typed.page}:{typed.line}: {typed.text}\n{done.stderr}{done.stdout}"
        assert says in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


def test_no_exception_outlives_its_example() -> None:
    shown = {typed.text for example in examples() for typed in example}
    assert {*BEFORE, *ENDS, *ABOUT_A_SENDING} <= shown, "take out what the reference no longer shows"
    assert len(examples()) == (ROOT / "docs" / "commands.md").read_text(encoding="utf-8").count("\nExample: ")
