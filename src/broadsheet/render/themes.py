"""A theme: a folder with a typed theme.toml and parts. A project overrides one part, one block or one colour.

A theme called NAME is looked for in the project's `templates/NAME`, then in the package, then in the checkout's
`templates/`. What is found first wins, file by file; theme.toml is merged key by key. `extends` names the theme whose
parts stand in for those that are not there. A part can be reached past a project's override as `shipped/NAME/PART`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from broadsheet.config.table import Table
from broadsheet.errors import ConfigError, RenderError

SETTINGS = "theme.toml"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PACKAGE = Path(__file__).resolve().parent.parent / "templates"
_CHECKOUT = Path(__file__).resolve().parents[3] / "templates"


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("expected a colour such as '#1a1a1a'")
    return value.lower()


def _font(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9 ,'._-]+", value):
        raise ValueError("expected a list of font names such as \"Georgia, 'Times New Roman', serif\"")
    return value


Colour = Annotated[str, AfterValidator(_colour)]
Font = Annotated[str, AfterValidator(_font)]


class Palette(Table):
    """The colours of one mode. `on_accent` is text on the accent colour, `panel` the ground of set-off parts."""

    page: Colour
    paper: Colour
    panel: Colour
    ink: Colour
    soft: Colour
    accent: Colour
    on_accent: Colour
    rule: Colour
    strong_rule: Colour


class Colours(Table):
    """Both palettes; mail clients choose."""

    light: Palette
    dark: Palette


class Fonts(Table):
    """Families that the readers' systems have; nothing is fetched."""

    display: Font
    headline: Font
    text: Font
    label: Font


class Logo(Table):
    """A picture in place of the title in the masthead, at its size in CSS pixels; `dark` replaces it in dark mode."""

    url: str = ""
    dark: str = ""
    width: int = Field(default=200, ge=1, le=600)
    height: int = Field(default=50, ge=1, le=400)


class Layout(Table):
    """How stories stand. Lengths are in characters, widths in CSS pixels; `ratio` is width to height."""

    width: int = Field(default=600, ge=480, le=720)
    ratio: Annotated[str, Field(pattern=r"^[1-9]\d*:[1-9]\d*$")] = "3:2"
    pictures: Literal["all", "openers", "lead", "none"] = "all"
    gutter: int = Field(default=24, ge=0, le=60)
    lead_picture: int = Field(default=552, ge=40, le=720)
    opener_picture: int = Field(default=254, ge=40, le=720)
    story_picture: int = Field(default=120, ge=40, le=720)
    lead: bool = True
    lead_dek: int = Field(default=360, ge=0, le=2000)
    opener_dek: int = Field(default=260, ge=0, le=2000)
    dek: int = Field(default=220, ge=0, le=2000)
    short_dek: int = Field(default=90, ge=0, le=2000)

    @cached_property
    def shape(self) -> float:
        """Give the pictures' ratio as a number."""
        width, height = self.ratio.split(":")
        return int(width) / int(height)


class Settings(Table):
    """theme.toml."""

    title: str
    description: str = ""
    extends: str = ""
    fonts: Fonts
    colours: Colours
    logo: Logo = Logo()
    layout: Layout = Layout()


@dataclass(frozen=True)
class Theme:
    """A theme that was found: its settings, and the folders its parts are looked for in, nearest first."""

    name: str
    settings: Settings
    folders: tuple[Path, ...] = field(repr=False)
    roots: tuple[Path, ...] = field(repr=False)

    @property
    def shipped(self) -> tuple[Path, ...]:
        """List the roots that came with broadsheet."""
        return tuple(root for root in self.roots if root in (_PACKAGE, _CHECKOUT))


@dataclass(frozen=True)
class ThemeEntry:
    """A line of `theme list`: where the theme comes from, and whether the project changes it."""

    name: str
    title: str
    description: str
    origin: str


