"""`broadsheet backup`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.output import say

app = typer.Typer()


@app.command()
def backup(
    context: typer.Context,
    target: Annotated[
        Path | None, typer.Argument(help="The file to write; backups/NAME-TIME.db in the project if left out.")
    ] = None,
) -> None:
    """Copy the database while it is in use, and prove that the copy is whole. Nothing is overwritten.

    Example: broadsheet backup /mnt/safe/broadsheet.db
    """
    from broadsheet.desk import open_store
    from broadsheet.desk.opening import system_clock
    from broadsheet.store.backup import back_up

    with open_store(context.obj) as store:
        place = target or store.path.parent / "backups" / f"broadsheet-{system_clock():%Y%m%dT%H%M%SZ}.db"
        back_up(store.connection, place)
    say(f"wrote  {place} ({place.stat().st_size / 1024 / 1024:.1f} MB, whole)")
    if (context.obj / "secret.key").is_file():
        say("Keep secret.key with it: without it, links in sent mails and the suppressions mean nothing.")
