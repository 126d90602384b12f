"""`broadsheet bounces`: what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, table, tell
from broadsheet.plural import number_of

app = typer.Typer(no_args_is_help=True)


@app.callback()
def bounces() -> None:
    """What comes back: dead addresses, complaints and requests to leave."""


FEW = 5


@app.command()
def read(
    context: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="A Maildir or an mbox; [bounces] if left out.")] = None,
    by_address: Annotated[
        bool,
        typer.Option("--by-address", help="Believe reports by the addresses they name."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read the bounce mailbox; a message that was read before changes nothing more.

    Example: broadsheet bounces read ~/Maildir/.bounces
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.bouncing import read_bounces

    with open_desk(context.obj) as desk:
        report = read_bounces(desk, path, by_address=by_address)
    if as_json:
        document(report)
        return
    say(number_of(report.messages, "message"))
    names = ("hard", "soft", "complaints", "unsubscribed", "forged", "delayed", "autoreplies", "other", "suppressed")
    table((f"  {name}", getattr(report, name)) for name in names if getattr(report, name))
    if report.unmatched:
        named, more = ", ".join(report.unmatched[:FEW]), len(report.unmatched) - FEW
        addresses = number_of(len(report.unmatched), "address", "addresses")
        tell(
            f"{addresses} not proved to be about a reader of ours, so left alone: {named}"
            + (f" and {more} more; --json names a thousand" if more > 0 else "")
        )
        if not by_address:
            tell("Where nobody but your own relay can write to the mailbox, read it with --by-address.")
