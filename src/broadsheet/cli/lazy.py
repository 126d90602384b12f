"""A group whose commands are imported when they are called: `broadsheet --version` loads none of them."""

from __future__ import annotations

import difflib
import importlib
from typing import Any

import typer
from typer.core import TyperGroup

from broadsheet.cli.commands import COMMANDS


class LazyGroup(TyperGroup):
    """Look commands up in `COMMANDS` of the module `broadsheet.cli.commands`, in the order given there."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the one module that the command needs."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        app = importlib.import_module(entry.module).app
        group = typer.main.get_group(app)
        for command in (group, *group.commands.values()):
            _show_plainly(command)
        if entry.group:
            group.name = cmd_name
            return group
        return group.commands[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Refuse an unknown command with the nearest known one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"No command is called {args[0]!r}." + (f" Did you mean {close[0]!r}?" if close else ""))
        return super().resolve_command(ctx, args)


def _show_plainly(command: Any) -> None:
    """Make a command's help plain text, its line in a list a whole sentence, its arguments capitals."""
    command.rich_markup_mode = None
    command.short_help = " ".join((command.help or "").partition("\n\n")[0].split())
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            parameter.metavar = parameter.metavar or parameter.name.upper()
