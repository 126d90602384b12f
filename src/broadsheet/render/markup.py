"""Jinja2 to MJML: a sandbox, two escapers, and errors that name theme, file, line and story.

Every value that a template prints passes `escape_text`, which is safe in text and between quotes. In attributes the
filter `attr` is needed beside: the MJML engine prints attributes with Rust's debug format, which turns a joiner into
the characters ``\\u{200d}``; numeric references pass it unharmed. A rendering in which that was forgotten is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, Template
from jinja2.exceptions import SecurityError, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from broadsheet.errors import RenderError
from broadsheet.render.themes import Theme
from broadsheet.slots import guard

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\\": "&#92;"})
_NOT_PLAIN = re.compile(r"[^ !#-%(-;=?-\[\]-~]")  # everything but printable ASCII without & < > " ' and backslash


def escape_text(value: object) -> Markup:
    """Escape outside text for a place between tags or between quotes. Markup passes as it is."""
    if isinstance(value, Markup):
        return value
    if hasattr(value, "__html__"):
        return Markup(value.__html__())  # noqa: S704 - the value says itself that it is markup
    return Markup(guard(str(value)).translate(_TEXT))  # noqa: S704 - escaped just here


def escape_attribute(value: object) -> Markup:
    """Escape outside text for an attribute: whatever the engine could corrupt becomes a numeric reference."""
    if isinstance(value, Markup):
        return value
    return Markup(_NOT_PLAIN.sub(_reference, guard(str(value))))  # noqa: S704 - escaped just here


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found.group())};"


class Markups:
    """A theme's templates, compiled once."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        roots = ChoiceLoader([_confined(root) for root in theme.roots])
        shipped = ChoiceLoader([_confined(root) for root in theme.shipped])
        self.environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader(
                [*(_confined(folder) for folder in theme.folders), PrefixLoader({"shipped": shipped}), roots]
            ),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=escape_text,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.globals.clear()
        self.environment.globals["range"] = _short_range
        for name in (
            "attr",
            "map",
            "xmlattr",
            "urlize",
            "pprint",
            "random",
            "safe",
            "tojson",
            "striptags",
            "forceescape",
        ):
            self.environment.filters.pop(name, None)
        self.environment.filters["attr"] = escape_attribute

    @cached_property
    def edition(self) -> Template:
        """Give the template that everything starts from."""
        return self.environment.get_template("edition.mjml.j2")

    def render(self, context: Mapping[str, object], story_of: Callable[[object], str]) -> str:
        """Fill the theme's templates. `story_of` tells the id of the story that a value is about, "" for others.

        Raises RenderError naming theme, file, line and the story at hand.
        """
        try:
            return self.edition.render(context)
        except TemplateSyntaxError as error:
            raise RenderError(
                error.message or "not valid",
                theme=self.theme.name,
                file=_short(error.filename or error.name),
                line=error.lineno,
            ) from None
        except TemplateNotFound as error:
            raise RenderError(
                f"the part {error.name} does not exist", theme=self.theme.name,
                advice=f"Looked in: {', '.join(str(folder) for folder in self.theme.folders)}.",
            ) from None  # fmt: skip
        except (
            TemplateError,
            SecurityError,
            TypeError,
            ValueError,
            ArithmeticError,
            LookupError,
            AttributeError,
        ) as error:
            file, line, story = _place(error.__traceback__, story_of)
            if not file:
                raise
            raise RenderError(str(error), theme=self.theme.name, file=_short(file), line=line, story=story) from error
        except RecursionError as error:
            file, line, story = _place(error.__traceback__, story_of)
            raise RenderError("a part includes itself", theme=self.theme.name, file=_short(file), line=line) from None


def _confined(folder: Path) -> FileSystemLoader:
    return FileSystemLoader(folder, encoding="utf-8", followlinks=False)


def _short_range(*bounds: int) -> range:
    counted = range(*bounds)
    if len(counted) > 1_000:
        raise ValueError("range() is limited to 1000 steps")
    return counted


def _place(trace: TracebackType | None, story_of: Callable[[object], str]) -> tuple[str, int | None, str]:
    """Find the deepest template line in a traceback, and the story that was being printed there."""
    file, line, story = "", None, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.endswith(".j2"):
            file, line = code.co_filename, trace.tb_lineno
            values: list[Any] = list(trace.tb_frame.f_locals.values())
            story = next((found for value in reversed(values) if (found := story_of(value))), story)
        trace = trace.tb_next
    return file, line, story


def _short(file: str | None) -> str:
    if not file:
        return ""
    path = Path(file)
    return "/".join(path.parts[-2:])
