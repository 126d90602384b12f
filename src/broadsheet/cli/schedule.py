"""`broadsheet schedule install`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.output import say, tell

app = typer.Typer(help="Let a scheduler start the daily run.", no_args_is_help=True)


@app.callback()
def schedule() -> None:
    """Let a scheduler start the daily run."""


@app.command()
def install(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="systemd, cron, kubernetes or github.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where to write the files; the project's folder `schedule` if left out."),
    ] = None,
) -> None:
    """Write a scheduler's files, with the paths of this project, and print the commands that put them to work.

    Example: broadsheet schedule install systemd
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.accounting import hold_of
    from broadsheet.desk.schedules import KINDS, write_installation

    if kind not in KINDS:
        raise typer.BadParameter(f"expected one of {', '.join(KINDS)}, not {kind!r}")
    program = Path(shutil.which("broadsheet") or Path(sys.executable).with_name("broadsheet")).absolute()
    with open_desk(context.obj) as desk:
        paths, commands = write_installation(desk, kind, program=program, folder=out or desk.folder / "schedule")
        held = hold_of(desk)
    for path in paths:
        say(f"wrote  {path}")
    say(f"Next, in {paths[0].parent}:")
    for command in commands:
        say(f"  {command}")
    if held:
        tell(held)
