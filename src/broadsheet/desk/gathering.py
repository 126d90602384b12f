"""Gather stories: read every source, clean what it brings, find what we know already, keep the rest."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from broadsheet.config import Source
from broadsheet.desk.gathered import GatherReport, Refusal, SourceReport, refusal_of
from broadsheet.desk.keeping import Backfill, Tally, Task, digest_of, house_of, keep_stories, report_of, slug
from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError, EditionError, SourceError
from broadsheet.model import RawStory, Story

if TYPE_CHECKING:
    from broadsheet.gather.clean import House


def gather(
    desk: Desk,
    places: Sequence[str] = (),
    *,
    category: str = "",
    backfill: Backfill = None,
    stdin: BinaryIO | None = None,
    progress: Callable[[SourceReport, int], None] | None = None,
    enrich: bool = True,
) -> GatherReport:
    """Read every configured source, or just the files, folders, addresses and `-` that are named.

    `category` is given to every story of what is named. A failure of one source is a value in the report; the others go
    on. Each source is one transaction, so that a stop in the middle loses no finished one. `progress` is told each
    source's report and the number of sources. Without `enrich` no story is filled from its page, whatever the
    configuration says. Raises ConfigError when there is nothing to read.
    """
    tasks = list(_tasks(desk, places, category))
    if not tasks:
        raise ConfigError(
            "there is nothing to gather: no sources are configured",
            advice="Name a file, folder or address, or write a [sources.NAME] table into broadsheet.toml.",
        )
    began = desk.now()
    reports: dict[int, SourceReport] = {}
    with desk.store.repeatable_work():
        for task, report in _reports(desk, tasks, backfill, stdin):
            reports[id(task)] = report
            if progress:
                progress(report, len(tasks))
    enriched = 0
    if enrich and desk.config.gathering.enrich:
        from broadsheet.desk.enriching import enrich as fill

        enriched = fill(desk, began)
    return GatherReport(sources=tuple(reports[id(task)] for task in tasks), enriched=enriched)


def _reports(
    desk: Desk, tasks: Sequence[Task], backfill: Backfill, stdin: BinaryIO | None
) -> Iterator[tuple[Task, SourceReport]]:
    for task in tasks:
        if not task.source.url:
            yield task, _gather_local(desk, task, stdin)
    remote = [task for task in tasks if task.source.url]
    if remote:
        from broadsheet.desk.fetching import gather_remote

        yield from gather_remote(desk, remote, backfill)


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


def _tasks(desk: Desk, places: Sequence[str], category: str) -> Iterator[Task]:
    if places:
        yield from (_named(desk, place, category) for place in dict.fromkeys(places))
        return
    for source in desk.config.sources.values():
        yield Task(source=source, place=source.url or str(desk.folder / (source.path or "")), is_named=False)


def _named(desk: Desk, place: str, category: str) -> Task:
    """Find the configured source that a named place belongs to, or make one up for it."""
    if place == "-":
        return Task(source=Source(name="stdin", path="-", category=category), place=place, is_named=True)
    is_url = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", place) is not None
    for source in desk.config.sources.values():
        if (source.url == place) if is_url else source.path and _is_within(Path(place), desk.folder / source.path):
            adapted = source.model_copy(update={"category": category or source.category})
            return Task(source=adapted, place=place, is_named=True)
    if is_url:
        source = Source(name=slug(urlsplit(place).netloc), url=place, category=category)
    else:
        source = Source(name="", path=place, category=category)
    return Task(source=source, place=place, is_named=True)


def _is_within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _gather_local(desk: Desk, task: Task, stdin: BinaryIO | None) -> SourceReport:
    tally = Tally()
    try:
        with desk.store.transaction():
            if task.place == "-":
                data = (stdin or sys.stdin.buffer).read()
                gather_document(desk, task, task.name, "-", io.BytesIO(data), tally)
            else:
                _gather_path(desk, task, tally)
    except SourceError as error:
        tally = Tally(refused=[refusal_of(error)])
    return report_of(task, tally)


def _gather_path(desk: Desk, task: Task, tally: Tally) -> None:
    from broadsheet.gather.files import documents_in

    for document in documents_in(Path(task.place), source=task.source.name):
        if isinstance(document, SourceError):
            tally.refused.append(refusal_of(document, is_notice=True))
            continue
        # Stories that lie in files of their own belong to their folder; a feed or a table is a source of its own.
        is_story_file = document.suffix.lower() in (".txt", ".md", ".markdown")
        name = task.source.name or slug((document.resolve().parent if is_story_file else document).stem)
        try:
            with document.open("rb") as stream:
                _gather_file(desk, task, name, document, stream, tally)
        except OSError as error:
            tally.refused.append(Refusal(place=str(document), reason=f"cannot be read: {error.strerror}"))
        except SourceError as error:
            tally.refused.append(refusal_of(error))


def _gather_file(desk: Desk, task: Task, name: str, file: Path, stream: BinaryIO, tally: Tally) -> None:
    """Read one file, unless it is the very one that was read last time. What was refused is told again next time."""
    place, digest = str(file.resolve()), digest_of(stream, task.source)
    same = desk.store.places.stories_read(place, digest)
    if same is not None:
        tally.documents += 1
        tally.unchanged += same
        return
    stream.seek(0)
    refused, found = len(tally.refused), tally.found
    gather_document(desk, task, name, str(file), stream, tally)
    if len(tally.refused) == refused:
        desk.store.places.note_read(place, digest, tally.found - found)


def gather_document(
    desk: Desk,
    task: Task,
    name: str,
    place: str,
    stream: BinaryIO,
    tally: Tally,
) -> None:
    """Read, clean, identify and save one document's stories inside the caller's transaction. Raises SourceError."""
    from broadsheet.gather.reading import read_stories

    now = desk.now()
    raws = read_stories(stream, source=name, place=place, format=task.source.format, columns=task.source.columns)
    keep_stories(desk, _cleaned(raws, house_of(task.source), now), tally, now)


def _cleaned(raws: Iterable[RawStory | SourceError], house: House, now: datetime) -> Iterator[Story | SourceError]:
    from broadsheet.gather.clean import clean

    for raw in raws:
        try:
            yield raw if isinstance(raw, SourceError) else clean(raw, now=now, house=house)
        except SourceError as error:
            yield error
