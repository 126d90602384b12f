"""Editions and explanations as text for a terminal, and as the documents that scripts read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from broadsheet.cli.edition_options import LAST
from broadsheet.cli.output import say
from broadsheet.model import Edition, EditionStatus, Explanation, Fate, Revision, Signal, Story
from broadsheet.plural import number_of

if TYPE_CHECKING:
    from broadsheet.desk.explaining import ExplainedStory

_TITLES: Mapping[Fate, str] = {
    Fate.PICKED: "Picked",
    Fate.ALSO_REPORTED: "Other tellings of a printed event",
    Fate.RUNNER_UP: "Beaten",
    Fate.HELD: "Held for a later edition",
    Fate.SHUT_OUT: "Shut out",
}
_BESIDE: Mapping[Fate, str] = {
    Fate.PICKED: "beside:",
    Fate.ALSO_REPORTED: "printed:",
    Fate.RUNNER_UP: "stands:",
    Fate.HELD: "stands:",
    Fate.SHUT_OUT: "before:",
}


def as_document(edition: Edition) -> dict[str, Any]:
    """Give an edition's fields by name, for JSON."""
    return {field.name: getattr(edition, field.name) for field in fields(edition)}


def print_edition(edition: Edition) -> None:
    """Print an edition as its editor wants to see it: state, subject, and every section with its picks and reasons."""
    say(f"{edition.id}  {edition.status}  {number_of(len(edition.picks), 'story', 'stories')}")
    if edition.picks:
        say(f"Subject:   {edition.subject}")
        say(f"Preheader: {edition.preheader}")
    if edition.intro:
        say(f"Intro:     {edition.intro}")
    for section in edition.sections:
        say()
        say(section.title)
        for pick in section.picks:
            tags = ("lead", pick.story.id == edition.lead), ("update", pick.is_update), ("pinned", pick.is_pinned)
            marks = "".join(f"  [{name}]" for name, holds in tags if holds)
            say(f"  {pick.position}. {pick.headline}  ({names([pick.story])}, {pick.story.id}){marks}")
            say(f"     {pick.reason}")
            if others := names(pick.also_reported_by, apart_from=pick.story):
                say(f"     also reported by {others}")
    for text in (*edition.notes, *edition.questions):
        say()
        say(text)
    if edition.status is EditionStatus.DRAFT:
        say()
        say(
            f"Next: broadsheet render -p {edition.publication} --date {edition.date},"
            f" then broadsheet edition approve {edition.id}"
        )
    elif edition.status is EditionStatus.SKIPPED and edition.picks:
        say()
        say(f"To send it all the same: broadsheet edition reopen {edition.id}, then broadsheet edition approve")


def names(stories: Iterable[Story], *, apart_from: Story | None = None) -> str:
    """List who published some stories, each once."""
    own = {apart_from.publisher or apart_from.source} if apart_from else set()
    return ", ".join(dict.fromkeys(name for story in stories if (name := story.publisher or story.source) not in own))


def print_explanations(explanations: Iterable[Explanation], titles: Mapping[str, str]) -> None:
    """Print why, grouped by what became of the stories. `titles` has theirs, by id."""
    every = list(explanations)
    for fate, title in _TITLES.items():
        some = [one for one in every if one.fate is fate]
        if some:
            say(f"{title} ({len(some)})")
            for one in some:
                say(f"  {one.story}  {titles.get(one.story, '')}")
                say(f"            {one.section + ': ' if one.section else ''}{one.reason}")
                if one.signals:
                    say(f"            {score(one.signals)}")


def print_story_explanations(told: ExplainedStory) -> None:
    """Print what the editions made of one story, and what editors did with it."""
    story = told.story
    say(f"{story.id}  {story.title}")
    what, at = ("published", story.published_at) if story.dated else ("undated, first seen", story.first_seen_at)
    say(f"  {story.publisher or story.source}, {what} {at:%Y-%m-%d %H:%M} UTC")
    if not told.explanations and not told.unseen:
        say("  No edition has looked at it yet. Type `broadsheet pick` to draft one.")
    for reason in told.unseen:
        say()
        say(reason[0].upper() + reason[1:])
    for one in told.explanations:
        say()
        say(f"{one.edition}: {_TITLES[one.fate].lower()}{' in ' + one.section if one.section else ''}")
        say(f"  why:      {one.reason}")
        if one.advice:
            say(f"  change:   {one.advice}")
        sure = "" if one.confidence is None else f", {one.confidence:.0%} sure"
        say(f"  category: {one.category or 'unsure'}{sure}{_in_brackets(one.category_reason)}")
        if one.cluster:
            say(f"  event:    {one.cluster}{_in_brackets(one.cluster_reason)}")
        if one.signals:
            say(f"  score:    {score(one.signals)}")
        for other in one.beaten_by:
            say(f"  {_BESIDE[one.fate]:9} {other}  {told.titles.get(other, '')}".rstrip())
    for line in told.revisions:
        say()
        say(f"{line.edition}: {line.by}, {line.at:%Y-%m-%d %H:%M} UTC: {log_line(line)}")


def print_log(lines: Iterable[Revision]) -> None:
    """Print an edition's log."""
    for line in lines:
        say(f"{line.at:%Y-%m-%d %H:%M} UTC  {line.by}  {log_line(line)}")


def log_line(line: Revision) -> str:
    """Write one line of a log as a sentence without its subject."""
    value = ", ".join(
        "to the end" if name == "position" and int(text) >= LAST else f"{name} {text!r}"
        for name, text in line.value.items()
        if text or line.verb == "set"
    )
    return " ".join(part for part in (line.verb, line.story, value) if part)


def score(signals: tuple[Signal, ...]) -> str:
    """Write a score as its sum and its parts."""
    parts = ", ".join(f"{one.name} {one.points:+.2f}{_in_brackets(one.fact)}" for one in signals)
    return f"{sum(one.points for one in signals):.2f} = {parts}"


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""
