"""An edition as a text file that an editor can change, and what the changed text asks for.

The form: lines that begin with `#` are remarks; `Subject:`, `Preheader:`, `Intro:` and `Lead:` stand at the top; then
sections, each under `== Title ==`. A story begins with `* ID [Category]`; its headline and its dek follow, indented.
Below the line of dashes in a section are its runners-up, which are not printed.

What can be meant in two ways is a fault, never a guess: a heading or a line of dashes that is gone would print what
nobody chose, or drop what nobody meant to.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from broadsheet.edit.compare import longest_in_order
from broadsheet.edit.summarise import headline_of
from broadsheet.model import Edition, Pick, Story

LINE = "------ not printed: move a story above this line to print it, below it to leave it out ------"
RULE = "------"
FIELDS = ("Subject", "Preheader", "Intro", "Lead")

_SECTION = re.compile(r"==\s*(.+?)\s*==")
_STORY = re.compile(r"\*\s*(\S+)\s*(?:\[(.*)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing that a changed text asks for, in the log's words; `line` is where, for error messages."""

    verb: str
    line: int
    story: str = ""
    value: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What cannot be understood, and where."""

    line: int
    message: str


@dataclass(slots=True)
class _Entry:
    """A story in the text: where it stands and what is written about it."""

    story: str
    line: int
    section: str
    category: str | None
    texts: list[str] = field(default_factory=list)

    @property
    def headline(self) -> str:
        return self.texts[0] if self.texts else ""

    @property
    def dek(self) -> str:
        return " ".join(self.texts[1:])


@dataclass(slots=True)
class _Manuscript:
    """A text that was read: the edition's own fields, the stories above and below the lines, and the faults.

    `headings` gives the line of each section's heading; `ruled` are the sections that have their line of dashes.
    """

    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    printed: list[_Entry] = field(default_factory=list)
    below: list[_Entry] = field(default_factory=list)
    headings: dict[str, int] = field(default_factory=dict)
    ruled: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def write(
    edition: Edition, sections: Sequence[str], runners_up: Mapping[str, Sequence[tuple[Story, str]]], mark: str
) -> str:
    """Write an edition as text. `runners_up` gives each section's losers and why; `mark` names the draft."""
    return "\n".join(_written(edition, sections, runners_up, mark)) + "\n"


def mark_of(text: str) -> str:
    """Read which draft a text was written from, '' when the mark is gone."""
    found = re.search(r"^# Draft: (\w+)\s*$", text, re.MULTILINE)
    return found[1] if found else ""


def read(text: str, edition: Edition, sections: Sequence[str]) -> tuple[tuple[Asked, ...], tuple[Fault, ...]]:
    """Find out what a changed text asks for, compared with the edition that it was written from."""
    sections = tuple(dict.fromkeys((*sections, *(section.title for section in edition.sections))))
    manuscript = _read(text, sections)
    standing = {pick.story.id: pick for pick in edition.picks}
    written = (*manuscript.printed, *manuscript.below)
    missing = standing.keys() - {entry.story.lower() for entry in written}
    for entry in written:
        entry.story = _in_full(entry.story, standing, missing)
    faults = [*manuscript.faults, *_stories_in_doubt(manuscript, standing)]
    if all(heading in sections for heading in manuscript.headings):
        faults += _sections_in_doubt(manuscript, edition, sections, 1 + text.count("\n"))
    if faults:
        return (), tuple(sorted(faults, key=lambda fault: fault.line))
    return tuple(_asked(manuscript, edition)), ()


def _in_full(story: str, standing: Container[str], missing: Iterable[str]) -> str:
    """Give a printed story's id where it was written in capitals, or cut and is nowhere else; else what was written."""
    if story.lower() in standing:
        return story.lower()
    begun = [one for one in missing if one.startswith(story.lower())]
    return begun[0] if len(begun) == 1 else story


def _stories_in_doubt(manuscript: _Manuscript, standing: Mapping[str, Pick]) -> Iterator[Fault]:
    """Find stories that stand in two places, and those whose headline is gone, so that the dek would take its place."""
    places: dict[str, int] = {}
    for entry in manuscript.printed:
        if entry.story in places:
            message = f"{entry.story} stands above the line twice, first in line {places[entry.story]}"
            yield Fault(line=entry.line, message=message)
        places.setdefault(entry.story, entry.line)
        pick = standing.get(entry.story)
        if pick and pick.dek and entry.texts == [_line(pick.dek)] != [_line(pick.headline)]:
            message = f"the headline of {entry.story} is gone, and its dek would take its place; write one above it"
            yield Fault(line=entry.line, message=message)
    for entry in manuscript.below:
        if entry.story in standing and entry.story in places:
            message = f"{entry.story} stands above the line, too, in line {places[entry.story]}; delete one of the two"
            yield Fault(line=entry.line, message=message)


