"""Take back and give again: which lines of an edition's log hold, and which an editor's next undo or redo is about.

Nothing is ever struck from the log. An undo is a line of its own that names the lines it takes back by their places in
the log, counted from 0, and a redo gives those again. Undo takes back what its own editor did last; what another one
did stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from broadsheet.model import Revision

CHANGES = frozenset(("pin", "move", "lead", "drop", "set", "reset", "rewrite"))
LINES = "lines"


def holding(log: Iterable[Revision]) -> dict[int, Revision]:
    """List the lines that hold by their places, without those taken back and without the lines that did so."""
    known: dict[int, Revision] = {}
    taken: set[int] = set()
    for place, line in enumerate(log):
        if line.verb == "undo":
            taken |= set(places_of(line))
        elif line.verb == "redo":
            taken -= set(places_of(line))
        else:
            known[place] = line
    return {place: line for place, line in known.items() if place not in taken}


def to_undo(log: Sequence[Revision], by: str) -> tuple[int, ...]:
    """List the places of what an editor did last and has not taken back: one deed, which may be several lines."""
    own = [place for place, line in holding(log).items() if line.by == by and line.verb in CHANGES]
    return tuple(place for place in own if log[place].at == log[own[-1]].at)


def to_redo(log: Sequence[Revision], by: str) -> tuple[int, ...]:
    """List the places of what an editor took back last. A new change of theirs ends what could be given again."""
    stack: list[tuple[int, ...]] = []
    for line in log:
        if line.by != by:
            continue
        if line.verb == "undo":
            stack.append(places_of(line))
        elif line.verb == "redo" and stack:
            stack.pop()
        elif line.verb in CHANGES:
            stack.clear()
    return stack[-1] if stack else ()


def places_of(line: Revision) -> tuple[int, ...]:
    """Read which lines an undo or a redo is about."""
    return tuple(int(place) for place in line.value.get(LINES, "").split())
