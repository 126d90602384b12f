"""Send an approved edition, and answer for it: the freeze, the lease, the run, the balance."""

from __future__ import annotations

import csv
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.config import Publication
from broadsheet.desk.editing import edition_of
from broadsheet.desk.mailing import messages_of, nothing_chosen, way_out
from broadsheet.desk.opening import Desk
from broadsheet.desk.production import render
from broadsheet.desk.subscribing import candidates
from broadsheet.errors import ApprovalMissing, AudienceError, DeliveryError
from broadsheet.model import DeliveryState, Edition, EditionStatus, Message, Outcome, Recipient, RenderedEdition
from broadsheet.slots import SAMPLES, Slot

if TYPE_CHECKING:
    from broadsheet.deliver.pace import Pace
    from broadsheet.deliver.run import End
    from broadsheet.deliver.transport import Transport
    from broadsheet.store.deliveries import Balance, Sending
    from broadsheet.store.ledger import SendingLedger

Watch = Callable[[Counter[DeliveryState], int], None]
DRY_MESSAGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What a send did, and where the edition stands: candidates = frozen + excluded, and each frozen one in one state.

    `sent_now` counts this run's own. `trouble` says in words what stopped the run; `is_ours` that trying again will not
    help before somebody has mended something. `segment` is the one that the edition was frozen for, '' for everybody.
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
    is_ours: bool = False
    halt: str = ""
    balanced: bool = True
    segment: str = ""

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
    patience: float = 60.0,
    hold: float = 0.0,
    stop: threading.Event | None = None,
    watch: Watch | None = None,
) -> SendReport:
    """Send the approved edition of a day to everybody it was frozen for, going on where an earlier run stopped.

    `segment` chooses among the readers when the edition is frozen; later runs may leave it out, but not change it.
    `hold` is how many seconds to wait, under the lease, before the first mail; `patience`, for a delivery that is to be
    tried again soon, or for a relay that went away.
    Raises ApprovalMissing, LeaseHeld, AudienceError and ConfigError; a fault of the relay is told in the report.
    """
    edition = edition_of(desk, publication, day)
    shelf = desk.store.deliveries
    before, known = shelf.balance(edition.id), shelf.sending(edition.id)
    segment = _segment(segment, known)
    if edition.status is EditionStatus.SENT and before and not before.waiting and not retry_failed:
        return _report(edition, before, segment=segment, doubts_before=before.in_doubt)
    rendered = approved_rendering(desk, edition)
    transport = way_out(desk)
    if known is None and next(candidates(desk, publication, edition.date, segment), None) is None:
        raise DeliveryError(
            f"nobody subscribes to {publication.name} yet, so {edition.id} is not sent",
            advice="Type `broadsheet subscribers import FILE.csv`, or `broadsheet subscribers add ADDRESS`.",
        )
    at = known.frozen_at if known else desk.now()
    compose = messages_of(desk, publication, rendered, at)
    sending = freeze(desk, publication, rendered, at, "" if known else segment)
    ledger = shelf.acquire(
        sending,
        transport.name,
        desk.now(),
        took=_took(transport, sending.domain),
        unwanted=lambda ids: desk.store.subscribers.is_still_wanted(ids, day),
    )
    try:
        if retry_failed:
            shelf.settle(
                edition.id, DeliveryState.QUEUED, desk.now(), decided_by="--retry-failed",
                from_states=[DeliveryState.FAILED],
            )  # fmt: skip
        _hold(desk, ledger, hold, stop)
        end = _run(desk, ledger, transport, compose, sending, patience, stop, watch)
        if ledger.halt == "cancelled":
            ledger.cancel_waiting(desk.now(), "cancelled")
    finally:
        ledger.release()
    balance = shelf.balance(edition.id)
    assert balance is not None
    edition = edition_of(desk, publication, day)
    if balance.is_closed:
        edition = desk.store.editions.mark_sent(edition.id, at=desk.now())
    return _report(edition, balance, end, ledger.halt, segment=segment, doubts_before=before.in_doubt if before else 0)


