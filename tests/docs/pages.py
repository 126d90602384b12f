"""What the pages say one can type: command lines and options, with the page and the line they stand on."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from broadsheet.cli.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_INLINE = re.compile(r"`((?:[^`\n]|\n(?!\s*\n))+)`")  # a span may go on in the next line, not in the next paragraph
_EXAMPLE = re.compile(r"^Example: (.*)$")
_USAGE = re.compile(r"[\[\]]")
_VARIABLES = re.compile(r"^(?:[A-Z_]+=(?:'[^']*'|\S+) +)+")
_OPENING = re.compile(r"(?:^|\| |&& )(?:\S*bin/)?(?=broadsheet )")


@dataclass(frozen=True)
class Typed:
    """A command line as a page shows it. `whole` is false where it is a mention within a sentence."""

    page: str
    line: int
    text: str
    whole: bool

    @property
    def words(self) -> list[str]:
        """Give its words as a shell does, without `broadsheet` and without what follows a pipe or a redirection."""
        words = shlex.split(_USAGE.sub("", self.text), comments=True)[1:]
        ends = [place for place, word in enumerate(words) if word in ("|", ">", "&&")]
        return words[: ends[0]] if ends else words


def blocks(path: Path) -> Iterator[tuple[int, str]]:
    """Give each line of the code blocks of a page, indented or fenced, with its number; continued lines as one."""
    fenced, before, held = False, "", ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        inside = fenced or (line.startswith("    ") and (not before.strip() or before.startswith("    ")))
        before = line if inside or not line.strip() else f"x{line}"
        if not inside:
            continue
        held += line.strip()
        if held.endswith("\\"):
            held = held[:-1]
            continue
        yield number, held
        held = ""


def spans(path: Path) -> Iterator[tuple[int, str]]:
    """Give each span of code within the sentences of a page, with the number of its line."""
    hidden = {number for number, _ in blocks(path)}
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join("" if number in hidden or "```" in line else line for number, line in enumerate(lines, 1))
    for found in _INLINE.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, " ".join(found[1].split())


def commands(path: Path) -> Iterator[Typed]:
    """Give every command line of broadsheet that a page shows: those of code blocks first."""
    for number, line in blocks(path):
        bare = _VARIABLES.sub("", line)
        start = _OPENING.search(bare)
        if start:
            yield Typed(path.name, number, bare[start.end() :], True)
    if path.name == "commands.md":
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            example = _EXAMPLE.match(line)
            for part in re.split(r", .*?then: ", example[1]) if example else ():
                yield Typed(path.name, number, part, True)
    for number, code in spans(path):
        if code.startswith("broadsheet "):
            yield Typed(path.name, number, code, False)


def options(path: Path) -> Iterator[tuple[int, str]]:
    """Give every option that a sentence names, alone or behind a command's name; not those of other programs."""
    for number, code in spans(path):
        if code.startswith("--") or code.split()[0] in COMMANDS:
            yield from ((number, option) for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", code))
