"""`broadsheet pick`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet.cli.edition_options import Editor, editor_named
from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import document, say, tell

if TYPE_CHECKING:
    from broadsheet.model import Edition

app = typer.Typer()


@app.command()
def pick(
    context: typer.Context,
    publication: PublicationName = None,
    day: Day = None,
    most: Annotated[
        int,
        typer.Option("--max-stories", min=0, help="At most this many stories, whatever the sections hold; 0: no cap."),
    ] = 0,
    explain: Annotated[bool, typer.Option("--explain", help="Say for every story of the day why.")] = False,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Draft the day's edition from the stories gathered; what editors decided stays.

    Example: broadsheet pick --date 2026-11-24
    """
    from broadsheet.cli.edition_text import as_document, print_edition, print_explanations
    from broadsheet.desk import open_desk
    from broadsheet.desk.days import day_of
    from broadsheet.desk.editing import pick_edition, stays
    from broadsheet.desk.explaining import explain_edition, titles_of

    with open_desk(context.obj) as desk:
        plan = desk.config.publication(publication)
        edition = pick_edition(desk, plan, day_of(desk, plan, day), budget=most, by=editor_named(by))
        explanations = explain_edition(desk, edition.id) if explain else ()
        titles = titles_of(desk, () if as_json else explanations)
        is_settled = stays(desk, edition)
    if is_settled:
        tell(f"{edition.id} is {edition.status}: nothing was drafted. {_next_to(edition)}")
    if as_json:
        document(as_document(edition) | ({"explanations": explanations} if explain else {}))
        return
    print_edition(edition)
    if explain:
        say()
        print_explanations(explanations, titles)


def _next_to(edition: Edition) -> str:
    from broadsheet.model import EditionStatus

    if edition.status in (EditionStatus.APPROVED, EditionStatus.SKIPPED):
        return f"To draft it anew, type `broadsheet edition reopen {edition.id}` first."
    after = edition.date + timedelta(days=1)
    return f"The next one has a day of its own: `broadsheet pick -p {edition.publication} --date {after}`."
