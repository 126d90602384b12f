"""Send without the ledger: a test to a few addresses, and a dry run that hands nothing over."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.config import Publication
from broadsheet.desk.editing import edition_of
from broadsheet.desk.forecasting import Queue, foresee
from broadsheet.desk.freezing import approved_rendering, segment_of
from broadsheet.desk.mailing import messages_of, nothing_chosen
from broadsheet.desk.opening import Desk
from broadsheet.desk.pacing import outlets
from broadsheet.desk.production import render
from broadsheet.desk.seeding import hand_over, samples
from broadsheet.desk.subscribing import candidates
from broadsheet.errors import DeliveryError
from broadsheet.model import DeliveryState, Outcome, RenderedEdition

if TYPE_CHECKING:
    from broadsheet.deliver.forecast import Forecast

DRY_MESSAGES = 100


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

    rendered = rendered or render(desk, edition_of(desk, publication, day))
    now = desk.now()
    way, people = outlets(desk)[0], samples(addresses)
    answers = hand_over(desk, publication, rendered, now, people, way, tag="test", mark="[Test] ")
    outcomes = tuple(
        (person.email, decide(reply, attempts=1, waiting_since=now, now=now, chance=0.5).outcome)
        for person, reply in answers
    )
    return TrialReport(edition=rendered.edition.id, outcomes=outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class DryReport:
    """What a send would do: how many, until when, and the folder that shows it. Not a letter left.

    `already_sent` counts the copies that left before: who gets it was settled then.
    """

    edition: str
    candidates: int
    frozen: int
    excluded: int
    unmailable: int
    folder: Path
    written: int
    forecast: Forecast
    already_sent: int = 0

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
    segment = segment_of(segment, desk.store.deliveries.sending(edition.id))
    balance = desk.store.deliveries.balance(edition.id)
    everybody = candidates(desk, publication, day, segment)
    rendered = approved_rendering(desk, edition)
    compose = messages_of(desk, publication, rendered, desk.now())
    chosen = nothing_chosen(rendered)
    place = folder or desk.folder / "dry-run" / edition.id
    counts: Counter[str] = Counter()
    begins_at = desk.now() + publication.sending.hold
    queue = Queue(desk, publication, day, begins_at)
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
                        queue.add(person)
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
        forecast=foresee(desk, publication, queue.waiting(), begins_at),
        already_sent=balance.sent if balance else 0,
    )


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading a value as a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text
