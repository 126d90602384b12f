"""Send an approved edition, and answer for it: the freeze, the lease, the run, the balance."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from broadsheet.config import Publication
from broadsheet.desk.editing import edition_of
from broadsheet.desk.forecasting import Progress, forecast_of, watching
from broadsheet.desk.freezing import approved_rendering, freeze, segment_of
from broadsheet.desk.mailing import messages_of
from broadsheet.desk.opening import Desk
from broadsheet.desk.pacing import lane_pace, outlets
from broadsheet.desk.seeding import seed
from broadsheet.desk.subscribing import candidates
from broadsheet.desk.suppressing import suppress_refused
from broadsheet.desk.turns import LATE, Turns, first_mail_at, hold_late, refuse_late_beginning
from broadsheet.errors import DeliveryError
from broadsheet.model import DeliveryState, Edition, EditionStatus, Message, Recipient

if TYPE_CHECKING:
    from broadsheet.deliver.forecast import Forecast
    from broadsheet.deliver.outlets import Outlet
    from broadsheet.deliver.replies import Reply
    from broadsheet.deliver.run import End
    from broadsheet.deliver.transport import Transport
    from broadsheet.store.ledger import SendingLedger
    from broadsheet.store.sendings import Balance, Sending

Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What a send did, and where the edition stands: candidates = frozen + excluded, and each frozen one in one state.

    `sent_now` counts this run's own. `trouble` says in words what stopped the run; `is_ours` that trying again will not
    help before somebody has mended something; `aside` are the answers for which an account was passed over.
    `segment` is the one that the edition was frozen for, '' for everybody.
    `late` counts those who were skipped because their turn had long passed, and can be sent to by `send --late`.
    `suppressed` counts the addresses that are written to no more, as there is no such mailbox; `unbelieved`, by mailbox
    provider, refusals of that kind that were too many to be believed. `seeds` counts the house's own copies that were
    taken; they are in no other number.
    """

    edition: str
    status: EditionStatus
    candidates: int
    frozen: int
    excluded: int
    sent: int = 0
    failed: int = 0
    deferred: int = 0
    in_doubt: int = 0
    skipped: int = 0
    queued: int = 0
    sent_now: int = 0
    failed_now: int = 0
    in_doubt_now: int = 0
    trouble: str = ""
    aside: tuple[str, ...] = ()
    is_ours: bool = False
    halt: str = ""
    balanced: bool = True
    segment: str = ""
    forecast: Forecast | None = None
    late: int = 0
    suppressed: int = 0
    unbelieved: tuple[tuple[str, int], ...] = ()
    seeds: int = 0
    seeds_refused: tuple[tuple[str, str], ...] = ()

    @property
    def waiting(self) -> int:
        """Count those whose turn is still to come."""
        return self.queued + self.deferred

    @property
    def exit_code(self) -> int:
        """Give the process's answer: 1 stopped by a fault, 75 some wait, 4 some failed or fell in doubt, else 0."""
        if not self.balanced or (self.trouble and self.is_ours):
            return 1
        if self.waiting:
            return 75
        return 4 if self.failed_now or self.in_doubt_now > 0 else 0


