"""Gather what has an address: ask as each source wishes to be asked, and remember how it has been doing."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime

from broadsheet.desk.gathered import Refusal, SourceReport, refusal_of
from broadsheet.desk.keeping import Backfill, Tally, Task, digest_of, house_of, keep_stories, report_of, wishes_of
from broadsheet.desk.opening import Desk
from broadsheet.errors import SourceError
from broadsheet.gather.crew import Crew, Document
from broadsheet.gather.fetch import Fetched, Fetcher, FetchError, Limits, Request
from broadsheet.gather.manners import REMEMBERED, fresh_until, has_dropped, retry_at, usual_count
from broadsheet.model import Story
from broadsheet.plural import number_of
from broadsheet.store.places import Place

AT_A_TIME = 500  # sources that brought nothing and are written down together


def gather_remote(desk: Desk, tasks: Sequence[Task], backfill: Backfill) -> Iterator[tuple[Task, SourceReport]]:
    """Fetch the tasks' addresses beside each other and keep what they bring, each source in its own transaction.

    What is known of sources that brought nothing is written many at a time: a commit costs more than all else.
    """
    now = desk.now()
    asked: dict[Request, Task] = {}
    for task in tasks:
        place = _place(desk, task)
        if rest := _left_alone(task, place, now, backfill):
            if backfill is not None:
                _release(desk, task, backfill)
            yield task, rest
            continue
        asked[_request(task, place)] = task
    settings = desk.config.gathering
    limits = Limits(
        seconds=settings.timeout,
        allowed_hosts=tuple(host.lower() for host in settings.allow_hosts),
        workers=settings.connections,
        spacing=settings.spacing,
    )
    quiet_news: list[Place] = []
    under_way: deque[_Reading] = deque()
    try:
        with Crew() as crew, Fetcher(limits) as fetcher:
            for request, answer in fetcher.fetch_all(asked):
                under_way.append(_begin(desk, crew, asked.pop(request), answer, now))
                while len(under_way) >= crew.breadth:
                    reading = under_way.popleft()
                    yield reading.task, _finish(desk, reading, backfill, quiet_news)
            while under_way:
                reading = under_way.popleft()
                yield reading.task, _finish(desk, reading, backfill, quiet_news)
    finally:
        _write_down(desk, quiet_news)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """An answer, and, where it brings something new, the reading of it that is under way."""

    task: Task
    place: Place
    answer: Fetched | FetchError
    digest: bytes = b""
    stories: Future[list[Story | SourceError]] | None = None


def _place(desk: Desk, task: Task) -> Place:
    return desk.store.places.get(task.place) or Place(place=task.place, source=task.name)


def _write_down(desk: Desk, quiet_news: list[Place]) -> None:
    if quiet_news:
        with desk.store.transaction():
            for place in quiet_news:
                desk.store.places.put(place)
        quiet_news.clear()


def _begin(desk: Desk, crew: Crew, task: Task, answer: Fetched | FetchError, now: datetime) -> _Reading:
    """Begin to read what came, unless it is what came last time, byte for byte."""
    place = _place(desk, task)
    if isinstance(answer, FetchError) or answer.is_unchanged:
        return _Reading(task=task, place=place, answer=answer)
    digest = digest_of(io.BytesIO(answer.content), task.source)
    if desk.store.places.stories_read(task.place, digest) is not None:
        return _Reading(task=task, place=place, answer=answer)
    document = Document(
        content=answer.content,
        source=task.name,
        place=task.place,
        now=now,
        format=task.source.format,
        base=answer.url,
        charset=answer.charset,
        columns=task.source.columns,
        house=house_of(task.source),
    )
    return _Reading(
        task=task, place=place, answer=replace(answer, content=b""), digest=digest, stories=crew.read(document)
    )


def _left_alone(task: Task, place: Place, now: datetime, backfill: Backfill) -> SourceReport | None:
    """Tell that a source is not asked now: it is gone, or wished to be left alone for a while."""
    if task.is_named:
        return None
    if place.is_gone:
        reason = "said that it is gone for good (410); remove it, or give its new address"
        refused = (Refusal(place=task.place, reason=reason, is_notice=True),)
        return SourceReport(
            source=task.name, place=task.place, state="gone", refused=refused, is_required=task.source.required,
            was_told=place.told_on == now.date().isoformat(),
        )  # fmt: skip
    if place.not_before_at and place.not_before_at > now and place.wishes in ("", wishes_of(task.source)):
        state: SourceReport = SourceReport(
            source=task.name, place=task.place, state="stale" if place.failures else "waiting",
            is_required=task.source.required, was_told=True,
            refused=(Refusal(place=task.place, reason=place.error, is_notice=True),) if place.failures else (),
        )  # fmt: skip
        return state
    return None


def _request(task: Task, place: Place) -> Request:
    same = place.wishes == wishes_of(task.source)  # else the answer must be read afresh
    return Request(
        url=place.moved_to or task.place,
        etag=place.etag if same else "",
        last_modified=place.last_modified if same else "",
        source=task.name,
        expected=place.seconds,
    )


def _finish(desk: Desk, reading: _Reading, backfill: Backfill, quiet_news: list[Place]) -> SourceReport:
    """Keep what a reading brought, in one transaction, and write down how the source is doing."""
    task, place, answer, now = reading.task, reading.place, reading.answer, desk.now()
    if len(quiet_news) >= AT_A_TIME:
        _write_down(desk, quiet_news)
    if isinstance(answer, FetchError):
        return _failed(task, place, answer, now, quiet_news)
    tally = Tally(documents=1)
    if reading.stories is None:
        tally.unchanged = desk.store.places.stories_at(task.place)
        quiet_news.append(_good(task, place, answer, tally.found, now))
    else:
        try:
            stories = reading.stories.result()
        except BrokenProcessPool:
            stories = [SourceError("was not read: the process that read it, or one beside it, was stopped")]
        refused = [one for one in stories if isinstance(one, SourceError)]
        if refused and len(refused) == len(stories):
            failure = FetchError(refused[0].reason, source=task.name, place=task.place, advice=refused[0].advice)
            failure.seconds = answer.seconds
            return _failed(task, place, failure, now, quiet_news)
        is_quiet = place.joined_at is None and not task.is_named and backfill != "all"
        with desk.store.transaction():
            keep_stories(desk, stories, tally, now, is_quiet=is_quiet)
            desk.store.places.note_read(task.place, reading.digest, tally.found)
            desk.store.places.put(_good(task, place, answer, tally.found, now))
    if backfill is not None:
        _release(desk, task, backfill)
    return _told(report_of(task, tally), place, tally.found)


def _good(task: Task, place: Place, answer: Fetched, found: int, now: datetime) -> Place:
    """Write down a good answer."""
    return replace(
        place,
        joined_at=place.joined_at or now,
        wishes=wishes_of(task.source),
        etag=answer.headers.get("etag", "") or (place.etag if answer.is_unchanged else ""),
        last_modified=answer.headers.get("last-modified", "") or (place.last_modified if answer.is_unchanged else ""),
        moved_to=answer.moved_to or place.moved_to,
        not_before_at=fresh_until(answer.headers, now),
        is_gone=False,
        last_good_at=now,
        last_tried_at=now,
        failures=0,
        error="",
        counts=(*place.counts, found)[-REMEMBERED:],
        seconds=round(answer.seconds, 3),
    )


def _failed(task: Task, place: Place, error: FetchError, now: datetime, quiet_news: list[Place]) -> SourceReport:
    """Write down a failure. What the source brought before stands; its trouble is told once a day."""
    failures = place.failures + 1
    today = now.date().isoformat()
    quiet_news.append(
        replace(
            place,
            last_tried_at=now,
            failures=failures,
            error=error.reason,
            is_gone=error.is_gone,
            not_before_at=retry_at(error.headers, failures, now),
            moved_to="" if failures > 1 else place.moved_to,  # ask at the address that the configuration gives
            told_on=today,
            seconds=round(error.seconds, 3),
        )
    )
    return SourceReport(
        source=task.name,
        place=task.place,
        state="stale" if place.last_good_at else "failed",
        refused=(refusal_of(error),),
        is_required=task.source.required,
        was_told=place.told_on == today and not task.is_named,
    )


def _told(report: SourceReport, place: Place, found: int) -> SourceReport:
    """Add that a source suddenly holds far less than usual."""
    if not has_dropped(place.counts, found):
        return report
    reason = f"holds {number_of(found, 'story', 'stories')}, far fewer than its usual {usual_count(place.counts)}"
    return replace(report, refused=(*report.refused, Refusal(place=report.place, reason=reason, is_notice=True)))


def _release(desk: Desk, task: Task, backfill: Backfill) -> None:
    with desk.store.transaction():
        desk.store.stories.release_backlog(task.name, None if backfill == "all" else backfill, desk.now())
