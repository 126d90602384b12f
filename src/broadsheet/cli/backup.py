"""`broadsheet backup`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, share_done

app = typer.Typer()


@app.command()
def backup(
    context: typer.Context,
    target: Annotated[
        Path | None, typer.Argument(help="The file to write; backups/NAME-TIME.db in the project if left out.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say where it would go, and that the database is whole and has room.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the database while it is in use, and prove that the copy is whole. Nothing is overwritten.

    Example: broadsheet backup /mnt/safe/broadsheet.db
    """
    from broadsheet.desk.safekeeping import make_backup

    made = make_backup(context.obj, target, dry_run=dry_run, progress=share_done("copied"))
    if as_json:
        document({"dry_run": dry_run, "path": made.path, "bytes": made.size, "free_bytes": made.free})
        return
    say(f"{'would write' if dry_run else 'wrote'}  {made.path} ({made.size / 1024 / 1024:.1f} MB, whole)")
    if (context.obj / "secret.key").is_file():
        say("Keep secret.key with it: without it, links in sent mails and the suppressions mean nothing.")