def send(
    desk: Desk,
    publication: Publication,
    day: date,
    *,
    segment: str = "",
    retry_failed: bool = False,
    late: bool = False,
    by_itself: bool = False,
    also: bool = False,
    patience: float = 60.0,
    hold: float = 0.0,
    stop: threading.Event | None = None,
    announce: Callable[[Forecast], None] | None = None,
    watch: Watch | None = None,
) -> SendReport:
    """Send the approved edition of a day to everybody it was frozen for, going on where an earlier run stopped.

    `segment` chooses among the readers when the edition is frozen; later runs may leave it out, but not change it.
    `hold` is how many seconds to wait, under the lease, before the first mail, if that is longer than configured;
    `patience`, for a delivery that is to be tried again soon, or for a relay that went away. `by_itself` says that no
    person asked for it now: then what is late holds, and `late` takes that back for readers whose turn had passed.
    `announce` hears the forecast before the first mail. `also` says that it is meant although a platform was asked to
    send the same edition.
    Raises ApprovalMissing, SentElsewhere, LeaseHeld, AudienceError and ConfigError; a fault of the relay is told in the
    report.
    """
    edition = edition_of(desk, publication, day)
    shelf = desk.store.deliveries
    before, known = shelf.balance(edition.id), shelf.sending(edition.id)
    segment = segment_of(segment, known)
    if edition.status is EditionStatus.SENT and before and not before.waiting and not (retry_failed or late):
        return _report(edition, before, segment=segment, doubts_before=before.in_doubt)
    rendered = approved_rendering(desk, edition)
    if by_itself:
        refuse_late_beginning(desk, publication, day, known, before)
    ways = outlets(desk)
    if known is None and next(candidates(desk, publication, edition.date, segment), None) is None:
        raise DeliveryError(
            f"nobody subscribes to {publication.name} yet, so {edition.id} is not sent",
            advice="Type `broadsheet subscribers import FILE.csv`, or `broadsheet subscribers add ADDRESS`.",
        )
    if known is None:
        shelf.refuse_where_held()  # before it is frozen: what was begun is finished, however late
    at = known.frozen_at if known else desk.now()
    compose = messages_of(desk, publication, rendered, at)
    sending = freeze(desk, publication, rendered, at, "" if known else segment, also=also)
    ledger = shelf.acquire(
        sending,
        ", ".join(way.transport.name for way in ways),
        desk.now(),
        took=_took(ways[0].transport, sending.domain),
        unwanted=lambda ids: desk.store.subscribers.is_still_wanted(ids, day),
    )
    try:
        _ask_back(desk, edition.id, retry_failed=retry_failed, late=late)
        if by_itself:
            hold_late(desk, publication, sending, ledger)
        begins_at = max(desk.now() + timedelta(seconds=hold), first_mail_at(publication, sending, desk.now()))
        if announce and not ledger.halt:
            announce(forecast_of(desk, publication, edition.id, begins_at=begins_at))
        seeds = seed(desk, publication, rendered, at, ways)
        _hold(desk, ledger, (begins_at - desk.now()).total_seconds(), stop)
        heard = watching(desk, publication, edition.id, sending.frozen, watch) if watch else None
        end = _run(desk, ledger, ways, compose, sending, Turns(publication, day).turn, patience, stop, heard)
        if ledger.halt == "cancelled":
            ledger.cancel_waiting(desk.now(), "cancelled")
    finally:
        ledger.release()
    suppressed = suppress_refused(desk, edition.id)
    report = _concluded(desk, publication, day, before, ledger.halt, end)
    is_foreseeable = report.waiting and not (report.halt or report.trouble or any(way.trouble for way in ways))
    return replace(
        report,
        forecast=forecast_of(desk, publication, edition.id) if is_foreseeable else None,
        aside=() if report.trouble else tuple(_words(way.trouble[0]) for way in ways if way.trouble),
        late=shelf.count_because(edition.id, DeliveryState.SKIPPED, LATE) if publication.sending.late_after else 0,
        suppressed=suppressed.count,
        unbelieved=suppressed.unbelieved,
        seeds=seeds.taken,
        seeds_refused=seeds.refused,
    )


def cancel(desk: Desk, publication: Publication, day: date) -> SendReport:
    """Skip whoever still waits for an edition that no process sends.

    It takes no password, and the edition may look otherwise by now: nothing is sent. Raises LeaseHeld, and
    DeliveryError where its sending has not begun.
    """
    edition = edition_of(desk, publication, day)
    shelf = desk.store.deliveries
    before, sending = shelf.balance(edition.id), shelf.sending(edition.id)
    if sending is None:
        raise DeliveryError(
            f"the sending of {edition.id} has not begun", advice=f"Type `broadsheet edition skip {edition.id}`."
        )
    ways = [way.transport for way in outlets(desk, with_secrets=False)]
    names = ", ".join(way.name for way in ways)
    took = _took(ways[0], sending.domain)
    ledger = shelf.acquire(sending, names, desk.now(), took=took, unwanted=lambda ids: {})
    try:
        ledger.cancel_waiting(desk.now(), "cancelled")
    finally:
        ledger.release()
    return _concluded(desk, publication, day, before, "cancelled")


