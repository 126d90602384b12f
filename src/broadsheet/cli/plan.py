"""`broadsheet plan`."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from broadsheet.cli.forecast import forecast_line
from broadsheet.cli.options import AsJson, PublicationName
from broadsheet.cli.output import document, say, table

app = typer.Typer()


@app.command()
def plan(
    context: typer.Context,
    publication: PublicationName = None,
    count: Annotated[int, typer.Option("--next", min=1, max=366, help="How many editions to list.")] = 7,
    as_json: AsJson = False,
) -> None:
    """List the editions that come next: their day, when they are due in the publication's zone, and when they are out.

    What is due already, or was missed, comes first, with what a run would do about it now. The forecast is made for
    what is being sent, and for the next edition of each publication that goes out by mail, to those who read it today.

    Example: broadsheet plan --next 14
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.coming import coming_editions
    from broadsheet.desk.forecasting import forecasts_of_next
    from broadsheet.desk.plan import BEGUN

    with open_desk(context.obj) as desk:
        coming = coming_editions(desk, publication, count)
        forecasts, now = forecasts_of_next(desk, coming), desk.now()
    if as_json:
        document(
            [
                {"edition": f"{one.publication}-{one.day}", "publication": one.publication, "date": one.day,
                 "due_at": one.due_at, "late_at": one.late_at, "made_now": one.made, "reason": one.reason,
                 "forecast": forecasts.get((one.publication, one.day))}
                for one in coming
            ]
        )  # fmt: skip
        return
    table(
        ((f"{one.publication}-{one.day}", f"{one.local:%a %d %b %Y %H:%M}", one.zone) for one in coming),
        head=("edition", "due", "zone"),
    )
    for one in coming:
        if one.made is not None:
            made = "goes on with it" if one.reason == BEGUN else "makes it"
            fate = f"`broadsheet run` {made} now" if one.made else "not made"
            say(f"{one.publication}-{one.day}: {fate}: {one.reason}.")
    for one in coming:
        if found := forecasts.get((one.publication, one.day)):
            say(f"{one.publication}-{one.day}: {forecast_line(found, ZoneInfo(one.zone), max(one.due_at, now))}")
    if not coming:
        say("No [publications.NAME.schedule] table: each `broadsheet run` makes today's edition at once.")
