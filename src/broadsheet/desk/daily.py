"""The daily run: gather, pick, render, check, approve where that is automatic, then send or export.

It is safe to start twice. Each stage leaves its result in the database, so a run that was stopped goes on from
there: a draft is drafted again and keeps its editors' decisions, an approval stands, a send goes on down its ledger.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from broadsheet.config import Publication
from broadsheet.desk import editing
from broadsheet.desk.approval_mail import ask_editors
from broadsheet.desk.approving import unacknowledged
from broadsheet.desk.checking import check
from broadsheet.desk.coming import ASKED, due_now
from broadsheet.desk.exporting import export, write_bundle
from broadsheet.desk.gathered import GatherReport
from broadsheet.desk.gathering import gather
from broadsheet.desk.opening import Desk
from broadsheet.desk.plan import Decision, PlannedEdition, upcoming
from broadsheet.desk.previewing import write_page
from broadsheet.desk.production import render, write_rendering
from broadsheet.desk.sending import send
from broadsheet.errors import ApprovalMissing, BroadsheetError, CheckFailed, LeaseHeld
from broadsheet.model import Edition, EditionStatus, RenderedEdition
from broadsheet.plural import number_of

BY = "the run"
OUT = "out"


@dataclass(slots=True)
class Stage:
    """One step of a run: what it did in words, its figures, and how long it took (seconds)."""

    name: str
    summary: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    exit_code: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class RunReport:
    """What a run did for one edition, stage by stage."""

    publication: str
    edition: str
    started_at: datetime
    ended_at: datetime | None = None
    stages: list[Stage] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Give the gravest of the stages' codes: failed, then blocked, then later, then in part."""
        codes = {stage.exit_code for stage in self.stages}
        return next((code for code in (2, 1, 3, 75, 4) if code in codes), 0)

    @property
    def problems(self) -> dict[str, str]:
        """List what a person should know, under keys that stay the same from run to run."""
        return {
            f"{stage.name}/{line.partition(':')[0][:80]}": said_of(self.edition, line)
            for stage in self.stages
            for line in stage.problems
        }


def said_of(edition: str, line: str) -> str:
    """Put an edition's name before what is said of it, where it does not begin with it anyway."""
    return line if line.startswith(edition) else f"{edition}: {line}"


def run(
    desk: Desk,
    name: str | None = None,
    *,
    day: date | None = None,
    watch: Callable[[str, Stage], None] | None = None,
    gathered: list[Stage] | None = None,
) -> list[RunReport]:
    """Make what is due of one publication, or of all. `day` makes that day's edition whatever its schedule says.

    `gathered` keeps the reading of the sources, which happens once whatever the number of editions: hand the same list
    to every call that is to share it. A fault of one publication is told in its report; the others go on.
    Raises ConfigError for an unknown publication.
    """
    chosen = [desk.config.publication(name)] if name else list(desk.config.publications.values())
    wanted = [(publication, decision) for publication in chosen for decision in _wanted(desk, publication, day)]
    gathered = [] if gathered is None else gathered
    reports = []
    for publication, decision in wanted:
        report = RunReport(publication.name, editing.id_of(publication, decision.slot.day), desk.now())
        number = desk.store.runs.begin(report.publication, report.edition, report.started_at)
        try:
            _make(desk, publication, decision, report, gathered, watch)
        finally:
            report.ended_at = desk.now()
            desk.store.runs.end(number, report.ended_at, report.exit_code, as_record(report))
        reports.append(report)
    return reports


def next_due(desk: Desk, name: str | None) -> datetime | None:
    """Say when the next edition is due, of one publication or of all; None without a schedule."""
    chosen = [desk.config.publication(name)] if name else list(desk.config.publications.values())
    slots = [slot.due_at for p in chosen if p.schedule for slot in upcoming(p.schedule, p.zone, desk.now(), 1)]
    return min(slots, default=None)


def as_record(report: RunReport) -> dict[str, object]:
    """Write a report as plain data, for the database and for scripts."""
    return {
        "publication": report.publication,
        "edition": report.edition,
        "started_at": report.started_at.isoformat(),
        "ended_at": report.ended_at.isoformat() if report.ended_at else None,
        "exit_code": report.exit_code,
        "stages": [
            {"name": stage.name, "summary": stage.summary, "exit_code": stage.exit_code,
             "seconds": round(stage.seconds, 3), "problems": stage.problems, **stage.facts}
            for stage in report.stages
        ],
    }  # fmt: skip


def _wanted(desk: Desk, publication: Publication, day: date | None) -> list[Decision]:
    if day is None:
        return due_now(desk, publication)
    now = desk.now()
    return [Decision(PlannedEdition(day, now, now), make=True, reason=ASKED)]


