"""Keep what a source brought: what is known already is found again, the rest is saved, and all of it is counted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from broadsheet.config import Source
from broadsheet.desk.gathered import Refusal, SourceReport, State, refusal_of
from broadsheet.desk.opening import Desk
from broadsheet.errors import SourceError
from broadsheet.model import Story

if TYPE_CHECKING:
    from broadsheet.gather.clean import House

BATCH = 500  # stories cleaned, identified and saved together: bounds memory whatever the size of a table
QUIET = timedelta(hours=24)  # of what a new feed holds, only this much counts as news
READER = 2  # raise when reading improves: what is unchanged is then asked for, and read, again

Backfill = int | Literal["all"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One place to read for a source. `is_named` is true for what the caller named, and not the configuration."""

    source: Source
    place: str
    is_named: bool

    @property
    def name(self) -> str:
        """Give the source's id."""
        return self.source.name or slug(Path(self.place).resolve().stem)


@dataclass(slots=True)
class Tally:
    """The running sums of one source."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    undated: int = 0
    backlog: int = 0
    documents: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def found(self) -> int:
        """Count all stories."""
        return self.new + self.changed + self.unchanged


def keep_stories(
    desk: Desk, stories: Iterable[Story | SourceError], tally: Tally, now: datetime, *, is_quiet: bool = False
) -> None:
    """Identify and save a document's stories, batch by batch, inside the caller's transaction.

    With `is_quiet`, stories that are undated or older than a day are kept as backlog. Raises SourceError.
    """
    from broadsheet.gather.identity import identify, keys_of

    stream = _counted(stories, tally)
    while batch := list(islice(stream, BATCH)):
        keyed = [(story, keys_of(story)) for story in batch]
        known = desk.store.stories.known(key for _, keys in keyed for key in keys.all)
        found = identify(keyed, known)
        identified = [story for story, _ in found]
        backlog = {
            story.id for story in identified if is_quiet and not (story.dated and story.published_at > now - QUIET)
        }
        saved = desk.store.stories.save(
            identified, keys={story.id: keys.all for story, keys in found}, backlog=backlog, at=now
        )
        tally.new += len(saved.new)
        tally.changed += len(saved.changed)
        tally.unchanged += saved.unchanged
        tally.undated += sum(not story.dated for story in identified)
        tally.backlog += len(backlog.intersection(saved.new))


def _counted(stories: Iterable[Story | SourceError], tally: Tally) -> Iterator[Story]:
    """Give the stories, and note down what is none."""
    for story in stories:
        if isinstance(story, Story):
            yield story
        else:
            tally.refused.append(refusal_of(story))


def report_of(task: Task, tally: Tally) -> SourceReport:
    """Say what a source brought that was read to its end."""
    state: State
    if tally.new or tally.changed:
        state = "read"
    elif tally.found:
        state = "unchanged"
    elif any(not refusal.is_notice for refusal in tally.refused):
        state = "failed"
    else:
        state = "unchanged" if tally.documents else "empty"
        if not tally.documents:
            tally.refused.append(Refusal(place=task.place, reason="holds no stories", is_notice=True))
    return SourceReport(
        source=task.name,
        place=task.place,
        state=state,
        found=tally.found,
        new=tally.new,
        changed=tally.changed,
        unchanged=tally.unchanged,
        undated=tally.undated,
        backlog=tally.backlog,
        refused=tuple(tally.refused),
        is_required=task.source.required,
    )


def house_of(source: Source) -> House:
    """Say what the configuration adds to every story of a source."""
    from broadsheet.gather.clean import House

    return House(publisher=source.publisher, category=source.category, language=source.language)


def wishes_of(source: Source) -> str:
    """Write down what the configuration, and this reader, make of a source's stories."""
    return f"{READER}{source.model_dump_json(include={'format', 'publisher', 'category', 'language', 'columns'})}"


def digest_of(stream: BinaryIO, source: Source) -> bytes:
    """Digest a document's bytes and what the configuration makes of them."""
    digest = hashlib.blake2b(wishes_of(source).encode(), digest_size=16)
    while part := stream.read(1_000_000):
        digest.update(part)
    return digest.digest()


def slug(text: str) -> str:
    """Make a source's id of a host or file name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower().removeprefix("www.")).strip("-") or "source"
