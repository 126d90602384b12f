"""`broadsheet restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, share_done
from broadsheet.plural import number_of

app = typer.Typer()


@app.command()
def restore(
    context: typer.Context,
    backup: Annotated[Path, typer.Argument(help="A file that `broadsheet backup` wrote.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the database's place. The database of before is kept, and sending is held until you say so.

    Who left and what went out since the backup was made is carried over from the database of before, if it can be read.

    Example: broadsheet restore backups/broadsheet-20261124T060000Z.db
    """
    from broadsheet.desk.safekeeping import restore_backup

    done = restore_backup(context.obj, backup, dry_run=dry_run, progress=share_done("restored"))
    if as_json:
        document({"dry_run": dry_run, **{name: getattr(done, name) for name in done.__slots__}})
        return
    would = "would be " if dry_run else ""
    if done.kept:
        say(f"the database of before {would or 'is '}kept in {done.kept}")
    if done.could_read:
        suppressions = number_of(done.suppressions, "suppression")
        say(f"{would}carried over: {suppressions}, {done.unsubscribed} who unsubscribed since,")
        say(f"  {done.erased} who were erased since, {number_of(len(done.editions), 'edition')} that went out since")
        for edition in done.editions:
            say(f"  {edition}")
        if done.joined:
            say(f"{number_of(done.joined, 'person', 'people')} joined since, known only to {done.kept}")
    else:
        say("no database that can be read was there: whoever left since, and what was sent since, is unknown")
        say("  Before you let it send, suppress who left, and skip each edition that went out:")
        say("  broadsheet edition skip EDITION --reason 'it went out'")
    if not dry_run:
        say("Sending is held. When this is the database that sends from now on, type: broadsheet settle --adopt")
