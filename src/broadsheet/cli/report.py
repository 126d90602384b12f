"""`broadsheet status` and `broadsheet report`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from broadsheet.cli.forecast import forecast_line
from broadsheet.cli.options import AsJson, PublicationName
from broadsheet.cli.output import document, say, table
from broadsheet.plural import number_of

if TYPE_CHECKING:
    from broadsheet.desk.reporting import Outgoing
    from broadsheet.store.sendings import Balance

app = typer.Typer()


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say where things stand: today's edition of each publication, the last run, what is due, what is wrong.

    Example: broadsheet status
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.reporting import status_of

    with open_desk(context.obj) as desk:
        now, asked_at = status_of(desk), desk.now()
    if as_json:
        document(now)
        return
    table(
        (
            (
                one.edition,
                one.state,
                one.stories,
                f"{one.last_run_at:%Y-%m-%d %H:%M}, exit {one.last_exit_code}" if one.last_run_at else "never",
                f"{one.next_due_at:%Y-%m-%d %H:%M}" if one.next_due_at else "at each run",
            )
            for one in now.publications
        ),
        head=("edition", "state", "stories", "last run (UTC)", "next due (UTC)"),
    )
    for sending in now.outgoing:
        say(f"{sending.edition}: {_outgoing_words(sending, asked_at)}")
    for one in now.publications:
        if one.balance and one.edition not in {sending.edition for sending in now.outgoing}:
            say(f"{one.edition}: {_balance_words(one.balance)}")
    if now.held:
        say(now.held)
    for message, since in now.problems:
        say(f"since {since:%Y-%m-%d %H:%M}: {message}")


def _outgoing_words(sending: Outgoing, now: datetime) -> str:
    words = [_balance_words(sending.balance)] if sending.balance else []
    if sending.halt:
        words.append(f"{sending.halt}: nobody is written to until `broadsheet send --resume`")
    else:
        words.append(forecast_line(sending.forecast, ZoneInfo(sending.timezone), now))
    if sending.late:
        late = number_of(sending.late, "reader")
        words.append(f"the hour of {late} passed: `broadsheet run` skips them, `broadsheet send` does not")
    return "; ".join(words)


def _balance_words(balance: Balance) -> str:
    others = (
        (balance.failed, "failed"), (balance.in_doubt, "in doubt"), (balance.skipped, "skipped"),
    )  # fmt: skip
    return ", ".join(
        (f"{balance.sent:,} of {balance.frozen:,} sent", *(f"{count:,} {word}" for count, word in others if count))
    )


@app.command()
def report(
    context: typer.Context,
    run: Annotated[int | None, typer.Argument(help="A run's number; the newest if left out.", metavar="RUN")] = None,
    publication: PublicationName = None,
    every: Annotated[bool, typer.Option("--list", help="List the runs that are kept.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write it as a page for people.", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a run did, stage by stage: sources, stories, findings, sends, times, exit code.

    Example: broadsheet report --html report.html
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.reporting import report_page, run_called

    with open_desk(context.obj) as desk:
        runs = desk.store.runs.newest(publication, limit=50) if every else [run_called(desk, run, publication)]
    if as_json:
        document([{"run": one.id, **one.report} for one in runs] if every else {"run": runs[0].id, **runs[0].report})
    elif every:
        table(
            ((one.id, one.edition, f"{one.started_at:%Y-%m-%d %H:%M:%S}", one.exit_code) for one in runs),
            head=("run", "edition", "began (UTC)", "exit code"),
        )
    elif html:
        html.write_text(report_page(runs[0]), encoding="utf-8")
        say(f"wrote  {html}")
    else:
        say(f"run {runs[0].id}: {runs[0].edition}, exit code {runs[0].exit_code}")
        for stage in runs[0].report.get("stages", []):
            say(f"  {stage['name']:8} {stage['seconds']:6.2f} s  {stage['summary']}")
            for problem in stage["problems"]:
                say(f"           {problem}")


@app.command()
def log(
    context: typer.Context,
    days: Annotated[int, typer.Option(help="How many days back, today included.", min=1)] = 1,
    edition: Annotated[str | None, typer.Option(help="Only this edition, such as daily-2026-11-24.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read the log of the runs: each stage, problem and alarm, with its time.

    Example: broadsheet log --days 7 --edition daily-2026-11-24
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.logbook import read_log

    with open_desk(context.obj) as desk:
        lines = list(read_log(desk, days=days, edition=edition))
    if as_json:
        document(lines)
        return
    table(
        (f"{line['at']:.19}", line.get("edition", ""), line.get("stage", line["event"]), line["message"])
        for line in lines
    )
