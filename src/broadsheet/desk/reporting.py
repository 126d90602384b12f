"""Say where things stand, and what a run did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from broadsheet.config import Publication
from broadsheet.desk.accounting import hold_of
from broadsheet.desk.editing import id_of
from broadsheet.desk.forecasting import forecast_of_day
from broadsheet.desk.opening import Desk
from broadsheet.desk.plan import upcoming
from broadsheet.desk.turns import late_before
from broadsheet.errors import EditionError
from broadsheet.model import EditionStatus
from broadsheet.store.runs import StoredRun

if TYPE_CHECKING:
    from broadsheet.deliver.forecast import Forecast
    from broadsheet.store.sendings import Balance


@dataclass(frozen=True)
class PublicationStatus:
    """How one publication stands: today's edition and where its readers are, the last run, what is due next."""

    publication: str
    today: date
    edition: str
    state: str
    stories: int
    subject: str
    next_due_at: datetime | None
    last_run_at: datetime | None
    last_exit_code: int | None
    balance: Balance | None = None


@dataclass(frozen=True)
class Outgoing:
    """An edition that is on its way out, or approved to be, and the end as foreseen now.

    `balance` is None before its readers were written down. `halt` is 'paused' where a person keeps it back, else ''.
    `late` counts those whose hour passed too long ago for a run to write to them by itself.
    """

    edition: str
    timezone: str
    forecast: Forecast
    balance: Balance | None
    halt: str
    late: int


@dataclass(frozen=True)
class Status:
    """How a project stands, with what is on its way out, and the problems that are open (message, since).

    `held` says why nothing is sent from here, and what to type; '' where it may.
    """

    publications: tuple[PublicationStatus, ...]
    outgoing: tuple[Outgoing, ...]
    problems: tuple[tuple[str, datetime], ...]
    held: str


def status_of(desk: Desk) -> Status:
    """Gather where things stand; changes nothing."""
    return Status(
        publications=tuple(_status(desk, name) for name in desk.config.publications),
        outgoing=tuple(one for name in desk.config.publications for one in _outgoing(desk, name)),
        problems=tuple((message, since) for _key, message, since in desk.store.problems.open()),
        held=hold_of(desk),
    )


def _outgoing(desk: Desk, name: str) -> list[Outgoing]:
    """List what waits, the oldest first. Of approved editions only today's and later ones: others will not go out."""
    publication, found = desk.config.publication(name), []
    today = desk.now().astimezone(publication.zone).date()
    for line in reversed(desk.store.editions.list(name, limit=60)):
        if line.status is EditionStatus.SENDING or (line.status is EditionStatus.APPROVED and line.date >= today):
            forecast = forecast_of_day(desk, publication, line.date)
            if forecast:
                found.append(_on_its_way(desk, publication, line.id, forecast))
    return found


def _on_its_way(desk: Desk, publication: Publication, edition: str, forecast: Forecast) -> Outgoing:
    shelf = desk.store.deliveries
    sending = shelf.sending(edition)
    before = late_before(publication, sending, desk.now()) if sending else None
    return Outgoing(
        edition=edition,
        timezone=publication.timezone,
        forecast=forecast,
        balance=shelf.balance(edition),
        halt=sending.halt if sending else "",
        late=shelf.count_untried(edition, before) if before else 0,
    )


def _status(desk: Desk, name: str) -> PublicationStatus:
    publication = desk.config.publication(name)
    now = desk.now()
    today = now.astimezone(publication.zone).date()
    edition = desk.store.editions.get(id_of(publication, today))
    coming = upcoming(publication.schedule, publication.zone, now, 1) if publication.schedule else []
    runs = desk.store.runs.newest(name, limit=1)
    return PublicationStatus(
        publication=name,
        today=today,
        edition=id_of(publication, today),
        state=edition.status.value if edition else "none yet",
        stories=len(edition.picks) if edition else 0,
        subject=edition.subject if edition else "",
        next_due_at=coming[0].due_at if coming else None,
        last_run_at=runs[0].started_at if runs else None,
        last_exit_code=runs[0].exit_code if runs else None,
        balance=desk.store.deliveries.balance(id_of(publication, today)),
    )


def run_called(desk: Desk, number: int | None, publication: str | None = None) -> StoredRun:
    """Find a run by its number, or the newest. Raises EditionError when there is none."""
    if number is None:
        newest = desk.store.runs.newest(publication, limit=1)
        found = newest[0] if newest else None
    else:
        found = desk.store.runs.get(number)
    if found is None:
        raise EditionError(
            "there is no such run" if number else "nothing has run yet", advice="Type `broadsheet report --list`."
        )
    return found


def report_page(run: StoredRun) -> str:
    """Write a run's report as a page for people: one file, no script."""
    rows = "".join(_stage_row(stage) for stage in run.report.get("stages", []))
    took = f"{(run.ended_at - run.started_at).total_seconds():.1f} s" if run.ended_at else "it never ended"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Run {run.id}: {escape(run.edition)}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}
td,th{{text-align:left;vertical-align:top;padding:.4rem .6rem;border-top:1px solid #8886}}
.n{{text-align:right;font-variant-numeric:tabular-nums}}li{{overflow-wrap:anywhere}}</style></head>
<body><h1>{escape(run.edition)}</h1>
<p>Run {run.id}, begun {run.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, {took}, exit code {run.exit_code}.</p>
<table><thead><tr><th scope="col">Stage</th><th scope="col">What it did</th><th scope="col" class="n">Seconds</th>
<th scope="col" class="n">Code</th></tr></thead><tbody>{rows}</tbody></table></body></html>
"""


def _stage_row(stage: dict[str, Any]) -> str:
    lines = [f"<li>{escape(str(problem))}</li>" for problem in stage.get("problems", [])]
    lines += [f"<li>{escape(f['rule'])}: {escape(f['message'])}</li>" for f in stage.get("findings", [])]
    lines += [
        f"<li>{escape(one['source'])}: {one['new']} new of {one['found']}, {escape(one['state'])}</li>"
        for one in stage.get("readings", [])
    ]
    lines += [
        f"<li>{escape(one['section'])} {one['position']}: <b>{escape(one['headline'])}</b> {escape(one['reason'])}</li>"
        for one in stage.get("chosen", [])
    ]
    if fates := stage.get("fates"):
        told = ", ".join(f"{count} {fate.replace('_', ' ')}" for fate, count in fates.items())
        lines.append(f"<li>of the stories that came in: {escape(told)}</li>")
    more = f"<ul>{''.join(lines)}</ul>" if lines else ""
    return (
        f"<tr><th scope='row'>{escape(stage['name'])}</th><td>{escape(stage['summary'])}{more}</td>"
        f"<td class='n'>{stage['seconds']:.2f}</td><td class='n'>{stage['exit_code']}</td></tr>"
    )
