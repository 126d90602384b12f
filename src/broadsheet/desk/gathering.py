"""Gather stories: read every source, clean what it brings, find what we know already, keep the rest."""

from __future__ import annotations

import hashlib
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import urlsplit

from broadsheet.config import Source
from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError, EditionError, SourceError
from broadsheet.model import RawStory, Story

BATCH = 500  # stories cleaned, identified and saved together: bounds memory whatever the size of a table
QUIET = timedelta(hours=24)  # of what a new feed holds, only this much counts as news
READER = b"1"  # raise when reading improves: the same bytes are then read again

State = Literal["read", "unchanged", "empty", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A source, file or item that gave no story, and why. `is_notice` ones are no failure."""

    place: str
    reason: str
    advice: str = ""
    is_notice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one source brought. `found` = new + changed + unchanged, each a number of stories."""

    source: str
    place: str
    state: State
    found: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    undated: int = 0
    backlog: int = 0
    refused: tuple[Refusal, ...] = ()

    @property
    def has_failed(self) -> bool:
        """Tell whether anything of it failed."""
        return self.state == "failed" or any(not refusal.is_notice for refusal in self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherReport:
    """What a gathering brought, source by source."""

    sources: tuple[SourceReport, ...] = ()

    @property
    def new(self) -> int:
        """Count the stories never seen before."""
        return sum(report.new for report in self.sources)

    @property
    def found(self) -> int:
        """Count the stories that the sources hold."""
        return sum(report.found for report in self.sources)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """List whatever gave no story."""
        return tuple(refusal for report in self.sources for refusal in report.refused)

    @property
    def exit_code(self) -> int:
        """Give 0 if all went well, 1 if all failed, 4 if a part did."""
        if not any(report.has_failed for report in self.sources):
            return 0
        return 4 if any(report.found or report.state in ("unchanged", "empty") for report in self.sources) else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One place to read for a source. `is_named` is true for what the caller named, and not the configuration."""

    source: Source
    place: str
    is_named: bool


@dataclass(slots=True)
class _Tally:
    """The running sums of one source."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    undated: int = 0
    backlog: int = 0
    skipped: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def found(self) -> int:
        return self.new + self.changed + self.unchanged


def gather(
    desk: Desk,
    places: Sequence[str] = (),
    *,
    category: str = "",
    backfill: int | Literal["all"] | None = None,
    stdin: BinaryIO | None = None,
    progress: Callable[[SourceReport], None] | None = None,
) -> GatherReport:
    """Read every configured source, or just the files, folders, addresses and `-` that are named.

    `category` is given to every story of what is named. A failure of one source is a value in the report; the others go
    on. Each source is one transaction. Raises ConfigError when there is nothing to read.
    """
    tasks = [_named(desk, place, category) for place in places] or [
        _Task(source=source, place=source.url or str(desk.folder / (source.path or "")), is_named=False)
        for source in desk.config.sources.values()
    ]
    if not tasks:
        raise ConfigError(
            "there is nothing to gather: no sources are configured",
            advice="Name a file, folder or address, or write a [sources.NAME] table into broadsheet.toml.",
        )
    reports = []
    for task in tasks:
        report = _gather_one(desk, task, backfill, stdin)
        reports.append(report)
        if progress:
            progress(report)
    return GatherReport(sources=tuple(reports))


def find_story(desk: Desk, beginning: str) -> Story:
    """Find a story by its id or by letters that only its id begins with. Raises EditionError."""
    story = desk.store.stories.get(beginning)
    if story:
        return story
    found = desk.store.stories.starting_with(beginning) if beginning else []
    if len(found) == 1 and (story := desk.store.stories.get(found[0])):
        return story
    if found:
        raise EditionError(f"several stories begin with {beginning!r}", advice=f"Type more of it: {', '.join(found)}.")
    raise EditionError(f"no story is called {beginning!r}", advice="Type `broadsheet stories --all` for what there is.")


def _named(desk: Desk, place: str, category: str) -> _Task:
    """Find the configured source that a named place belongs to, or make one up for it."""
    if place == "-":
        return _Task(source=Source(name="stdin", path="-", category=category), place=place, is_named=True)
    is_url = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", place) is not None
    for source in desk.config.sources.values():
        if (source.url == place) if is_url else source.path and _is_within(Path(place), desk.folder / source.path):
            return _Task(
                source=source.model_copy(update={"category": category or source.category}), place=place, is_named=True
            )
    if is_url:
        source = Source(name=_slug(urlsplit(place).netloc), url=place, category=category)
    else:
        source = Source(name="", path=place, category=category)
    return _Task(source=source, place=place, is_named=True)


def _is_within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower().removeprefix("www.")).strip("-") or "source"


def _gather_one(desk: Desk, task: _Task, backfill: int | Literal["all"] | None, stdin: BinaryIO | None) -> SourceReport:
    tally = _Tally()
    name = task.source.name or _slug(Path(task.place).resolve().stem)
    try:
        with desk.store.transaction():
            if task.source.url:
                _gather_url(desk, task, tally, backfill)
            elif task.place == "-":
                data = (stdin or sys.stdin.buffer).read()
                _gather_document(desk, task, name, "-", io.BytesIO(data), tally, base="")
            else:
                _gather_path(desk, task, tally)
    except SourceError as error:
        return SourceReport(source=name, place=task.place, state="failed", refused=(_refusal(error),))
    state: State = "read" if tally.new or tally.changed else "unchanged" if tally.found or tally.skipped else "empty"
    if not tally.found and not tally.skipped:
        if any(not refusal.is_notice for refusal in tally.refused):
            state = "failed"
        else:
            tally.refused.append(Refusal(place=task.place, reason="holds no stories", is_notice=True))
    return SourceReport(
        source=name,
        place=task.place,
        state=state,
        found=tally.found,
        new=tally.new,
        changed=tally.changed,
        unchanged=tally.unchanged,
        undated=tally.undated,
        backlog=tally.backlog,
        refused=tuple(tally.refused),
    )


def _gather_path(desk: Desk, task: _Task, tally: _Tally) -> None:
    from broadsheet.gather.files import documents_in

    root = Path(task.place)
    for document in documents_in(root, source=task.source.name):
        if isinstance(document, SourceError):
            tally.refused.append(replace(_refusal(document), is_notice=True))
            continue
        # Stories that lie in files of their own belong to their folder; a feed or a table is a source of its own.
        is_story_file = document.suffix.lower() in (".txt", ".md", ".markdown")
        name = task.source.name or _slug((document.resolve().parent if is_story_file else document).stem)
        try:
            with document.open("rb") as stream:
                digest = _digest(stream, task.source)
                same = desk.store.places.stories_read(str(document.resolve()), digest)
                if same is not None:
                    tally.skipped += 1
                    tally.unchanged += same
                    continue
                stream.seek(0)
                refused, found = len(tally.refused), tally.found
                _gather_document(desk, task, name, str(document), stream, tally, base="")
            if len(tally.refused) == refused:  # what was refused is told again next time
                desk.store.places.note_read(str(document.resolve()), digest, tally.found - found)
        except OSError as error:
            tally.refused.append(Refusal(place=str(document), reason=f"cannot be read: {error.strerror}"))
        except SourceError as error:
            tally.refused.append(_refusal(error))


def _gather_url(desk: Desk, task: _Task, tally: _Tally, backfill: int | Literal["all"] | None) -> None:
    from broadsheet.gather.fetch import fetch
    from broadsheet.store.places import Place

    known = desk.store.places.get(task.place) or Place(place=task.place, source=task.source.name)
    fetched = fetch(task.place, source=task.source.name)
    is_first = known.joined_at is None and not task.is_named
    digest = _digest(io.BytesIO(fetched.content), task.source)
    same = desk.store.places.stories_read(task.place, digest)
    if same is not None:
        tally.skipped += 1
        tally.unchanged += same
    else:
        _gather_document(
            desk, task, task.source.name, task.place, io.BytesIO(fetched.content), tally, base=fetched.url,
            is_quiet=is_first and backfill != "all",
        )  # fmt: skip
        desk.store.places.note_read(task.place, digest, tally.found)
    now = desk.now()
    desk.store.places.put(
        replace(known, joined_at=known.joined_at or now, last_good_at=now, last_tried_at=now, failures=0)
    )
    if backfill is not None:
        desk.store.stories.release_backlog(task.source.name, None if backfill == "all" else backfill, now)


def _gather_document(
    desk: Desk,
    task: _Task,
    name: str,
    place: str,
    stream: BinaryIO,
    tally: _Tally,
    *,
    base: str,
    is_quiet: bool = False,
) -> None:
    """Read, clean, identify and save one document's stories, batch by batch. Raises SourceError."""
    from broadsheet.gather.identity import identify, keys_of
    from broadsheet.gather.reading import read_stories

    now = desk.now()
    raws = read_stories(
        stream, source=name, place=place, format=task.source.format, base=base, columns=task.source.columns
    )
    stories = _cleaned(raws, task.source, now, tally)
    while batch := list(islice(stories, BATCH)):
        known = desk.store.stories.known(key for story in batch for key in keys_of(story).all)
        identified = identify(batch, known)
        backlog = {
            story.id for story in identified if is_quiet and not (story.dated and story.published_at > now - QUIET)
        }
        saved = desk.store.stories.save(
            identified, keys={story.id: keys_of(story).all for story in identified}, backlog=backlog, at=now
        )
        tally.new += len(saved.new)
        tally.changed += len(saved.changed)
        tally.unchanged += saved.unchanged
        tally.undated += sum(not story.dated for story in identified)
        tally.backlog += len(backlog.intersection(saved.new))


def _cleaned(raws: Iterable[RawStory | SourceError], source: Source, now: datetime, tally: _Tally) -> Iterator[Story]:
    from broadsheet.gather.clean import House, clean

    house = House(publisher=source.publisher, category=source.category, language=source.language)
    for raw in raws:
        if isinstance(raw, SourceError):
            tally.refused.append(_refusal(raw))
            continue
        try:
            yield clean(raw, now=now, house=house)
        except SourceError as error:
            tally.refused.append(_refusal(error))


def _refusal(error: SourceError) -> Refusal:
    return Refusal(place=error.place or error.source, reason=error.reason, advice=error.advice)


def _digest(stream: BinaryIO, source: Source) -> bytes:
    """Digest a document's bytes and what the configuration makes of them."""
    wishes = source.model_dump_json(include={"format", "publisher", "category", "language", "columns"})
    digest = hashlib.blake2b(READER + wishes.encode(), digest_size=16)
    while part := stream.read(1_000_000):
        digest.update(part)
    return digest.digest()