def _make(
    desk: Desk,
    publication: Publication,
    decision: Decision,
    report: RunReport,
    gathered: list[Stage],
    watch: Callable[[str, Stage], None] | None,
) -> None:
    @contextmanager
    def stage(name: str) -> Iterator[Stage]:
        current = Stage(name)
        report.stages.append(current)
        began = time.perf_counter()
        try:
            yield current
        except BroadsheetError as error:
            current.exit_code = error.exit_code
            current.summary = error.message
            if not isinstance(error, LeaseHeld):
                current.problems.append(f"{error.message}. {error.advice}" if error.advice else error.message)
            raise
        finally:
            current.seconds = time.perf_counter() - began
            if watch:
                watch(report.edition, current)

    day = decision.slot.day
    try:
        present = desk.store.editions.get(report.edition)
        if present and present.status in (EditionStatus.SENT, EditionStatus.SKIPPED):
            with stage("plan") as current:
                current.summary = f"{report.edition} is {present.status.value} already: nothing to do"
            return
        if not decision.make:
            with stage("plan") as current:
                edition = editing.pick_edition(desk, publication, day)
                given_up = publication.schedule is not None and publication.schedule.missed == "skip"
                editing.skip(desk, edition.id, BY, decision.reason, gives_up_stories=given_up)
                current.summary = f"{report.edition} is skipped: {decision.reason}"
                current.problems.append(f"missed: {decision.reason}")
            return
        if present is None or present.status is EditionStatus.DRAFT:
            if gathered:
                report.stages += gathered
            else:
                with stage("gather") as current:
                    _tell_gathered(current, gather(desk))
                gathered.append(report.stages[-1])
            with stage("pick") as current:
                edition = editing.pick_edition(desk, publication, day, by=BY)
                current.summary = (
                    f"{number_of(len(edition.picks), 'story', 'stories')}"
                    f" in {number_of(len(edition.sections), 'section')}"
                )
                current.facts = _picked(desk, edition)
                if edition.status is EditionStatus.SKIPPED or not edition.picks:
                    reason = " ".join(edition.notes) or "no story is new"
                    current.summary = f"no edition today: {reason}"
                    return
        else:
            edition = present
        with stage("render") as current:
            rendered = render(desk, edition)
            write_rendering(rendered, desk.folder / OUT / edition.id)
            write_page(desk, rendered, desk.folder / OUT / edition.id)
            current.summary = f"{len(rendered.html.encode()) / 1024:.0f} KB of HTML"
            current.facts = {"bytes": len(rendered.html.encode()), "hash": rendered.hash, "notes": list(rendered.notes)}
        asks = edition.status is EditionStatus.DRAFT and edition.questions  # only a person can answer
        if publication.editors and (asks or _waits_for_a_person(desk, publication, edition, decision.slot)):
            with stage("ask") as current:
                _ask(current, desk, publication, rendered)
        with stage("check") as current:
            _refuse_blocking(current, desk, rendered)
        with stage("approve") as current:
            edition = _approved(desk, publication, edition, rendered, decision.slot)
            current.summary = f"bound to rendering {edition.hash[:12]}"
        _finish(desk, publication, edition, rendered, stage)
    except BroadsheetError:
        return  # the stage tells it


def _finish(
    desk: Desk,
    publication: Publication,
    edition: Edition,
    rendered: RenderedEdition,
    stage: Callable[[str], AbstractContextManager[Stage]],
) -> None:
    for platform in publication.export_for or (("html",) if publication.then == "export" else ()):
        with stage("export") as current:
            target = write_bundle(export(desk, rendered, platform), desk.folder / OUT)
            current.summary = f"{platform}: {target.relative_to(desk.folder)}"
            current.facts = {"platform": platform, "path": str(target)}
    is_begun = edition.status is EditionStatus.SENDING  # a person may have begun what is not sent by itself
    if publication.then == "export" and not is_begun:
        desk.store.editions.mark_sent(edition.id, at=desk.now())  # it left by the bundle: no later start makes it again
    if publication.then == "send" or is_begun:
        with stage("send") as current:
            sent = send(desk, publication, edition.date, by_itself=True)
            current.exit_code = sent.exit_code
            current.summary = (
                f"{sent.sent} sent, {sent.failed} failed, {sent.deferred} deferred, {sent.in_doubt} in doubt, "
                f"{sent.skipped} skipped of {sent.frozen} frozen; {sent.excluded} excluded"
            )
            current.facts = {
                name: getattr(sent, name)
                for name in ("candidates", "frozen", "excluded", "sent", "failed", "deferred", "in_doubt", "skipped")
            }
            if sent.halt:
                current.summary += f"; {sent.halt}"
            if sent.late:
                current.problems.append(
                    f"late: the hour of {number_of(sent.late, 'reader')} passed, and nothing went to them by itself."
                    f" To send it, type `broadsheet send -p {publication.name} --date {edition.date} --late`."
                )
            if sent.suppressed:
                current.summary += f"; {sent.suppressed} suppressed: no such mailbox"
                current.facts["suppressed"] = sent.suppressed
            current.problems += [
                f"unbelieved refusals: {lane or 'other providers'}: {count} refused as no mailbox, too many"
                " at once to be believed; nobody there was suppressed"
                for lane, count in sent.unbelieved
            ]
            if sent.forecast and sent.forecast.done_at:
                done_at = sent.forecast.done_at.astimezone(publication.zone)
                current.summary += f"; {sent.waiting} wait, done at {done_at:%H:%M on %a %d %b}"
                current.facts["forecast_done_at"] = sent.forecast.done_at.isoformat()
            if sent.seeds:
                current.facts["seeds"] = sent.seeds
            current.problems += [f"the seed {email} was not written to: {words}" for email, words in sent.seeds_refused]
            current.problems += [f"an account was passed over: {words}" for words in sent.aside]
            if sent.trouble:
                current.problems.append(
                    f"stopped: {sent.trouble}."
                    f" {'Mend that; then the next run goes on.' if sent.is_ours else 'The next run tries again.'}"
                )
            if sent.in_doubt:
                current.problems.append(
                    f"in doubt: {number_of(sent.in_doubt, 'reader')} may or may not have the mail."
                    f" Type `broadsheet deliveries {edition.id} --state in_doubt`, then `broadsheet settle`."
                )


