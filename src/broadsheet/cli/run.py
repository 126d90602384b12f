"""`broadsheet run`."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, Day, PublicationName, parse_day
from broadsheet.cli.output import document, say, tell

app = typer.Typer()


@app.command()
def run(
    context: typer.Context,
    publication: PublicationName = None,
    day: Day = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print only what is new: a problem once, and its end.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do the day's work: gather, pick, render, check, then send, export or ask for approval, as configured.

    Start it from a scheduler as often as you like: each edition goes out once. Without -p every publication is served.
    With --quiet a scheduler that mails what is printed (cron does) tells a person once a problem, and not once a start.

    Example: broadsheet -C newsroom run
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.cronjob import start_job
    from broadsheet.desk.daily import Stage, as_record, said_of

    def watch(edition: str, stage: Stage) -> None:
        if quiet:
            return
        if not as_json:
            say(f"{edition}  {stage.name:8} {stage.seconds:6.2f} s  {stage.summary}")
        for problem in stage.problems:
            tell(said_of(edition, problem))

    with open_desk(context.obj) as desk:
        started = start_job(desk, publication, day=parse_day(day), watch=watch)
    if not as_json and not quiet:
        for name in started.busy:
            say(f"{name}: another start is at work on it.")
    for line in started.news if quiet else started.alarms:
        tell(line)
    if started.news or not quiet:
        for failure in started.untold:
            tell(f"nobody could be told: {failure}")
    if as_json:
        document([as_record(report) for report in started.reports])
    elif not started.reports and not started.busy and not quiet:
        due = started.next_due_at
        say("Nothing is due." + (f" The next edition is due at {due:%Y-%m-%d %H:%M} UTC." if due else ""))
    raise typer.Exit(started.exit_code)
