"""`broadsheet render`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import document, say, tell

app = typer.Typer()


@app.command()
def render(
    context: typer.Context,
    publication: PublicationName = None,
    day: Day = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="The folder to write to; the project's out/EDITION if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the edition as edition.html, .txt, .mjml and .json, and preview.html to look at in a browser.

    Slots such as the unsubscribe link stay open in the edition's files: `export` and `send` fill them. preview.html is
    the same rendering with samples in the slots.

    Example: broadsheet render --out preview
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.editing import find_edition
    from broadsheet.desk.previewing import write_page
    from broadsheet.desk.production import render as render_edition
    from broadsheet.desk.production import write_rendering

    with open_desk(context.obj) as desk:
        rendered = render_edition(desk, find_edition(desk, None, publication, day))
        folder = out or desk.folder / "out" / rendered.edition.id
        files = [*write_rendering(rendered, folder), write_page(desk, rendered, folder)]
    if as_json:
        document(
            {
                "edition": rendered.edition.id,
                "subject": rendered.subject,
                "hash": rendered.hash,
                "bytes": len(rendered.html.encode()),
                "files": files,
                "notes": rendered.notes,
            }
        )
        return
    for note in rendered.notes:
        tell(f"note: {note}")
    for file in files:
        say(f"wrote  {file}")
