"""Arguments and options that the commands of `broadsheet edition` share, spelt once."""

from __future__ import annotations

from typing import Annotated

import typer

LAST = 9999  # a place behind every other

EditionId = Annotated[
    str | None,
    typer.Argument(metavar="EDITION", help="An edition such as daily-2026-11-24; today's if left out."),
]
StoryId = Annotated[str, typer.Argument(metavar="STORY", help="The story's id, or letters only its id begins with.")]
Editor = Annotated[
    str | None, typer.Option("--by", envvar="BROADSHEET_EDITOR", help="Your name for the log; else your login name.")
]


def editor_named(name: str | None) -> str:
    """Say who is at work: as told, else by the login name."""
    if name and name.strip():
        return name.strip()
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "somebody"