def _segment(text: str, known: Sending | None) -> str:
    """Give the segment to freeze for, or that was frozen for. Raises AudienceError where both differ."""
    from broadsheet.audience.segments import parse_segment

    wanted = parse_segment(text).text if text.strip() else ""
    if known is None or not wanted or wanted == known.segment:
        return known.segment if known else wanted
    whom = f"the segment {known.segment}" if known.segment else "everybody"
    raise AudienceError(
        f"{known.edition} was already frozen for {whom}, not for the segment {wanted}",
        advice="An edition is frozen once: leave --segment out to go on with it.",
    )


def _hold(desk: Desk, ledger: SendingLedger, seconds: float, stop: threading.Event | None) -> None:
    """Wait before the first mail; a pause, a cancel or a signal ends the wait."""
    signal = stop or threading.Event()
    until = time.monotonic() + seconds
    while time.monotonic() < until and not ledger.halt:
        if signal.wait(min(until - time.monotonic(), 0.5)):
            return
        ledger.commit(desk.now())


def approved_rendering(desk: Desk, edition: Edition) -> RenderedEdition:
    """Render an edition, and prove that it is what was approved. Raises ApprovalMissing."""
    again = f"broadsheet edition approve {edition.id}"
    if edition.status in (EditionStatus.DRAFT, EditionStatus.SKIPPED):
        raise ApprovalMissing(
            f"{edition.id} is {edition.status}, not approved", advice=f"Look at it, then type `{again}`."
        )
    rendered = render(desk, edition)
    if rendered.hash != edition.hash:
        raise ApprovalMissing(
            f"{edition.id} does not look as it did when it was approved: the theme or the configuration has changed",
            advice=f"Change that back; or, while nothing was sent, look at it again and type `{again}`.",
        )
    return rendered


def freeze(desk: Desk, publication: Publication, rendered: RenderedEdition, at: datetime, segment: str = "") -> Sending:
    """Write down who gets an edition and who does not, and that its sending has begun, at one stroke."""
    edition = rendered.edition
    chosen = nothing_chosen(rendered)
    with desk.store.transaction():
        sending = desk.store.deliveries.freeze(
            edition.id,
            publication.name,
            rendered.hash,
            publication.sender_email.rpartition("@")[2],
            ((one, reason or chosen(one)) for one, reason in candidates(desk, publication, edition.date, segment)),
            at,
            segment=segment,
        )
        if edition.status is not EditionStatus.SENT:
            desk.store.editions.mark_sending(edition.id, at=desk.now())
    return sending


def _took(transport: Transport, domain: str) -> Callable[[str, int], bool | None]:
    from broadsheet.deliver.message import message_id

    return lambda edition, recipient: transport.took(message_id(edition, recipient, domain))


def _run(
    desk: Desk,
    ledger: SendingLedger,
    transport: Transport,
    compose: Callable[[Recipient], Message],
    sending: Sending,
    patience: float,
    stop: threading.Event | None,
    watch: Watch | None,
) -> End:
    from broadsheet.deliver.run import Plan, run

    config = desk.config.smtp
    pace = _pace(desk)
    plan = Plan(
        pace=pace,
        waiting_since=sending.frozen_at,
        clock=desk.now,
        chance=random.random,
        patience=patience,
        recycle=config.messages_per_connection if config else 10_000,
        stop=stop or threading.Event(),
        watch=(lambda tally: watch(tally, sending.frozen)) if watch else None,
    )
    return run(ledger, transport, compose, plan)


def _pace(desk: Desk) -> Pace:
    """Take the account's limits, and what the ledger says was attempted in the present second, minute, hour and day."""
    from broadsheet.deliver.pace import DAY, HOUR, MINUTE, SECOND, Pace, window_start

    config, now = desk.config.smtp, desk.now()
    if config is None:
        return Pace({})
    wanted = {
        SECOND: config.per_second,
        MINUTE: config.per_minute,
        HOUR: config.per_hour,
        DAY: config.per_day,
    }
    pace = Pace({length: limit for length, limit in wanted.items() if limit})
    since = desk.store.deliveries.attempted_since
    pace.begin(now, {length: since(window_start(now, length)) for length in pace.limits})
    return pace


def forecast(desk: Desk, waiting: int) -> datetime:
    """Say when a sending to so many can be done at the earliest, by the account's limits alone."""
    now = desk.now()
    return now + _pace(desk).forecast(now, waiting)


