"""`broadsheet settle`: a person's word about deliveries that nobody else can decide."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import document, say, tell

app = typer.Typer()


@app.command()
def settle(
    context: typer.Context,
    emails: Annotated[list[str] | None, typer.Argument(help="Only these addresses.", metavar="ADDRESS")] = None,
    sent: Annotated[bool, typer.Option("--sent", help="They have it: count them as sent.")] = False,
    again: Annotated[bool, typer.Option("--again", help="They do not: send it to them again.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="Every delivery of the edition that is in doubt.")] = False,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="This database, a copy or a restored one, is the one that sends from now on."),
    ] = False,
    publication: PublicationName = None,
    day: Day = None,
    edition: Annotated[str | None, typer.Option(help="The edition, such as daily-2026-11-24.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide about deliveries in doubt: they were sent, or they are to be sent again. Who decided is kept.

    Example: broadsheet settle --again reader@example.com
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.accounting import adopt as adopt_database
    from broadsheet.desk.accounting import edition_named, settle_doubts

    if adopt:
        with open_desk(context.obj) as desk:
            adopt_database(desk)
        say("This database is the one that sends. Next: broadsheet send")
        return
    if sent is again:
        raise typer.BadParameter("say one of --sent and --again")
    if bool(emails) is all_:
        raise typer.BadParameter("name addresses, or say --all")
    with open_desk(context.obj) as desk:
        name = edition_named(desk, edition, publication, day)
        settled = settle_doubts(desk, name, again=again, emails=None if all_ else emails)
    if as_json:
        became = "queued" if again else "sent"
        document({"edition": name, "settled": settled.count, "became": became, "not_in_doubt": settled.not_in_doubt})
    else:
        say(f"{name}: {settled.count:,} in doubt {'will be sent again' if again else 'count as sent'}")
        if again and settled.count:
            say("Next: broadsheet send")
    for email in settled.not_in_doubt:
        tell(f"{email} is not in doubt and stays as it is; who is: `broadsheet deliveries {name} --state in_doubt`")
    raise typer.Exit(settled.exit_code)
