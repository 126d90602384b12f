"""Gather what has an address: ask as each source wishes to be asked, and remember how it has been doing."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from broadsheet.desk.gathered import Refusal, SourceReport, refusal_of
from broadsheet.desk.gathering import Backfill, Tally, Task, digest_of, gather_document, report_of, wishes_of
from broadsheet.desk.opening import Desk
from broadsheet.errors import SourceError
from broadsheet.gather.fetch import Fetched, Fetcher, FetchError, Limits, Request
from broadsheet.gather.manners import REMEMBERED, fresh_until, has_dropped, retry_at, usual_count
from broadsheet.store.places import Place


def gather_remote(desk: Desk, tasks: Sequence[Task], backfill: Backfill) -> Iterator[tuple[Task, SourceReport]]:
    """Fetch the tasks' addresses beside each other and keep what they bring, each source in its own transaction.

    What is known of sources that brought nothing is written at the end, in one transaction.
    """
    now = desk.now()
    asked: dict[Request, tuple[Task, Place]] = {}
    for task in tasks:
        place = desk.store.places.get(task.place) or Place(place=task.place, source=task.name)
        if rest := _left_alone(task, place, now, backfill):
            if backfill is not None:
                _release(desk, task, backfill)
            yield task, rest
            continue
        asked[_request(task, place)] = (task, place)
    settings = desk.config.gathering
    limits = Limits(
        seconds=settings.timeout,
        allowed_hosts=tuple(host.lower() for host in settings.allow_hosts),
        workers=settings.connections,
        spacing=settings.spacing,
    )
    quiet_news: list[Place] = []
    try:
        with Fetcher(limits) as fetcher:
            for request, answer in fetcher.fetch_all(asked):
                task, place = asked[request]
                yield task, _take(desk, task, place, answer, backfill, quiet_news)
    finally:
        if quiet_news:
            with desk.store.transaction():
                for place in quiet_news:
                    desk.store.places.put(place)


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
    )


def _take(
    desk: Desk, task: Task, place: Place, answer: Fetched | FetchError, backfill: Backfill, quiet_news: list[Place]
) -> SourceReport:
    now = desk.now()
    if isinstance(answer, FetchError):
        return _failed(task, place, answer, now, quiet_news)
    tally = Tally(documents=1)
    try:
        if answer.is_unchanged:
            tally.unchanged = desk.store.places.stories_at(task.place)
        else:
            with desk.store.transaction():
                _keep(desk, task, place, answer, backfill, tally)
                if tally.new or tally.changed or place.joined_at is None:
                    desk.store.places.put(_good(task, place, answer, tally.found, now))
                    if backfill is not None:
                        _release(desk, task, backfill)
                    return _told(report_of(task, tally), place, tally.found)
    except SourceError as error:
        failure = FetchError(error.reason, source=error.source, place=task.place, advice=error.advice)
        return _failed(task, place, failure, now, quiet_news)
    quiet_news.append(_good(task, place, answer, tally.found, now))
    if backfill is not None:
        _release(desk, task, backfill)
    return _told(report_of(task, tally), place, tally.found)


def _keep(desk: Desk, task: Task, place: Place, answer: Fetched, backfill: Backfill, tally: Tally) -> None:
    """Read what came, unless it is what came last time, byte for byte."""
    digest = digest_of(io.BytesIO(answer.content), task.source)
    same = desk.store.places.stories_read(task.place, digest)
    if same is not None:
        tally.unchanged += same
        return
    is_first = place.joined_at is None and not task.is_named
    gather_document(
        desk, task, task.name, task.place, io.BytesIO(answer.content), tally,
        base=answer.url, charset=answer.charset, is_quiet=is_first and backfill != "all",
    )  # fmt: skip
    desk.store.places.note_read(task.place, digest, tally.found)


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
    reason = f"holds {found} stories, far fewer than its usual {usual_count(place.counts)}"
    return replace(report, refused=(*report.refused, Refusal(place=report.place, reason=reason, is_notice=True)))


def _release(desk: Desk, task: Task, backfill: Backfill) -> None:
    with desk.store.transaction():
        desk.store.stories.release_backlog(task.name, None if backfill == "all" else backfill, desk.now())