def roots_for(project: Path | None) -> tuple[Path, ...]:
    """List the folders that hold themes, nearest first: the project's, the package's, the checkout's."""
    own = ((project / "templates").resolve(),) if project is not None else ()
    return tuple(dict.fromkeys(root for root in (*own, _PACKAGE, _CHECKOUT) if root.is_dir()))


def find_theme(name: str, project: Path | None = None) -> Theme:
    """Find a theme by name. Raises ConfigError for an unknown one, and RenderError for a fault in its theme.toml."""
    roots = roots_for(project)
    folders: list[Path] = []
    tables: list[tuple[Path, dict[str, Any]]] = []
    step, seen = name, [name]
    while step:
        here = [root / step for root in roots if (root / step).is_dir()] if _NAME.fullmatch(step) else []
        if not here:
            raise _unknown(step, name, roots)
        folders += here
        found = [
            (folder / SETTINGS, _read(folder / SETTINGS, name)) for folder in here if (folder / SETTINGS).is_file()
        ]
        tables += found
        step = next((str(table["extends"]) for _, table in found if table.get("extends")), "")
        if step in seen:
            raise RenderError(f"extends itself through {' > '.join([*seen, step])}", theme=name, file=SETTINGS)
        seen.append(step)
    merged: dict[str, Any] = {}
    for _, table in reversed(tables):
        merged = _merge(merged, table)
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise _fault(error, name, tables) from None
    return Theme(name=name, settings=settings, folders=tuple(folders), roots=roots)


def list_themes(project: Path | None = None) -> list[ThemeEntry]:
    """List the themes that a publication can name, the project's own first."""
    roots = roots_for(project)
    names = {folder.name: None for root in roots for folder in sorted(root.iterdir()) if (folder / SETTINGS).is_file()}
    entries = []
    for name in names:
        theme = find_theme(name, project)
        own = theme.folders[0].parent not in theme.shipped
        shipped = any((root / name).is_dir() for root in theme.shipped)
        origin = ("shipped, changed by the project" if shipped else "the project's own") if own else "shipped"
        entries.append(ThemeEntry(name, theme.settings.title, theme.settings.description, origin))
    return entries


def _read(file: Path, theme: str) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise RenderError(
            f"cannot be read: {error}", theme=theme, file=str(file), line=int(line[1]) if line else None
        ) from None


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _unknown(step: str, name: str, roots: tuple[Path, ...]) -> ConfigError:
    known = sorted(
        {folder.name for root in roots for folder in root.iterdir() if (folder / SETTINGS).is_file()} - {"base"}
    )
    close = difflib.get_close_matches(step, known, n=1)
    told = f"no theme is called {step!r}" + (f", which {name!r} extends" if step != name else "")
    return ConfigError(
        told + (f"; did you mean {close[0]!r}?" if close else ""),
        advice=f"Known ones: {', '.join(known)}. `broadsheet theme new {step} --from daily` begins one.",
    )


def _fault(error: ValidationError, name: str, tables: list[tuple[Path, dict[str, Any]]]) -> RenderError:
    fault = error.errors()[0]
    key = tuple(str(step) for step in fault["loc"])
    file = next((file for file, table in tables if _holds(table, key)), tables[0][0] if tables else Path(SETTINGS))
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if fault["type"] == "extra_forbidden":
        message = "unknown key"
    return RenderError(f"{'.'.join(key)}: {message}", theme=name, file=str(file), line=_line(file, key[-1]))


def _holds(table: Any, key: tuple[str, ...]) -> bool:
    for step in key:
        if not isinstance(table, dict) or step not in table:
            return False
        table = table[step]
    return True


def _line(file: Path, key: str) -> int | None:
    if not file.is_file():
        return None
    lines = file.read_text("utf-8-sig").splitlines()
    return next((number for number, line in enumerate(lines, 1) if re.match(rf"\s*{re.escape(key)}\s*=", line)), None)
