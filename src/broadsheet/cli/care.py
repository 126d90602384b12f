"""`broadsheet upgrade` and `broadsheet prune`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, share_done, table, tell

app = typer.Typer()

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")]


@app.command()
def upgrade(context: typer.Context, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Bring the database to the shape of this version, with a copy kept in backups/. Other commands do the same.

    Example: broadsheet upgrade --dry-run
    """
    from broadsheet.desk.safekeeping import upgrade as upgrade_database

    done = upgrade_database(context.obj, dry_run=dry_run, progress=share_done("copied"))
    if as_json:
        document({"dry_run": dry_run, "steps": done.steps, "copy": done.copy})
    elif not done.steps:
        say("The database is up to date.")
    else:
        for step in done.steps:
            say(f"{'would do' if dry_run else 'did'}  {step.replace('_', ' ')}")
        if done.copy:
            say(f"a copy of the database as it was is in {done.copy}")


@app.command()
def prune(context: typer.Context, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Remove what is older than [retention] says. What keeps an edition from going out twice is never removed.

    Example: broadsheet prune --dry-run
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.safekeeping import prune as prune_database

    with open_desk(context.obj) as desk:
        gone = prune_database(desk, dry_run=dry_run, progress=_show if sys.stderr.isatty() and not as_json else None)
    if as_json:
        document({"dry_run": dry_run, "removed": gone})
    else:
        table(((count, name) for name, count in gone.items()), head=("would go" if dry_run else "removed", "of"))


def _show(kind: str, count: int) -> None:
    tell(f"{kind}: {count:,}")
