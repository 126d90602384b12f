"""When each reader's turn is, when it is too late for it to go by itself, and in which order those go who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.desk.pacing import warming
from broadsheet.desk.plan import moment_of
from broadsheet.errors import ApprovalMissing
from broadsheet.model import Recipient

if TYPE_CHECKING:
    from broadsheet.store.ledger import SendingLedger
    from broadsheet.store.sendings import Balance, Sending

LEAD = 1e-5  # seconds: what each later day of a confirmation gives in the order, which moves no turn that a person sees
FIRST_DAY = date(1970, 1, 1)
LATE = "late: "


class Turns:
    """The turns of one edition by its readers' timezones: the hour at which their clocks first show it, or pass it."""

    def __init__(self, publication: Publication, day: date) -> None:
        self._at, self._day, self._zone = publication.sending.at, day, publication.zone
        self._known: dict[str, datetime] = {}

    def turn(self, recipient: Recipient) -> datetime | None:
        """Say when it is a reader's turn; None where all go at once."""
        if self._at is None:
            return None
        found = self._known.get(recipient.timezone)
        if found is None:
            found = self._known[recipient.timezone] = moment_of(self._day, self._at, self._zone_of(recipient.timezone))
        return found

    def _zone_of(self, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name) if name else self._zone
        except (OSError, ValueError, KeyError):
            return self._zone


def turns(desk: Desk, publication: Publication, day: date) -> Callable[[Recipient], float]:
    """Give what says when a recipient may be written to, in seconds since 1970; about 0 is at once.

    While an account is warmed up, those go first who confirmed most recently: they are the likeliest to welcome a mail.
    """
    every, is_warming = Turns(publication, day), bool(warming(desk))

    def turn(recipient: Recipient) -> float:
        moment = every.turn(recipient)
        lead = LEAD * (recipient.confirmed_on - FIRST_DAY).days if is_warming and recipient.confirmed_on else 0.0
        return (moment.timestamp() if moment else 0.0) - lead

    return turn


def first_mail_at(publication: Publication, sending: Sending, now: datetime) -> datetime:
    """Say when the first mail may go: after what is left of the hold; a clock that was set back makes it no longer."""
    hold = publication.sending.hold
    return max(now, min(sending.frozen_at, now) + hold)


def late_since(
    publication: Publication, day: date, known: Sending | None, balance: Balance | None, now: datetime
) -> datetime | None:
    """Give the hour of an edition that nobody was tried for, where it is too long ago to begin by itself; else None."""
    plan, schedule = publication.sending, publication.schedule
    begun = balance is not None and (plan.at is not None or balance.frozen > balance.queued)
    since = moment_of(day, schedule.at, publication.zone) if schedule else known.frozen_at if known else None
    if plan.late_after is None or begun or since is None or now <= since + plan.late_after:
        return None
    return since


def refuse_late_beginning(
    desk: Desk, publication: Publication, day: date, known: Sending | None, balance: Balance | None
) -> None:
    """Refuse to begin an edition by itself later than its `late_after` allows. Raises ApprovalMissing.

    Its hour is that of the schedule; without one, when its readers were written down. One that has begun is finished
    whatever the hour; once its readers wait for their own turns, `hold_late` looks at each of those.
    """
    since = late_since(publication, day, known, balance, desk.now())
    if since is None:
        return
    now, expected = (one.astimezone(publication.zone) for one in (desk.now(), since))
    edition = f"{publication.name}-{day}"
    raise ApprovalMissing(
        f"{edition} would begin late, at {now:%H:%M on %d %b} and not at {expected:%H:%M on %d %b}"
        f" ({publication.timezone}): it holds",
        advice=f"Type `broadsheet send -p {publication.name} --date {day}` to send it all the same,"
        f" or `broadsheet {'send --cancel' if known else f'edition skip {edition}'}`.",
    )


def hold_late(desk: Desk, publication: Publication, sending: Sending, ledger: SendingLedger) -> int:
    """Skip, until a person says otherwise, those whose turn passed untried longer ago than `late_after` allows.

    A turn that had passed when the readers were written down counts from then. Gives how many.
    """
    plan, now = publication.sending, desk.now()
    before = late_before(publication, sending, now)
    if before is None or plan.late_after is None:
        return 0
    return ledger.hold_late(
        now, before, f"{LATE}not begun within {_words(plan.late_after.total_seconds())} of their hour"
    )


def late_before(publication: Publication, sending: Sending, now: datetime) -> datetime | None:
    """Give the moment before which a turn that passed untried is late; None where none is."""
    plan = publication.sending
    if plan.at is None or plan.late_after is None or sending.frozen_at >= now - plan.late_after:
        return None
    return now - plan.late_after


def _words(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join(part for part in (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "") if part)
