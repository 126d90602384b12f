"""Every command line in the pages is held against the real command line: commands, options, values and arguments."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from broadsheet.cli.app import app
from tests.docs.pages import PAGES, ROOT, Typed, commands, options

# What stands for something that a reader puts in.
MEANT = {
    "PLATFORM": "mailchimp",
    "PUBLICATION": "daily",
    "DAY": "2026-11-24",
    "MINUTES": "5",
    "KIND": "systemd",
}
# Files that the command line looks for while it reads its words.
FILES = ("feeds.opml", "desk.pem", "desk.key")
# Options in sentences that are not broadsheet's: whose they are.
FOREIGN = {
    "--only": "benchmarks.deliver",
    "--messages": "benchmarks.deliver",
    "--delayed": "benchmarks.deliver",
    "--rounds": "benchmarks.deliver",
}


def parse(words: list[str], *, whole: bool) -> str:
    """Give what the real command line has against these words, or nothing.

    A mention within a sentence may lack arguments ("`broadsheet restore` puts ..."); all that it has must exist.
    """
    group: Any = typer.main.get_group(app)
    context: Any = None
    name = "broadsheet"
    words = [MEANT.get(word, word) for word in words]
    try:
        while hasattr(group, "resolve_command"):
            context = group.make_context(name, words, parent=context)
            words = [*context._protected_args, *context.args]
            if not words:
                return "names no command" if whole else ""
            name, group, words = group.resolve_command(context, words)
        group.make_context(name, words, parent=context)
    except Exception as error:
        if type(error).__name__ in ("MissingParameter", "NoArgsIsHelpError") and not whole:
            return ""
        if not hasattr(error, "format_message"):
            raise
        return str(error.format_message())
    return ""


SEEN = [typed for path in PAGES for typed in commands(path)]


@pytest.mark.parametrize("typed", SEEN, ids=lambda typed: f"{typed.page}:{typed.line}")
def test_every_command_in_the_pages_exists(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        (tmp_path / name).touch()
    fault = parse(typed.words, whole=typed.whole)
    assert not fault, f"{typed.page}:{typed.line}: {typed.text}: {fault}"


def every_option(command: Any, context: Any) -> set[str]:
    """Collect the options of a command and of all below it."""
    found = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        found |= every_option(command.get_command(context, name), context)
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_option_in_a_sentence_exists(path: Path) -> None:
    group = typer.main.get_group(app)
    known = every_option(group, typer.Context(group)) | {"--help"}
    unknown = [f"{path.name}:{line}: {option}" for line, option in options(path) if option not in known | set(FOREIGN)]
    assert not unknown


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_and_benchmark_that_a_page_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = {f"benchmarks/{name}.py" for name in re.findall(r"python -m benchmarks\.(\w+)", text)}
    named |= {name.rstrip(".") for name in re.findall(r"\b(?:src/broadsheet|tests|benchmarks)/[\w/.]*\w", text)}
    named = {name for name in named if "NAME" not in name}
    assert not [name for name in sorted(named) if not (ROOT / name).exists()]


def test_no_foreign_option_is_listed_in_vain() -> None:
    seen = {option for path in PAGES for _, option in options(path)}
    assert set(FOREIGN) <= seen, "take out of FOREIGN what no page names"


@pytest.mark.parametrize(("option", "owner"), FOREIGN.items())
def test_a_foreign_option_is_its_owners(option: str, owner: str) -> None:
    assert f'"{option}"' in (ROOT / f"{owner.replace('.', '/')}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [["chek"], ["check", "--strickt"], ["export", "--for"], ["edition", "pinn", "x"], ["pick", "--max-stories", "many"],
     ["stories", "surplus"], ["settle", "--agian", "x"]],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_a_page_with_a_mistake_would_fail(words: list[str], whole: bool) -> None:
    assert parse(words, whole=whole)


def test_commands_are_found_wherever_they_stand(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Type `broadsheet pick --date DAY`, or\n\n    WORD='a b' broadsheet run \\\n      --quiet\n\n"
        "    echo x | broadsheet gather -\n    cd x && .venv/bin/broadsheet demo\n\n"
        "```\nbroadsheet check   # why\n```\n",
        encoding="utf-8",
    )
    assert [typed.words for typed in commands(page)] == [
        ["run", "--quiet"], ["gather", "-"], ["demo"], ["check"], ["pick", "--date", "DAY"],
    ]  # fmt: skip
