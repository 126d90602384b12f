"""The root command: which project, and the version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet import __version__
from broadsheet.cli.lazy import LazyGroup

app = typer.Typer(
    cls=LazyGroup,
    name="broadsheet",
    help="Build a newsroom's daily digest and get it to readers. First time here? Try: broadsheet demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"broadsheet {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    project: Annotated[
        Path,
        typer.Option("-C", "--project", envvar="BROADSHEET_PROJECT", help="The project's folder.", metavar="DIR"),
    ] = Path(),
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Remember which project the command is about."""
    context.obj = project
