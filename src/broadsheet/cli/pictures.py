"""`broadsheet pictures`."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import document, say, tell

app = typer.Typer()

EditionId = Annotated[
    str | None, typer.Argument(metavar="EDITION", help="An edition such as daily-2026-11-24; today's if left out.")
]


@app.command()
def pictures(
    context: typer.Context,
    edition_id: EditionId = None,
    publication: PublicationName = None,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """Copy an edition's remote pictures into the project, to be resized and served from your own address.

    Example: broadsheet pictures -p daily
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.editing import find_edition
    from broadsheet.desk.pictures import copy_pictures

    with open_desk(context.obj) as desk:
        report = copy_pictures(desk, find_edition(desk, edition_id, publication, day))
    if as_json:
        document(report)
    else:
        say(f"{len(report.copied)} copied, {len(report.kept)} there before, {len(report.refused)} refused")
        for url, reason in report.refused:
            tell(f"{url}: {reason}")
    if report.refused:
        raise typer.Exit(4)
