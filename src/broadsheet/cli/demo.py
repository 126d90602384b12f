"""`broadsheet demo`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.output import say, tell

app = typer.Typer()


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="The folder to make; it must be new or empty.")] = Path("demo"),
) -> None:
    """Do the whole main job on bundled stories: gather, pick, render, check, export, and send to a Maildir.

    Needs no server, no account and no configuration.

    Example: broadsheet demo /tmp/courier
    """
    from broadsheet.desk.daily import Stage
    from broadsheet.desk.demo import make_demo

    def watch(edition: str, stage: Stage) -> None:
        say(f"  {stage.name:10} {stage.seconds:5.2f} s  {stage.summary}")
        for problem in stage.problems:
            tell(f"  {problem}")

    say(f"A day at The Harbour Courier, in {folder}:")
    # In a virtual environment that is not active, the program and the commands below are reached by path only.
    program = "broadsheet" if shutil.which("broadsheet") else sys.argv[0]
    made = make_demo(folder, program=program, watch=watch)
    say()
    say("Look at")
    for path, what in made.files:
        say(f"  {path}  ({what})")
    say()
    say("Try next")
    for command, what in made.commands:
        say(f"  {command:<58} {what}")
    raise typer.Exit(made.report.exit_code)
