"""`broadsheet export`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, table

if TYPE_CHECKING:
    from broadsheet.export import Platform
    from broadsheet.slots import Slot

app = typer.Typer()


@app.command()
def export(
    list_platforms: Annotated[
        bool, typer.Option("--list", help="Name the platforms, what each supports and how sure that is.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Name the e-mail platforms that an edition can be written for.

    Example: broadsheet export --list
    """
    from broadsheet.export import platforms

    if not list_platforms:
        raise typer.BadParameter("nothing to do: name --list")
    _show(platforms(), as_json)


def _show(known: list[Platform], as_json: bool) -> None:
    from broadsheet.slots import Slot

    if as_json:
        document([_described(platform) for platform in known])
        return
    table(
        (
            [platform.name, platform.title, platform.takes, *(_support(platform, slot) for slot in Slot)]
            for platform in known
        ),
        head=["name", "platform", "takes", "unsubscribe", "view", "preferences", "first", "last", "email"],
    )
    say()
    say("D read in the platform's own documents or source; P seen in public use; M from memory, send a test first;")
    say("+ the platform adds it itself; - it has none: drop the block around it, or print fixed words.")


def _support(platform: Platform, slot: Slot) -> str:
    if slot in platform.tags:
        return platform.tags[slot].sure
    return "+" if slot in platform.supplied or slot in platform.samples else "-"


def _described(platform: Platform) -> dict[str, object]:
    return {
        "name": platform.name,
        "title": platform.title,
        "takes": platform.takes,
        "engine": platform.engine.name,
        "certainty": platform.certainty,
        "tags": {slot: {"code": tag.in_html(""), "certainty": tag.sure} for slot, tag in platform.tags.items()},
        "supplied": sorted(platform.supplied),
        "required": sorted(platform.required),
        "demands": [code for code, _purpose in platform.demands],
        "limit": platform.limit or None,
        "preheader": platform.preheader,
        "keeps_style": platform.keeps_style,
        "hosts_images": platform.hosts_images,
    }
