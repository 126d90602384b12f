"""`broadsheet pull`."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, tell

app = typer.Typer()


@app.command()
def pull(
    context: typer.Context,
    platform: Annotated[str, typer.Argument(help="Such as mailchimp; its account is [platforms.NAME].")],
    as_json: AsJson = False,
) -> None:
    """Suppress here whoever unsubscribed, bounced or complained at an e-mail platform.

    Example: broadsheet pull mailchimp
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.departing import pull_departures

    with open_desk(context.obj) as desk:
        report = pull_departures(desk, platform)
    if as_json:
        document(report)
        return
    told = ", ".join(f"{count} by {reason}" for reason, count in sorted(report.told.items())) or "nobody"
    if report.resumed:
        tell("went on where the last reading was broken off; what came before is not counted here")
    say(f"{platform} tells of {told}; {report.new} are new here and will not be written to")
    for email in report.unreadable:
        tell(f"no address, so left aside: {email}")
