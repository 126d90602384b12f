"""`broadsheet init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.output import say

app = typer.Typer()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to begin in; made if it does not exist.")] = Path(),
) -> None:
    """Write a commented broadsheet.toml and example files; nothing is overwritten.

    Example: broadsheet init newsroom
    """
    from broadsheet.desk.starting import start_project

    for path, written in start_project(folder):
        say(f"{'wrote' if written else 'kept '}  {path}")
    say(f"Next: broadsheet -C {folder} gather")
