"""`broadsheet source`: the list of sources, and how each is doing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, table, tell

app = typer.Typer(help="Add, list and remove sources, and see how they are doing.", no_args_is_help=True)


@app.command()
def add(
    context: typer.Context,
    place: Annotated[str, typer.Argument(help="A feed's or a site's address, or a file or folder.", metavar="PLACE")],
    name: Annotated[str, typer.Option("--name", help="What to call it; made of its title or host if left out.")] = "",
    category: Annotated[str, typer.Option("--category", help="Give this category to all its stories.")] = "",
    required: Annotated[bool, typer.Option("--required", help="Hold the edition while it fails.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a source into broadsheet.toml; the feed of a site is found from the site's address.

    Example: broadsheet source add https://example.org --category Politics
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.sources import add_source

    with open_desk(context.obj) as desk:
        chosen, source = add_source(desk, place, name=name, category=category, is_required=required)
    if as_json:
        document({"source": chosen, "place": source.url or source.path, "category": source.category})
    else:
        say(f"added {chosen}: {source.url or source.path}. Next: broadsheet gather")


@app.command("list")
def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List the configured sources.

    Example: broadsheet source list
    """
    from broadsheet.desk import open_desk

    with open_desk(context.obj) as desk:
        sources = desk.config.sources
    if as_json:
        document(
            [
                {
                    "source": name,
                    "place": source.url or source.path,
                    "category": source.category,
                    "publisher": source.publisher,
                    "required": source.required,
                    "weight": source.weight,
                }
                for name, source in sources.items()
            ]
        )
        return
    table(
        (
            (name, source.category, "required" if source.required else "", source.url or source.path)
            for name, source in sources.items()
        ),
        head=("source", "category", "", "place"),
    )
    if not sources:
        tell("no sources; `broadsheet source add` adds one")


@app.command()
def remove(context: typer.Context, name: Annotated[str, typer.Argument(help="The source's name.")]) -> None:
    """Take a source out of broadsheet.toml; the stories it brought stay.

    Example: broadsheet source remove agency
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.sources import remove_source

    with open_desk(context.obj) as desk:
        source = remove_source(desk, name)
    say(f"removed {name}: {source.url or source.path}")


@app.command()
def health(context: typer.Context, as_json: AsJson = False) -> None:
    """Show for each source when it was last read, how often it failed since, and how much it usually holds.

    Example: broadsheet source health
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.sources import source_health

    with open_desk(context.obj) as desk:
        found = source_health(desk)
    if as_json:
        document(found)
        return
    table(
        (
            (
                one.source,
                one.state,
                f"{one.last_good_at:%Y-%m-%d %H:%M}" if one.last_good_at else "-",
                one.failures,
                "-" if one.usual is None else one.usual,
                "-" if one.last is None else one.last,
                one.stories,
                one.error,
            )
            for one in found
        ),
        head=("source", "state", "last good", "failures", "usual", "last", "stories", "error"),
    )


@app.command("import")
def import_list(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="An OPML file.", exists=True, dir_okay=False)]
) -> None:
    """Add every feed of an OPML file that is not a source yet.

    Example: broadsheet source import feeds.opml
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.sources import import_opml

    with open_desk(context.obj) as desk:
        added = import_opml(desk, file.read_bytes(), place=str(file))
    for name in added:
        say(f"added {name}")
    say(f"{len(added)} new sources.")


@app.command("export")
def export_list(context: typer.Context) -> None:
    """Print the configured feeds as OPML.

    Example: broadsheet source export > feeds.opml
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.sources import export_opml

    with open_desk(context.obj) as desk:
        say(export_opml(desk).rstrip("\n"))
