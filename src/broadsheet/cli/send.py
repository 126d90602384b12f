"""`broadsheet send`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from broadsheet.cli.forecast import forecast_line, is_held
from broadsheet.cli.options import AsJson, Day, PublicationName, SegmentText
from broadsheet.cli.output import document, say, table, tell
from broadsheet.model import DeliveryState
from broadsheet.plural import number_of

if TYPE_CHECKING:
    from broadsheet.config import Publication
    from broadsheet.deliver.forecast import Forecast
    from broadsheet.desk import Desk
    from broadsheet.desk.forecasting import Progress
    from broadsheet.desk.sending import SendReport
    from broadsheet.desk.trials import DryReport, TrialReport

GOING_ON = "; to go on: broadsheet send --resume"

app = typer.Typer()


@app.command()
def send(
    context: typer.Context,
    publication: PublicationName = None,
    day: Day = None,
    test: Annotated[
        list[str] | None, typer.Option("--test", help="Send it to this address only, marked as a test.", metavar="ADDR")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do all but the hand-over; write what would go out.")
    ] = False,
    segment: SegmentText = "",
    out: Annotated[Path | None, typer.Option(help="Where --dry-run writes.", metavar="DIR")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try those that failed once more.")] = False,
    late: Annotated[
        bool, typer.Option("--late", help="Send also to those who were skipped as their hour had passed.")
    ] = False,
    wait: Annotated[
        float, typer.Option(help="Minutes to wait for a delivery that is to be tried again, or for the relay.", min=0)
    ] = 1.0,
    pause: Annotated[bool, typer.Option("--pause", help="Let the sender stop, here or in another terminal.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Take a pause back, and send.")] = False,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Send it to nobody more; those who wait are skipped.")
    ] = False,
    hold: Annotated[
        float, typer.Option(help="Minutes to wait before the first mail, to change one's mind.", min=0)
    ] = 0,
    also: Annotated[
        bool, typer.Option("--also", help="Send it although a platform was asked to send it: the lists are kept apart.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send an approved edition; run again, it goes on where it was, and mails nobody twice.

    Example: broadsheet send --test me@example.org
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.accounting import direct, is_being_sent
    from broadsheet.desk.days import day_of
    from broadsheet.desk.editing import id_of
    from broadsheet.desk.sending import cancel as cancel_sending
    from broadsheet.desk.sending import send
    from broadsheet.desk.trials import send_dry, send_test

    if segment and test:
        raise typer.BadParameter("a test goes to the addresses named, not to a segment", param_hint="--segment")
    with open_desk(context.obj) as desk:
        chosen = desk.config.publication(publication)
        date = day_of(desk, chosen, day)
        if pause or cancel or resume:
            direct(desk, id_of(chosen, date), "paused" if pause else "cancelled" if cancel else "")
        if pause or (cancel and is_being_sent(desk)):
            say(f"{id_of(chosen, date)} is {f'paused{GOING_ON}' if pause else 'cancelled'}")
            return
        if cancel:
            report = cancel_sending(desk, chosen, date)
            show_report(report, as_json)
            raise typer.Exit(report.exit_code)
        if test:
            tested = send_test(desk, chosen, date, test)
            _show_test(tested, as_json)
            code = tested.exit_code
        elif dry_run:
            dry = send_dry(desk, chosen, date, out, segment=segment)
            _show_dry(dry, as_json, forecast_line(dry.forecast, chosen.zone, desk.now()))
            code = dry.exit_code
        else:
            try:
                report = send(
                    desk,
                    chosen,
                    date,
                    segment=segment,
                    retry_failed=retry_failed,
                    also=also,
                    late=late,
                    patience=wait * 60,
                    hold=hold * 60,
                    stop=stop_on_signals(),
                    announce=lambda one: _announce(desk, chosen, id_of(chosen, date), one),
                    watch=progress(chosen.zone),
                )
            finally:
                clear_progress()
            rest = forecast_line(report.forecast, chosen.zone, desk.now()) if report.forecast else ""
            show_report(report, as_json, rest)
            if report.waiting and not report.halt and not report.trouble:
                tell(f"to go on: `broadsheet send -p {chosen.name} --date {date}`, or any `broadsheet run`")
            code = report.exit_code
    raise typer.Exit(code)


def _announce(desk: Desk, publication: Publication, edition: str, forecast: Forecast) -> None:
    """Say before the first mail what is to come."""
    from broadsheet.desk.pacing import warmup_words

    now = desk.now()
    tell(f"{edition}: {forecast_line(forecast, publication.zone, now)}")
    if is_held(forecast, now):
        tell("until then `broadsheet send --pause` or `broadsheet send --cancel`, in another terminal, keeps it back")
    for words in warmup_words(desk):
        tell(words)


def stop_on_signals() -> threading.Event:
    """Let Ctrl-C and SIGTERM end a run in good order: what is under way is answered and written down first."""
    stop = threading.Event()

    def on_signal(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        tell("stopping: waiting for the answers to what is under way (once more to stop at once)")

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, on_signal)
    return stop


def progress(zone: ZoneInfo) -> Callable[[Progress], None] | None:
    """Show how far a run is and when it is done, on a terminal only."""
    if not sys.stderr.isatty():
        return None

    def watch(now: Progress) -> None:
        speed, done_at = now.forecast.per_second, now.forecast.done_at
        rate = f" ({speed:,.0f} a second)" if speed else ""
        is_foreseen = done_at and now.forecast.waiting and now.forecast.limited_by
        end = f", done at {done_at.astimezone(zone):%H:%M:%S}" if done_at and is_foreseen else ""
        print(f"\r{now.done:,} of {now.total:,}{rate}{end} \x1b[K", end="", file=sys.stderr, flush=True)

    return watch


def clear_progress() -> None:
    """Take the line of the progress away, so that what is said next begins a line."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def show_report(report: SendReport, as_json: bool, rest: str = "") -> None:
    """Print what a send did, and the balance; `rest` says when those who wait can be done."""
    if as_json:
        document(report)
    else:
        begun = report.sent_now or report.failed_now or report.waiting or report.trouble
        say(f"{report.edition}: {report.sent_now:,} sent" if begun else f"{report.edition}: nothing to send")
        say(balance_line(report))
        if report.segment:
            say(f"frozen for the segment {report.segment}")
        if report.waiting:
            wait = "1 waits for its turn" if report.waiting == 1 else f"{report.waiting:,} wait for their turn"
            say(f"{wait}: {report.queued:,} queued, {report.deferred:,} deferred")
    if rest:
        tell(rest)
    if report.late:
        skipped = number_of(report.late, "was skipped", "were skipped")
        tell(f"{skipped}, the hour having passed: `broadsheet send --late` sends to them after all")
    if report.failed_now > 0:
        tell(
            f"{report.failed_now:,} failed: `broadsheet deliveries {report.edition} --state failed` says why;"
            " `broadsheet send --retry-failed` tries all that failed once more"
        )
    if report.suppressed:
        tell(f"{report.suppressed:,} suppressed, as there is no such mailbox: `broadsheet subscribers show ADDRESS`")
    for line in unbelieved_lines(report):
        tell(line)
    if report.halt:
        tell(f"{report.edition} is {report.halt}{GOING_ON if report.halt == 'paused' else ''}")
    if report.in_doubt:
        tell(
            f"{report.in_doubt:,} in doubt: look with `broadsheet deliveries {report.edition} --state in_doubt`,"
            " then decide with `broadsheet settle`"
        )
    if report.seeds:
        tell(f"{number_of(report.seeds, 'seed')} got a copy first, outside of the balance")
    for email, words in report.seeds_refused:
        tell(f"the seed {email} was not written to: {words}")
    for words in report.aside:
        tell(f"broadsheet: an account was passed over: {words}")
    if report.trouble:
        tell(f"broadsheet: stopped: {report.trouble}")
        tell("  Mend that and type `broadsheet send` again." if report.is_ours else "  Try `broadsheet send` later.")
    if not report.balanced:
        tell("broadsheet: the balance does not close; this is a defect: keep the database and report it")