def _report(
    edition: Edition, balance: Balance, end: End | None = None, halt: str = "", *, segment: str, doubts_before: int = 0
) -> SendReport:
    tally = end.tally if end else Counter[DeliveryState]()
    trouble, is_ours = "", False
    if end and end.trouble:
        from broadsheet.deliver.replies import Kind

        reply = end.trouble
        trouble = f"{reply.server}: {reply.phase}: {reply.code or 'no answer'} {reply.text}".strip()
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


# --- without the ledger ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialReport:
    """What a test send came to: each address with the outcome."""

    edition: str
    outcomes: tuple[tuple[str, Outcome], ...]

    @property
    def exit_code(self) -> int:
        """Give 0 where every test was taken, else 4."""
        return 0 if all(outcome.state is DeliveryState.SENT for _, outcome in self.outcomes) else 4


def send_test(
    desk: Desk,
    publication: Publication,
    day: date,
    addresses: Sequence[str],
    *,
    rendered: RenderedEdition | None = None,
) -> TrialReport:
    """Send the edition as it stands, approved or not, to a few addresses: the real path and headers, marked as a test.

    Links in it are signed for nobody: leaving by one changes no subscription. `rendered` is what somebody has looked
    at: then just that is sent.
    """
    from broadsheet.deliver.retry import decide
    from broadsheet.deliver.testing import send_test as hand_over

    rendered = rendered or render(desk, edition_of(desk, publication, day))
    now = desk.now()
    compose = messages_of(desk, publication, rendered, now, tag=f".test-{now:%Y%m%d%H%M%S%f}")
    people = [
        Recipient(
            id=0, email=address, first_name=SAMPLES[Slot.FIRST_NAME], last_name=SAMPLES[Slot.LAST_NAME]
        )
        for address in dict.fromkeys(addresses)
    ]  # fmt: skip
    answers = hand_over(way_out(desk), compose, people)
    outcomes = tuple(
        (person.email, decide(reply, attempts=1, waiting_since=now, now=now, chance=0.5).outcome)
        for person, reply in answers
    )
    return TrialReport(edition=rendered.edition.id, outcomes=outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class DryReport:
    """What a send would do: how many, and the folder that shows it. Not a letter left."""

    edition: str
    candidates: int
    frozen: int
    excluded: int
    unmailable: int
    folder: Path
    written: int

    @property
    def exit_code(self) -> int:
        """Give 4 where a message could not be made for somebody."""
        return 4 if self.unmailable else 0


def send_dry(
    desk: Desk, publication: Publication, day: date, folder: Path | None = None, *, segment: str = ""
) -> DryReport:
    """Do everything but the hand-over: compose every message, write the list of who gets it, and the first hundred.

    Writes recipients.csv (address, reason for being left out) and one .eml a message. Raises ApprovalMissing, and
    AudienceError for another segment than the edition was frozen for.
    """
    edition = edition_of(desk, publication, day)
    segment = _segment(segment, desk.store.deliveries.sending(edition.id))
    everybody = candidates(desk, publication, day, segment)
    rendered = approved_rendering(desk, edition)
    compose = messages_of(desk, publication, rendered, desk.now())
    chosen = nothing_chosen(rendered)
    place = folder or desk.folder / "dry-run" / edition.id
    counts: Counter[str] = Counter()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with (place / "recipients.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["subscription", "email", "left_out_because"])
            for person, why in everybody:
                reason = why or chosen(person)
                if not reason:
                    try:
                        message = compose(person)
                    except ValueError as error:
                        counts["unmailable"] += 1
                        reason = f"no message can be made: {error}"
                    else:
                        counts["frozen"] += 1
                        if counts["frozen"] <= DRY_MESSAGES:
                            (place / f"{person.id}.eml").write_bytes(message.content)
                else:
                    counts["excluded"] += 1
                table.writerow([person.id, _harmless(person.email), reason])
    except OSError as error:
        raise DeliveryError(f"{place} cannot be written to: {error.strerror}", advice="Name another --out.") from None
    return DryReport(
        edition=edition.id,
        candidates=counts["frozen"] + counts["excluded"] + counts["unmailable"],
        frozen=counts["frozen"],
        excluded=counts["excluded"],
        unmailable=counts["unmailable"],
        folder=place,
        written=min(counts["frozen"], DRY_MESSAGES),
    )


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading a value as a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text
