"""Answer for what was sent: who got an edition, who did not and why, and a person's word about the doubtful."""

from __future__ import annotations

import dataclasses
import getpass
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from broadsheet.desk.days import day_of
from broadsheet.desk.opening import Desk
from broadsheet.errors import DeliveryError
from broadsheet.model import Delivery, DeliveryState, EditionStatus

if TYPE_CHECKING:
    from broadsheet.store.sendings import Balance


def edition_named(desk: Desk, edition: str | None, publication: str | None, day: str | None) -> str:
    """Find a sending by the edition's id, or by publication and date as typed. Raises DeliveryError."""
    if edition is None:
        plan = desk.config.publication(publication)
        edition = f"{plan.name}-{day_of(desk, plan, day).isoformat()}"
    if desk.store.deliveries.sending(edition) is None:
        known = [sending.edition for sending in desk.store.deliveries.sendings()[:3]]
        raise DeliveryError(
            f"the sending of {edition} has not begun",
            advice=f"Sent lately: {', '.join(known)}." if known else "Type `broadsheet send` to begin it.",
        )
    return edition


def balance_of(desk: Desk, edition: str) -> Balance:
    """Count where an edition's recipients are. Raises DeliveryError where nothing was frozen."""
    balance = desk.store.deliveries.balance(edition)
    if balance is None:
        raise DeliveryError(f"the sending of {edition} has not begun", advice="Type `broadsheet send` to begin it.")
    return balance


def deliveries_of(
    desk: Desk, edition: str, *, states: Sequence[DeliveryState] = (), missing: bool = False
) -> Iterator[Delivery]:
    """List an edition's deliveries; `missing` lists those who did not get it, with those left out at the freeze."""
    from broadsheet.deliver.message import message_id

    shelf = desk.store.deliveries
    sending = shelf.sending(edition)
    assert sending is not None
    wanted = states or ([state for state in DeliveryState if state is not DeliveryState.SENT] if missing else ())
    for row in shelf.listed(edition, wanted):
        yield dataclasses.replace(row, message_id=message_id(edition, row.recipient, sending.domain))
    if missing and (not states or DeliveryState.SKIPPED in states):
        for recipient, email, reason in shelf.excluded(edition):
            yield Delivery(
                edition=edition, recipient=recipient, email=email, state=DeliveryState.SKIPPED,
                text=f"left out: {reason}",
            )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """How many deliveries a person decided about, and the addresses named that have none in doubt."""

    count: int
    not_in_doubt: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """Give 4 where it was about some of the addresses only, 1 where about none, else 0."""
        return (4 if self.count else 1) if self.not_in_doubt else 0


def settle_doubts(desk: Desk, edition: str, *, again: bool, emails: Sequence[str] | None) -> Settled:
    """Let a person say that deliveries in doubt, of these addresses or all, were sent, or are to be sent again."""
    shelf = desk.store.deliveries
    doubtful = {row.email.casefold() for row in shelf.listed(edition, [DeliveryState.IN_DOUBT])} if emails else set()
    others = tuple(email for email in emails or () if email.casefold() not in doubtful)
    count = shelf.settle(
        edition,
        DeliveryState.QUEUED if again else DeliveryState.SENT,
        desk.now(),
        decided_by=_who(),
        from_states=[DeliveryState.IN_DOUBT],
        emails=emails,
    )
    edition_now = desk.store.editions.get(edition)
    if (
        not again
        and balance_of(desk, edition).is_closed
        and edition_now
        and edition_now.status is EditionStatus.SENDING
    ):
        desk.store.editions.mark_sent(edition, at=desk.now())
    return Settled(count, others)


def hold_of(desk: Desk) -> str:
    """Say why nothing is sent from this database, and what a person can type; '' where it may send."""
    why = desk.store.deliveries.held_because()
    return f"sending is held: {why}; if it is to send from now on: broadsheet settle --adopt" if why else ""


def adopt(desk: Desk) -> None:
    """Take a person's word that this database, a copy or a restored one, is the one that sends from now on."""
    desk.store.deliveries.adopt()


def direct(desk: Desk, edition: str, word: str) -> None:
    """Tell whoever sends an edition, in this or another process: 'paused', 'cancelled', or '' to go on.

    Raises DeliveryError when its sending has not begun, was cancelled before, or, unless it is to go on, is over.
    """
    sending = desk.store.deliveries.sending(edition_named(desk, edition, None, None))
    if sending is not None and sending.halt == "cancelled" and word != "cancelled":
        raise DeliveryError(f"{edition} was cancelled", advice="Those who had not got it were skipped.")
    if word and balance_of(desk, edition).is_closed:
        raise DeliveryError(
            f"the sending of {edition} is over: nobody waits for it any more",
            advice=f"Who got it: `broadsheet deliveries {edition}`.",
        )
    desk.store.deliveries.set_halt(edition, word)


def is_being_sent(desk: Desk) -> bool:
    """Tell whether a process holds the lease, here or elsewhere, and lives."""
    return desk.store.deliveries.holder(desk.now()) is not None


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