def unbelieved_lines(report: SendReport) -> list[str]:
    """Say which refusals suppressed nobody, being too many at once."""
    return [
        f"{lane or 'other providers'}: {number_of(count, 'refusal')} as no mailbox, too many at once to be believed;"
        " nobody there was suppressed"
        for lane, count in report.unbelieved
    ]


def balance_line(report: SendReport) -> str:
    """Write the balance as a sum that a person can check."""
    waiting = f" + {report.waiting:,} waiting" if report.waiting else ""
    return (
        f"{number_of(report.candidates, 'candidate')} = {report.frozen:,} frozen + {report.excluded:,} excluded; "
        f"{report.frozen:,} frozen = {report.sent:,} sent + {report.failed:,} failed + {report.in_doubt:,} in doubt"
        f" + {report.skipped:,} skipped{waiting}"
    )


def _show_test(report: TrialReport, as_json: bool) -> None:
    if as_json:
        document(
            {"edition": report.edition, "tests": [{"email": email, **_outcome(one)} for email, one in report.outcomes]}
        )
        return
    words = {DeliveryState.SENT: "sent", DeliveryState.IN_DOUBT: "in doubt"}
    table(
        (email, words.get(outcome.state, "not sent"), outcome.code or "", outcome.text)
        for email, outcome in report.outcomes
    )


def _outcome(outcome: object) -> dict[str, object]:
    import dataclasses

    return dataclasses.asdict(outcome)  # type: ignore[call-overload,no-any-return]  # an Outcome is a dataclass


def _show_dry(report: DryReport, as_json: bool, forecast: str) -> None:
    if as_json:
        document(report)
        return
    say(f"{report.edition}: {report.frozen:,} would be written to, {report.excluded:,} left out; nothing was sent")
    if report.already_sent:
        say(f"{report.already_sent:,} got it before and get it no second time; `broadsheet deliveries` shows who waits")
    elif report.forecast.waiting:
        say(f"If it began now: {forecast}")
    written = number_of(report.written, "message")
    say(f"See {report.folder}: recipients.csv names everybody; beside it, as .eml files, the first {written}")
    if report.unmailable:
        tell(f"{report.unmailable:,} cannot be written to; recipients.csv says why")