def _concluded(
    desk: Desk, publication: Publication, day: date, before: Balance | None, halt: str, end: End | None = None
) -> SendReport:
    """Close the edition where nobody waits any more, and say where it stands."""
    edition = edition_of(desk, publication, day)
    balance = desk.store.deliveries.balance(edition.id)
    sending = desk.store.deliveries.sending(edition.id)
    assert balance is not None
    assert sending is not None
    if balance.is_closed:
        edition = desk.store.editions.mark_sent(edition.id, at=desk.now())
    doubts = before.in_doubt if before else 0
    return _report(edition, balance, end, halt, segment=sending.segment, doubts_before=doubts)


def _ask_back(desk: Desk, edition: str, *, retry_failed: bool, late: bool) -> None:
    """Let those wait again whom a person wants tried once more."""
    for wanted, state, because, word in (
        (retry_failed, DeliveryState.FAILED, "", "--retry-failed"),
        (late, DeliveryState.SKIPPED, LATE, "--late"),
    ):
        if wanted:
            desk.store.deliveries.settle(
                edition, DeliveryState.QUEUED, desk.now(), decided_by=word, from_states=[state], because=because
            )


def _hold(desk: Desk, ledger: SendingLedger, seconds: float, stop: threading.Event | None) -> None:
    """Wait before the first mail; a pause, a cancel or a signal ends the wait."""
    signal = stop or threading.Event()
    until = time.monotonic() + seconds
    while time.monotonic() < until and not ledger.halt:
        if signal.wait(min(until - time.monotonic(), 0.5)):
            return
        ledger.commit(desk.now())


def _took(transport: Transport, domain: str) -> Callable[[str, int], bool | None]:
    from broadsheet.deliver.message import message_id

    return lambda edition, recipient: transport.took(message_id(edition, recipient, domain))


def _run(
    desk: Desk,
    ledger: SendingLedger,
    ways: list[Outlet],
    compose: Callable[[Recipient], Message],
    sending: Sending,
    turn: Callable[[Recipient], datetime | None],
    patience: float,
    stop: threading.Event | None,
    watch: Callable[[Counter[DeliveryState]], None] | None,
) -> End:
    from broadsheet.deliver.run import Plan, run

    plan = Plan(
        waiting_since=sending.frozen_at,
        clock=desk.now,
        chance=random.random,
        patience=patience,
        lane_pace=lambda name: lane_pace(desk, name),
        turn=turn,
        composes_aside=bool(desk.config.smtp and desk.config.smtp.dkim),
        stop=stop or threading.Event(),
        watch=watch,
    )
    return run(ledger, ways, compose, plan)


def _words(reply: Reply) -> str:
    return f"{reply.server}: {reply.phase}: {reply.code or 'no answer:'} {reply.text}".strip()


def _report(
    edition: Edition, balance: Balance, end: End | None = None, halt: str = "", *, segment: str, doubts_before: int = 0
) -> SendReport:
    tally = end.tally if end else Counter[DeliveryState]()
    trouble, is_ours = "", False
    if end and end.trouble:
        from broadsheet.deliver.replies import Kind

        trouble = _words(end.trouble)
        is_ours = end.kind is not Kind.RELAY_BUSY and end.kind is not Kind.LOST
    return SendReport(
        edition=edition.id,
        status=edition.status,
        candidates=balance.candidates,
        frozen=balance.frozen,
        excluded=balance.excluded,
        sent=balance.sent,
        failed=balance.failed,
        deferred=balance.deferred,
        in_doubt=balance.in_doubt,
        skipped=balance.skipped,
        queued=balance.queued + balance.in_flight,
        sent_now=tally[DeliveryState.SENT],
        failed_now=tally[DeliveryState.FAILED],
        in_doubt_now=balance.in_doubt - doubts_before,
        trouble=trouble,
        is_ours=is_ours,
        halt=halt,
        balanced=balance.holds,
        segment=segment,
    )