def _sections_in_doubt(manuscript: _Manuscript, edition: Edition, sections: Sequence[str], end: int) -> Iterator[Fault]:
    """Find sections whose heading or line of dashes is gone, and such as were put in another order."""
    headings = manuscript.headings
    for section in (one for one in edition.sections if one.title not in headings):
        own = {pick.story.id for pick in section.picks}
        there = (entry.line for entry in (*manuscript.printed, *manuscript.below) if entry.story in own)
        message = f"`== {section.title} ==` is gone; put it back above its stories, whether any of them stays or not"
        yield Fault(line=min(there, default=end), message=message)
    order = [heading for heading in sections if heading in headings]
    for heading, wanted in zip(headings, order, strict=True):
        if heading != wanted:
            message = f"the sections stand in the order of broadsheet.toml: `== {wanted} ==` belongs here"
            yield Fault(line=headings[heading], message=message)
            break
    standing = {pick.story.id for pick in edition.picks}
    for heading, line in headings.items():
        strangers = [one.story for one in manuscript.printed if one.section == heading and one.story not in standing]
        if strangers and heading not in manuscript.ruled:
            message = (
                f"the line of dashes of {heading} is gone, so that {', '.join(strangers[:3])}"
                f"{' and others' if len(strangers) > 3 else ''} would be printed; put `{RULE}` below what is to stand"
            )
            yield Fault(line=line, message=message)


def _written(
    edition: Edition, sections: Sequence[str], runners_up: Mapping[str, Sequence[tuple[Story, str]]], mark: str
) -> Iterator[str]:
    yield f"# {edition.id}"
    yield f"# Draft: {mark}"
    yield "# Change what you like: words, order, sections. Delete a story, or move it below the line, to leave it out."
    yield "# To bring in any other story, write `* ID` where you want it. Of the lines with #, keep `# Draft:`."
    yield ""
    values = (edition.subject, edition.preheader, edition.intro, edition.lead or "")
    for name, value in zip(FIELDS, values, strict=True):
        yield f"{name}: {_line(value)}".rstrip()
    standing = {section.title: section.picks for section in edition.sections}
    for section in dict.fromkeys((*sections, *standing)):
        yield ""
        yield f"== {section} =="
        for pick in standing.get(section, ()):
            yield ""
            yield f"* {pick.story.id} [{_line(pick.category)}]"
            yield f"  {_line(pick.headline)}"
            if pick.dek:
                yield f"  {_line(pick.dek)}"
            yield f"# {pick.story.publisher or pick.story.source}: {_line(pick.reason)}"
        yield ""
        yield LINE
        for story, reason in runners_up.get(section, ()):
            yield ""
            yield f"* {story.id}"
            yield f"  {headline_of(story)}"
            yield f"# {story.publisher or story.source}: {_line(reason)}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _read(text: str, sections: Sequence[str]) -> _Manuscript:
    manuscript = _Manuscript()
    section, above = "", True
    entry: _Entry | None = None
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = raw.rstrip()
        if not line or line.startswith("#"):
            continue
        if line[0] in " \t":
            if entry is None:
                fault = "this stands under no story; write `* ID` above it, or begin the line with #"
                manuscript.faults.append(Fault(line=number, message=fault))
            else:
                entry.texts.append(" ".join(line.split()))
        elif line.startswith("---"):
            above, entry = False, None
            manuscript.ruled.add(section)
        elif heading := _SECTION.fullmatch(line):
            section, above, entry = _known(heading[1], sections), True, None
            if not section:
                manuscript.faults.append(Fault(line=number, message=_no_section(heading[1], sections)))
                section = heading[1]
            elif section in manuscript.headings:
                message = f"`== {section} ==` stands twice, first in line {manuscript.headings[section]}"
                manuscript.faults.append(Fault(line=number, message=message))
            manuscript.headings.setdefault(section, number)
        elif line.startswith("*"):
            entry = _entry(line, number, section, manuscript)
            if entry.story:
                (manuscript.printed if above else manuscript.below).append(entry)
        elif (found := re.match(r"(\w+):\s*(.*)", line)) and found[1].title() in FIELDS and not section:
            manuscript.fields[found[1].title()] = (number, found[2])
            entry = None
        else:
            manuscript.faults.append(Fault(line=number, message=_not_understood(line, section)))
    return manuscript