def _tell_gathered(stage: Stage, report: GatherReport) -> None:
    stage.summary = (
        f"{report.new} new of {number_of(report.found, 'story', 'stories')}"
        f" from {number_of(len(report.sources), 'source')}"
    )
    stage.facts = {
        "found": report.found,
        "new": report.new,
        "sources": len(report.sources),
        "readings": [
            {"source": one.source, "found": one.found, "new": one.new, "state": one.state} for one in report.sources
        ],
    }
    stage.problems = [f"{one.place}: {one.reason}" for one in report.refusals if not one.is_notice]
    stage.exit_code = 4 if report.exit_code else 0  # a source that fails holds nothing back unless it is required
    if report.missing_required:
        raise CheckFailed(
            f"the edition is held: required sources failed: {', '.join(report.missing_required)}",
            advice="Start the run again when they are back, or take `required` from them.",
        )


def _picked(desk: Desk, edition: Edition) -> dict[str, object]:
    """Say which stories stand where and why, and how many were left out for which kind of reason."""
    fates = Counter(one.fate.value for one in desk.store.editions.explanations(edition=edition.id))
    return {
        "picks": len(edition.picks),
        "sections": len(edition.sections),
        "chosen": [
            {"section": section.title, "position": pick.position, "headline": pick.headline, "story": pick.story.id,
             "reason": pick.reason}
            for section in edition.sections
            for pick in section.picks
        ],
        "fates": dict(sorted(fates.items())),
    }  # fmt: skip


def _refuse_blocking(stage: Stage, desk: Desk, rendered: RenderedEdition) -> None:
    findings = check(desk, rendered)
    blocking = unacknowledged(desk, rendered, findings)
    blocks = "blocks" if len(blocking) == 1 else "block"
    stage.summary = f"{number_of(len(findings), 'finding')}, {len(blocking)} of them {blocks}"
    stage.facts = {"findings": [{"rule": f.rule, "severity": f.severity.value, "message": f.message} for f in findings]}
    if blocking:
        raise CheckFailed(
            "; ".join(f"{finding.rule}: {finding.message}" for finding in blocking),
            advice="Type `broadsheet check` for the fixes, or answer for it by name: "
            f"broadsheet edition approve {rendered.edition.id} --acknowledge {blocking[0].rule}",
        )


def _waits_for_a_person(desk: Desk, publication: Publication, edition: Edition, slot: PlannedEdition) -> bool:
    plan = publication.schedule
    waited_enough = bool(plan and plan.unapproved == "send" and desk.now() >= slot.due_at + plan.approve_within)
    return edition.status is EditionStatus.DRAFT and publication.approval == "required" and not waited_enough


def _ask(stage: Stage, desk: Desk, publication: Publication, rendered: RenderedEdition) -> None:
    asked, failures = ask_editors(desk, publication, rendered, check(desk, rendered), BY)
    stage.summary = f"asked by mail: {', '.join(asked)}" if asked else "the editors were asked for this already"
    stage.problems = [f"an approval mail was not taken: {failure}" for failure in failures]
    if failures:
        editors = number_of(len(asked) + len(failures), "editor")
        stage.summary, stage.exit_code = f"{len(asked)} of {editors} could be asked", 4


def _approved(
    desk: Desk, publication: Publication, edition: Edition, rendered: RenderedEdition, slot: PlannedEdition
) -> Edition:
    if edition.status is not EditionStatus.DRAFT:
        if edition.hash != rendered.hash:
            raise ApprovalMissing(
                f"{edition.id} was approved, but the theme or the configuration has changed since",
                advice=f"Look at it, then type: broadsheet edition reopen {edition.id}, and edition approve.",
            )
        return edition
    if not _waits_for_a_person(desk, publication, edition, slot):
        return editing.approve(desk, edition, rendered.hash, BY, by_person=False)
    raise ApprovalMissing(
        f"{edition.id} waits for an editor's approval",
        advice=f"Look at {OUT}/{edition.id}/edition.html, then type: broadsheet edition approve {edition.id}",
    )
