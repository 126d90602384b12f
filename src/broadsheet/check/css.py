"""Read as much CSS as advice needs: declarations of a style attribute, and the rules of a style sheet. Never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"""(?<![-\w])([-\w]+)\s*:\s*((?:[^;"'()]|"[^"]*"|'[^']*'|\([^()]*\)|[()"'])*)""")
_IMPORTANT = re.compile(r"!\s*important\s*$", re.IGNORECASE)
_BRACE = re.compile(r"[{};]")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Declaration:
    """One `name: value`; names in lower case."""

    name: str
    value: str
    important: bool = False


@dataclass(frozen=True, slots=True)
class StyleRule:
    """One rule of a style sheet: selector as written, declarations, and the at-rules around it, outermost first."""

    selector: str
    declarations: tuple[Declaration, ...]
    around: tuple[str, ...] = ()

    @property
    def is_dark(self) -> bool:
        """Tell whether the rule holds in the dark palette only."""
        return any("prefers-color-scheme" in condition and "dark" in condition for condition in self.around)

    @property
    def is_conditional(self) -> bool:
        """Tell whether the rule depends on anything but being shown on a screen."""
        return any(condition.lower() not in ("@media screen", "@media all") for condition in self.around)


@lru_cache(maxsize=4096)
def declarations(style: str) -> tuple[Declaration, ...]:
    """Read the declarations of a style attribute, or of a rule's block, in order."""
    if "/*" in style:
        style = _COMMENT.sub(" ", style)
    found = []
    for match in _DECLARATION.finditer(style):
        value = match[2].strip()
        important = _IMPORTANT.search(value)
        if important:
            value = value[: important.start()].strip()
        found.append(Declaration(match[1].lower(), value, important is not None))
    return tuple(found)


@lru_cache(maxsize=64)
def rules(sheet: str) -> tuple[StyleRule, ...]:
    """Read the rules of a style sheet, those inside at-rules included. A block without an end runs to the end."""
    return tuple(_rules(_COMMENT.sub(" ", sheet)))


def at_rules(sheet: str) -> tuple[str, ...]:
    """Name the at-rules of a style sheet as written (`@media (max-width:480px)`, `@import url(x)`), in order."""
    found = []
    text = _COMMENT.sub(" ", sheet)
    for match in re.finditer(r"@[-a-zA-Z]+[^{};]{0,300}", text):
        found.append(" ".join(match.group().split()))
    return tuple(found)


def nested_at_rules(sheet: str) -> tuple[str, ...]:
    """Name the at-rules that stand inside another one: Gmail drops the whole style element for those."""
    depth = 0
    nested: list[str] = []
    inside: list[int] = []
    for match in re.finditer(r"@[-a-zA-Z]+[^{};]{0,300}|[{}]", _COMMENT.sub(" ", sheet)):
        word = match.group()
        if word == "{":
            depth += 1
        elif word == "}":
            depth = max(0, depth - 1)
            while inside and inside[-1] >= depth:
                inside.pop()
        else:
            if inside:
                nested.append(" ".join(word.split()))
            inside.append(depth)
    return tuple(nested)


def _rules(text: str) -> Iterator[StyleRule]:
    around: list[str] = []
    deeper = 0  # how many at-rules are open beyond those that are remembered
    at = 0
    while True:
        brace = _BRACE.search(text, at)
        if brace is None:
            return
        head = " ".join(text[at : brace.start()].replace("<!--", " ").replace("-->", " ").split())
        at = brace.end()
        if brace.group() == "}":
            if deeper:
                deeper -= 1
            elif around:
                around.pop()
        elif brace.group() == ";":
            continue  # `@import ...;` and the like
        elif head.startswith("@") and not head.lower().startswith(("@font-face", "@page")):
            if len(around) < _DEEPEST:
                around.append(head)
            else:
                deeper += 1
        else:
            end = text.find("}", at)
            end = len(text) if end < 0 else end
            if not head.startswith("@"):
                yield StyleRule(head, declarations(text[at:end]), tuple(around))
            at = end + 1
