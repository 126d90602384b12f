"""`broadsheet preview`: the editors' page in a browser."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from broadsheet.cli.edition_options import Editor, editor_named
from broadsheet.cli.options import Day, PublicationName
from broadsheet.cli.output import say, tell
from broadsheet.errors import ConfigError

app = typer.Typer()


@app.command()
def preview(
    context: typer.Context,
    publication: PublicationName = None,
    day: Day = None,
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.", min=0, max=65535)] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser; the link is printed all the same.")] = (
        False
    ),
    by: Editor = None,
) -> None:
    """Show the edition in a browser: the mail as readers see it, and everything an editor does with it, live.

    Example: broadsheet preview --date 2026-11-24 --port 8800
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.days import day_of

    with open_desk(context.obj) as desk:
        plan = desk.config.publication(publication)
        date = day_of(desk, plan, day)
    try:
        from broadsheet.web.preview.serving import serve
    except ImportError:
        raise ConfigError(
            "the editors' page needs packages that are not installed", advice="Type: pip install 'broadsheet[web]'"
        ) from None

    def ready(link: str) -> None:
        say(link)
        sys.stdout.flush()  # whoever reads it through a pipe waits for it
        tell(f"That is {plan.title} of {date}, for you on this machine alone. Press Ctrl+C to end.")
        if not no_open:
            import webbrowser

            webbrowser.open(link)

    try:
        serve(context.obj, plan.name, date, editor_named(by), port, ready=ready)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on port {port}: {error.strerror}", advice="Name another --port; 0 takes a free one."
        ) from None
