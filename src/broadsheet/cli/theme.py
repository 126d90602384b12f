"""`broadsheet theme`."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, table

app = typer.Typer(help="The looks a publication can have.", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Name the themes that a publication can use.

    Example: broadsheet theme list
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.theming import themes

    with open_desk(context.obj) as desk:
        entries = themes(desk)
    if as_json:
        document(entries)
        return
    table(((entry.name, entry.origin, entry.description) for entry in entries), head=("theme", "from", "what it is"))


@app.command("new")
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The new theme's name.", metavar="NAME")],
    origin: Annotated[str, typer.Option("--from", help="The theme whose parts it begins with.")] = "daily",
    as_json: AsJson = False,
) -> None:
    """Begin a theme of your own; what you do not change stays that of the theme it is from.

    Example: broadsheet theme new evening --from daily
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.theming import begin_theme

    with open_desk(context.obj) as desk:
        path = begin_theme(desk, name, origin)
    if as_json:
        document({"theme": name, "file": path})
        return
    say(f"wrote  {path}")
    say(f'Next: change it, and set theme = "{name}" in broadsheet.toml.')