def _not_understood(line: str, section: str) -> str:
    name, colon, _ = line.partition(":")
    close = difflib.get_close_matches(name.strip().title(), FIELDS, n=1) if colon else []
    if close and section:
        return f"{close[0]}: stands at the top, above the first section; here it cannot be understood"
    hint = f"did you mean {close[0]}:?" if close else "stories begin with `* ID`, their words are indented"
    return f"cannot be understood: {line[:60]!r}; {hint}"


def _entry(line: str, number: int, section: str, manuscript: _Manuscript) -> _Entry:
    found = _STORY.fullmatch(line)
    if not found:
        message = f"expected `* ID` or `* ID [Category]`, not {line[:60]!r}"
        manuscript.faults.append(Fault(line=number, message=message))
        return _Entry(story="", line=number, section=section, category=None)
    if not section:
        manuscript.faults.append(Fault(line=number, message=f"{found[1]} stands in no section; move it under one"))
    return _Entry(story=found[1], line=number, section=section, category=found[2])


def _known(title: str, sections: Sequence[str]) -> str:
    return next((one for one in sections if _line(one).casefold() == _line(title).casefold()), "")


def _no_section(title: str, sections: Sequence[str]) -> str:
    close = difflib.get_close_matches(title, sections, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"expected one of: {', '.join(sections)}"
    return f"there is no section {title!r}; {hint}"


def _asked(manuscript: _Manuscript, edition: Edition) -> Iterator[Asked]:
    standing = {pick.story.id: (section.title, pick) for section in edition.sections for pick in section.picks}
    wanted = {entry.story: entry for entry in manuscript.printed}
    for story in standing:
        if story not in wanted:
            yield Asked(verb="drop", line=0, story=story)
    yield from _moves(manuscript.printed, edition)
    for story, entry in wanted.items():
        yield from _rewritten(entry, standing[story][1] if story in standing else None)
    present = {"Subject": edition.subject, "Preheader": edition.preheader, "Intro": edition.intro}
    for name, (line, text) in manuscript.fields.items():
        if name == "Lead":
            if text and text != edition.lead:
                yield Asked(verb="lead", line=line, story=text)
        elif _line(text) != _line(present[name]):
            yield Asked(verb="set", line=line, value={name.lower(): text})


def _rewritten(entry: _Entry, pick: Pick | None) -> Iterator[Asked]:
    changed = {}
    if entry.texts and entry.headline != (_line(pick.headline) if pick else ""):
        changed["headline"] = entry.headline
    if entry.texts and entry.dek != (_line(pick.dek) if pick else ""):
        changed["dek"] = entry.dek
    if entry.category is not None and _line(entry.category) != (_line(pick.category) if pick else ""):
        changed["category"] = entry.category
    if changed:
        yield Asked(verb="set", line=entry.line, story=entry.story, value=changed | {"section": entry.section})


def _moves(printed: Sequence[_Entry], edition: Edition) -> Iterator[Asked]:
    """Find the fewest moves that bring the edition's order to the text's, and the stories that are new to it."""
    wanted: dict[str, list[_Entry]] = {}
    for entry in printed:
        wanted.setdefault(entry.section, []).append(entry)
    kept = {entry.story for entry in printed}
    now = {section.title: [p.story.id for p in section.picks if p.story.id in kept] for section in edition.sections}
    for section, entries in wanted.items():
        order = now.setdefault(section, [])
        staying = longest_in_order([order.index(entry.story) for entry in entries if entry.story in order])
        settled = {order[place] for place in staying}
        before = ""
        for entry in entries:
            if entry.story not in settled:
                yield from _moved(entry, before, now)
            before = entry.story


def _moved(entry: _Entry, before: str, now: dict[str, list[str]]) -> Iterator[Asked]:
    """Bring one story to its place: right behind the one before it. `now` is kept up to date."""
    origin = next((name for name, stories in now.items() if entry.story in stories), None)
    if origin is None:
        yield Asked(verb="pin", line=entry.line, story=entry.story, value={"section": entry.section, "instead_of": ""})
        now[entry.section].append(entry.story)
        origin = entry.section
    there = now[origin].index(entry.story)
    now[origin].remove(entry.story)
    place = now[entry.section].index(before) + 1 if before else 0
    now[entry.section].insert(place, entry.story)
    if (origin, there) != (entry.section, place):
        value = {"section": entry.section, "position": str(place + 1)}
        yield Asked(verb="move", line=entry.line, story=entry.story, value=value)
