"""One start of the scheduled job: make what is due, watch the clock, tell people, leave metrics, tidy up once a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from broadsheet.desk.coming import settled_days
from broadsheet.desk.daily import RunReport, Stage, next_due, run
from broadsheet.desk.logbook import Logbook, prune_logs
from broadsheet.desk.metrics import write_metrics
from broadsheet.desk.opening import Desk
from broadsheet.desk.plan import overdue
from broadsheet.desk.safekeeping import prune
from broadsheet.desk.telling import Told, ping_watchdog, tell_problems
from broadsheet.errors import BroadsheetError, ConfigError
from broadsheet.model import EditionStatus

Watch = Callable[[str, Stage], None]


@dataclass(frozen=True)
class Start:
    """What one start of the job did.

    `busy` are publications that another start is at work on; `alarms` are editions that are due and not there; `news`
    is what a person was not told before; `untold` could not be told.
    """

    reports: tuple[RunReport, ...]
    busy: tuple[str, ...]
    alarms: tuple[str, ...]
    news: tuple[str, ...]
    untold: tuple[str, ...]
    next_due_at: datetime | None

    @property
    def exit_code(self) -> int:
        """Give the gravest of the reports' codes; 75 where another start is at work."""
        codes = {report.exit_code for report in self.reports} | ({75} if self.busy else set())
        return next((code for code in (2, 1, 3, 75, 4) if code in codes), 0)


def start_job(desk: Desk, name: str | None = None, *, day: date | None = None, watch: Watch | None = None) -> Start:
    """Do what is due of one publication, or of all. Raises ConfigError for an unknown publication."""
    logbook = Logbook(desk)

    def log_and_watch(edition: str, stage: Stage) -> None:
        logbook.stage(edition, stage)
        if watch:
            watch(edition, stage)

    chosen = [desk.config.publication(name).name] if name else list(desk.config.publications)
    unpinged = [ping_watchdog(desk, "start")]
    told: list[Told] = []
    reports: list[RunReport] = []
    busy: list[str] = []
    gathered: list[Stage] = []
    for publication in chosen:
        with desk.store.holding(f"run-{publication}") as is_ours:  # two at once would draft, ask and tell twice
            if not is_ours:
                busy.append(publication)
                logbook.note("busy", f"another start is at work on {publication}")
                continue
            made = run(desk, publication, day=day, watch=log_and_watch, gathered=gathered)
            if made:
                told.append(tell_problems(desk, publication, _problems_of(made)))
            for report in made:
                logbook.run(report)
            reports += made
    with desk.store.holding("alarms") as is_ours:
        alarms = _sound_alarms(desk, chosen, logbook, told) if is_ours else []
    news = [*(line for one in told for line in one.new), *(f"over: {line}" for one in told for line in one.over)]
    untold = [line for one in told for line in one.failures]
    started = Start(tuple(reports), tuple(busy), tuple(alarms), tuple(news), (), next_due(desk, name))
    unpinged.append(ping_watchdog(desk, "fail" if started.exit_code in (1, 2) else "success"))
    untold += filter(None, unpinged)
    untold += _tidy(desk, logbook)
    try:
        write_metrics(desk)
    except ConfigError as error:  # the edition is out: no reason to fail
        untold.append(f"metrics: {error.message}")
    return replace(started, untold=tuple(untold))


def _problems_of(reports: list[RunReport]) -> dict[str, str]:
    """Put the problems of several editions together, each under a key of its own."""
    found: dict[str, str] = {}
    for report in reports:
        for key, sentence in report.problems.items():
            found[f"{key}/{report.edition}" if key in found else key] = sentence
    return found


def _sound_alarms(desk: Desk, publications: list[str], logbook: Logbook, told: list[Told]) -> list[str]:
    """Tell of editions that are late, also while another start is at work on them: it may hang."""
    alarms: list[str] = []
    for publication in publications:
        late = late_editions(desk, publication)
        told.append(tell_problems(desk, f"{publication} expected", late))
        alarms += late.values()
    for alarm in alarms:
        logbook.note("alarm", alarm)
    return alarms


def late_editions(desk: Desk, name: str) -> Mapping[str, str]:
    """Name today's editions that are not out by the hour at which readers expect them, by day."""
    publication = desk.config.publication(name)
    if publication.schedule is None:
        return {}
    out = settled_days(desk, publication)
    if publication.sending.at is not None:  # readers who wait for their hour are no alarm
        lines = desk.store.editions.list(name, limit=60)
        out += [line.date for line in lines if line.status is EditionStatus.SENDING]
    late = overdue(publication.schedule, publication.zone, desk.now(), settled=out)
    return {
        str(slot.day): f"{name}-{slot.day} was expected by {expected.astimezone(publication.zone):%H:%M}"
        f" ({publication.timezone}) and has not gone out. Type `broadsheet status`, then `broadsheet run`."
        for slot, expected in late
    }


def _tidy(desk: Desk, logbook: Logbook) -> list[str]:
    """Remove what has served its time, once a day. What cannot be removed waits for tomorrow, and is told."""
    today = desk.now().date()
    try:
        if not desk.store.chores.is_due("prune", today):
            return []
        prune_logs(desk)
        gone = prune(desk)
        desk.store.chores.done("prune", today)
    except (BroadsheetError, OSError) as error:
        return [f"prune: {error}"]
    if any(gone.values()):
        logbook.note("pruned", "removed what was kept long enough", **gone)
    return []
