"""Themes of a project: list them, begin one of its own."""

from __future__ import annotations

from pathlib import Path

from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError
from broadsheet.render.themes import SETTINGS, ThemeEntry, find_theme, list_themes

_BEGINNING = """\
# The theme {name}. Whatever is not said here is taken from the theme `{origin}`, key by key.
# A part is changed by a file of the same name in this folder: masthead.mjml.j2, section.mjml.j2, story.mjml.j2,
# footer.mjml.j2 ... To change a block and keep the rest, begin the file with {{% extends "{origin}/PART" %}}.

title = "{title}"
description = "Based on {origin}"
extends = "{origin}"

# [fonts]
{fonts}
# [layout]
{layout}
# [colours.light]
{light}
# [colours.dark]
{dark}
# [logo]
# url = "https://example.org/logo.png"
# width = 200
# height = 50
"""


def themes(desk: Desk) -> list[ThemeEntry]:
    """List the themes that a publication can name."""
    return list_themes(desk.folder)


def begin_theme(desk: Desk, name: str, origin: str) -> Path:
    """Write a commented theme.toml for a theme that changes `origin`. Raises ConfigError when the name is taken."""
    settings = find_theme(origin, desk.folder).settings
    if not name.replace("-", "").replace("_", "").isalnum() or name != name.lower() or not name.isascii():
        raise ConfigError(f"{name!r} is no name for a theme", advice="Use lower-case letters, digits, - and _.")
    folder = desk.folder / "templates" / name
    if any(entry.name == name for entry in list_themes(desk.folder)) or folder.exists():
        raise ConfigError(f"there is a theme called {name!r} already", advice="Choose another name.")
    text = _BEGINNING.format(
        name=name,
        origin=origin,
        title=name.replace("-", " ").replace("_", " ").title(),
        fonts=_commented(settings.fonts.model_dump()),
        layout=_commented(settings.layout.model_dump()),
        light=_commented(settings.colours.light.model_dump()),
        dark=_commented(settings.colours.dark.model_dump()),
    )
    try:
        folder.mkdir(parents=True)
        (folder / SETTINGS).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written to: {error.strerror}") from None
    return folder / SETTINGS


def _commented(table: dict[str, object]) -> str:
    lines = []
    for key, value in table.items():
        shown = str(value).lower() if isinstance(value, bool) else value if isinstance(value, int) else f'"{value}"'
        lines.append(f"# {key} = {shown}\n")
    return "".join(lines)
