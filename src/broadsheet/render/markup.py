"""Jinja2 to MJML: a sandbox that reaches what it is given, and errors that name theme, file, line and story."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator
from jinja2.compiler import Frame as CodeFrame
from jinja2.exceptions import SecurityError, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from broadsheet.errors import RenderError
from broadsheet.render.escaping import as_markup, escape_attribute, escape_text
from broadsheet.render.pictures import Frame
from broadsheet.render.views import EditionView, FooterLink, SectionView, SponsorView, StoryView

_NAMES = {
    EditionView: "an edition",
    SectionView: "a section",
    SponsorView: "a sponsor",
    StoryView: "a story",
    Frame: "a picture",
    FooterLink: "a link of the footer",
    LoopContext: "a loop",
    SimpleNamespace: "it",
}
_PLAIN = frozenset(_NAMES)
# By the name of a public field: the values of ours that have it.
_OWNERS = {
    name: frozenset(owner for owner in _PLAIN if hasattr(owner, name))
    for kind in _PLAIN
    for name in dir(kind)
    if name[0] != "_"
}


class _Missing(StrictUndefined):
    """Whatever does not exist: an error that says what was meant, in the words of docs/themes.md."""

    @property
    def _undefined_message(self) -> str:
        owner, name = self._undefined_obj, str(self._undefined_name)
        if type(owner) not in _NAMES:
            return super()._undefined_message
        known = sorted(field for field in dir(owner) if field[0] != "_")
        close = difflib.get_close_matches(name, known, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(known)}"
        return f"{_NAMES[type(owner)]} has no {name!r}{meant}"


class _ShortCode(CodeGenerator):
    """Code without what is not needed here: a second look at escaped values, a guarded way to fields of our own."""

    def _output_child_to_const(self, node: nodes.Expr, frame: CodeFrame, finalize: CodeGenerator._FinalizeInfo) -> str:
        value = node.as_const(frame.eval_ctx)
        return str(value) if isinstance(node, nodes.TemplateData) else escape_text(value)

    def _output_child_pre(self, node: nodes.Expr, frame: CodeFrame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write("escaped(")

    def _output_child_post(self, node: nodes.Expr, frame: CodeFrame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write(")")

    def write_commons(self) -> None:
        """Begin each function with names for what it uses most."""
        super().write_commons()
        self.writeline("escaped = environment.finalize")
        self.writeline("owners = environment.owners")

    def visit_Getattr(self, node: nodes.Getattr, frame: CodeFrame) -> None:  # noqa: N802 - Jinja's name
        """Read a field at once from a value of ours that has it; everything else takes the sandbox's way."""
        is_field = node.attr in _OWNERS and isinstance(node.node, nodes.Name)
        if is_field:
            self.write("(")
            self.visit(node.node, frame)
            self.write(f".{node.attr} if type(")
            self.visit(node.node, frame)
            self.write(f") in owners[{node.attr!r}] else ")
        super().visit_Getattr(node, frame)
        if is_field:
            self.write(")")


