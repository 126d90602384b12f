"""`broadsheet deliveries`: look into the ledger."""

from __future__ import annotations

import csv
import dataclasses
import sys
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import documents, say, table
from broadsheet.model import DeliveryState

app = typer.Typer()


@app.command()
def deliveries(
    context: typer.Context,
    edition: Annotated[
        str | None, typer.Argument(help="The edition, such as daily-2026-11-24; else by --date.")
    ] = None,
    publication: PublicationName = None,
    day: Day = None,
    state: Annotated[
        list[DeliveryState] | None, typer.Option(help="Only those in this state; may be repeated.")
    ] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only those who did not get it, and why.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show who got an edition, who did not, and what the server said.

    Example: broadsheet deliveries --missing
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.accounting import balance_of, deliveries_of, edition_named

    with open_desk(context.obj) as desk:
        name = edition_named(desk, edition, publication, day)
        rows = deliveries_of(desk, name, states=state or (), missing=missing)
        if as_json:
            documents(rows)
            return
        if as_csv:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row in rows:
                record = dataclasses.asdict(row)
                writer.writerow([_cell(record[name]) for name in COLUMNS])
            return
        table(
            ((row.email, row.state, row.attempts, row.code or "", row.enhanced_code, row.text) for row in rows),
            head=["email", "state", "attempts", "code", "enhanced", "text"],
        )
        balance = balance_of(desk, name)
        say(
            f"{balance.frozen:,} frozen = {balance.sent:,} sent + {balance.failed:,} failed"
            f" + {balance.in_doubt:,} in doubt + {balance.skipped:,} skipped"
            + (f" + {balance.waiting:,} waiting" if balance.waiting else "")
            + f"; {balance.excluded:,} more were left out at the freeze"
        )


COLUMNS = ("edition", "email", "state", "attempts", "code", "enhanced_code", "text", "message_id", "server", "at")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
