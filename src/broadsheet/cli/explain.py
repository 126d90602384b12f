"""`broadsheet explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, PublicationName
from broadsheet.cli.output import document

app = typer.Typer()


@app.command()
def explain(
    context: typer.Context,
    story: Annotated[str, typer.Argument(metavar="ID", help="The story's id, as `broadsheet stories` prints it.")],
    publication: PublicationName = None,
    as_json: AsJson = False,
) -> None:
    """Say why a story was, or was not, picked: by each edition that looked at it, the newest first.

    Example: broadsheet explain af2kfzb9m4
    """
    from broadsheet.cli.edition_text import print_story_explanations
    from broadsheet.desk import open_desk
    from broadsheet.desk.explaining import explain_story

    with open_desk(context.obj) as desk:
        if publication is not None:
            desk.config.publication(publication)
        told = explain_story(desk, story, publication)
    if as_json:
        document(
            {"story": told.story, "explanations": told.explanations, "revisions": told.revisions, "unseen": told.unseen}
        )
    else:
        print_story_explanations(told)