class _Fixing(NodeTransformer):
    """Write what is the same in every edition (colours, fonts, words) into a template before it becomes code."""

    def __init__(self, fixed: Mapping[str, object]) -> None:
        self.fixed = fixed

    def visit(self, node: nodes.Node, *arguments: Any, **named: Any) -> Any:
        """Put a value in the place of `dir` and of `light.accent`; what does not exist is left to fail in its use."""
        value: object = None
        if isinstance(node, nodes.Name):
            value = self.fixed.get(node.name)
        elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            table = self.fixed.get(node.node.name)
            value = vars(table).get(node.attr) if isinstance(table, SimpleNamespace) else None
        if isinstance(value, str | int):
            return nodes.Const(value, lineno=node.lineno)
        return self.generic_visit(node, *arguments, **named)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with a short way for what templates do all day: reading the public fields of our own values."""

    code_generator_class = _ShortCode
    owners = _OWNERS

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.at_hand: dict[str, Template] = {}

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if taken := next(((name, line) for name, line in _assigned(source) if name in self.globals), None):
            raise TemplateSyntaxError(
                f"{taken[0]!r} has a meaning already; choose another name", taken[1], name, filename
            )
        _Fixing(self.globals).visit(source)
        return super()._generate(source, name, filename, defer_init)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give a template what all have in common as one plain table: it is asked for at each include."""
        return {**self.globals, **(d or {})}

    def look_again(self) -> None:
        """Forget templates whose files have changed: once a rendering is enough, and not at each use of a part."""
        self.at_hand = {name: template for name, template in self.at_hand.items() if template.is_up_to_date}

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        """Give a template by its name, at once where it is at hand."""
        found = self.at_hand.get(str(name))
        if found is None:
            found = self.at_hand[str(name)] = super().get_template(name, parent, globals)
        return found

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a public field of a plain value; everything else takes the sandbox's way."""
        if type(obj) in _PLAIN and attribute[0] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        return super().getattr(obj, attribute)

    def call(self, context: Context, obj: Any, /, *arguments: Any, **named: Any) -> Any:
        """Call a macro of the theme; everything else is asked for leave by the sandbox."""
        if type(obj) is Macro:
            named.pop("_block_vars", None)
            named.pop("_loop_vars", None)
            is_plain = not (named or obj.caller or obj.catch_varargs or obj.catch_kwargs)
            if is_plain and len(arguments) == obj._argument_count:  # nothing for Macro to sort first
                return as_markup(obj._func(*arguments))
            return obj(context.eval_ctx, *arguments, **named)
        return super().call(context, obj, *arguments, **named)


class Markups:
    """A theme's templates, compiled when first used, and again when their files change."""

    def __init__(
        self,
        name: str,
        folders: Sequence[Path],
        roots: Sequence[Path],
        shipped: Sequence[Path],
        fixed: Mapping[str, object],
    ) -> None:
        """Look for parts in `folders`, then in `roots`; `fixed` are the values that no edition changes."""
        self.name, self.folders = name, folders
        past_the_project = ChoiceLoader(
            [_by_name([f for f in folders if f.parent in shipped]), *map(_confined, shipped)]
        )
        self.environment = _Sandbox(
            loader=ChoiceLoader(
                [
                    *map(_confined, folders),
                    PrefixLoader({"shipped": past_the_project}),
                    _by_name(folders),
                    *map(_confined, roots),
                ]
            ),
            autoescape=True,
            undefined=_Missing,
            finalize=escape_text,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=True,
        )
        self.environment.globals.clear()
        self.environment.globals.update(fixed, range=_short_range)
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

    def render(self, context: Mapping[str, object], story_of: Callable[[object], str]) -> str:
        """Fill the theme's templates. `story_of` tells which story a value is about, "" for others.

        Raises RenderError naming theme, file, line and the story at hand.
        """
        self.environment.look_again()
        try:
            return self.environment.get_template("edition.mjml.j2").render(context)
        except TemplateSyntaxError as error:
            raise RenderError(
                error.message or "not valid",
                theme=self.name,
                file=_short(error.filename or error.name),
                line=error.lineno,
            ) from None
        except TemplateNotFound as error:
            raise RenderError(
                f"the part {error.name} does not exist", theme=self.name,
                advice=f"Looked in: {', '.join(str(folder) for folder in self.folders)}.",
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
            raise RenderError(str(error), theme=self.name, file=_short(file), line=line, story=story) from error
        except RecursionError as error:
            file, line, story = _place(error.__traceback__, story_of)
            raise RenderError("a part includes itself", theme=self.name, file=_short(file), line=line) from None


def _assigned(template: nodes.Template) -> Iterator[tuple[str, int]]:
    """List the names that a template gives values to, with their lines."""
    for node in template.find_all((nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)):
        match node:
            case nodes.Name() if node.ctx != "load":
                yield node.name, node.lineno
            case nodes.Macro():
                yield node.name, node.lineno
            case nodes.Import():
                yield node.target, node.lineno
            case nodes.FromImport():
                yield from ((name if isinstance(name, str) else name[1], node.lineno) for name in node.names)


def _by_name(folders: Sequence[Path]) -> PrefixLoader:
    """Find `THEME/PART` in a theme and in what it extends, so that a part of `daily` may well be one of `base`."""
    names = {folder.name: place for place, folder in reversed(list(enumerate(folders)))}
    return PrefixLoader({name: ChoiceLoader([*map(_confined, folders[place:])]) for name, place in names.items()})


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
