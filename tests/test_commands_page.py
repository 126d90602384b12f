"""The page of commands is made from the code, and every command shows an example."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from broadsheet.cli.app import app
from broadsheet.cli.commands import COMMANDS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
OPENING = """\
# Commands

Made from the code; `python3 tests --rewrite` makes it anew. Every command knows `--help`. Before a command's name,
`-C DIR` says which project it is about.
"""


def commands() -> Iterator[tuple[str, Any]]:
    group = typer.main.get_group(app)
    context = typer.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None, name
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {sub}", inner[sub]) for sub in inner)


def page() -> str:
    parts = [OPENING]
    for name, command in commands():
        usage = " ".join(
            parameter.metavar if parameter.required else f"[{parameter.metavar}]"
            for parameter in command.params
            if parameter.param_type_name == "argument"
        )
        text = "\n".join(line.strip() for line in (command.help or "").strip().splitlines())
        parts.append(f"## broadsheet {name} {usage}".rstrip() + f"\n\n{text}\n")
        options = [
            f"- `{', '.join((*parameter.opts, *parameter.secondary_opts))}`  {' '.join((parameter.help or '').split())}"
            for parameter in command.params
            if parameter.param_type_name == "option" and not parameter.hidden and parameter.name != "help"
        ]
        if options:
            parts.append("\n".join(options) + "\n")
    return "\n".join(parts)


def test_lists_of_commands_show_whole_sentences() -> None:
    shown = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    for name in COMMANDS:
        assert f" {name} {first_sentences(app, name)}" in shown
    inner = " ".join(CliRunner().invoke(app, ["source", "--help"]).stdout.split())
    assert "how often it failed since, and how much it usually holds." in inner
    assert "─" not in inner, "a terminal's boxes"


def first_sentences(app: typer.Typer, name: str) -> str:
    group = typer.main.get_group(app)
    command = group.get_command(typer.Context(group), name)
    assert command is not None, name
    return " ".join((command.help or "").partition("\n\n")[0].split())


def test_every_command_has_help_with_an_example() -> None:
    for name, command in commands():
        assert command.help, f"{name} has no help"
        assert "Example" in command.help, f"the help of {name} shows no example"


def test_every_option_is_explained() -> None:
    for name, command in commands():
        for parameter in command.params:
            assert getattr(parameter, "help", "") or parameter.name == "help", f"{name}: {parameter.name}"


def test_the_page_of_commands_is_true(rewrite: bool) -> None:
    if rewrite:
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "make it anew with: python3 tests --rewrite"
