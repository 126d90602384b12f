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
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what went wrong.")] = False,
    as_json: AsJson = False,
) -> None:
    """Do the day's work: gather, pick, render, check, then send, export or ask for approval, as configured.

    Start it from a scheduler as often as you like: each edition goes out once. Without -p every publication is served.

    Example: broadsheet -C newsroom run
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.daily import Stage, as_record, next_due
    from broadsheet.desk.daily import run as run_daily
    from broadsheet.desk.telling import ping_watchdog, tell_problems

    def watch(edition: str, stage: Stage) -> None:
        if not as_json and not quiet:
            say(f"{edition}  {stage.name:8} {stage.seconds:6.2f} s  {stage.summary}")
        for problem in stage.problems:
            tell(f"{edition}: {problem}")

    with open_desk(context.obj) as desk:
        ping_watchdog(desk, "start")
        reports = run_daily(desk, publication, day=parse_day(day), watch=watch)
        failures = [
            failure for report in reports for failure in tell_problems(desk, report.publication, report.problems)
        ]
        codes = [report.exit_code for report in reports]
        code = next((code for code in (2, 1, 3, 75, 4) if code in codes), 0)
        failed = ping_watchdog(desk, "fail" if code in (1, 2) else "success")
        due = next_due(desk, publication)
    for failure in [*failures, *([failed] if failed else [])]:
        tell(f"nobody could be told: {failure}")
    if as_json:
        document([as_record(report) for report in reports])
    elif not reports and not quiet:
        say("Nothing is due." + (f" The next edition is due at {due:%Y-%m-%d %H:%M} UTC." if due else ""))
    raise typer.Exit(code)
