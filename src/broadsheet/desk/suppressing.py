"""Suppress addresses that a relay refused for good as no mailbox, and lift a suppression that was wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from broadsheet.desk.opening import Desk
from broadsheet.desk.subscribing import consent_step, read_address
from broadsheet.errors import AudienceError
from broadsheet.model import Consent, SuppressionReason

if TYPE_CHECKING:
    from broadsheet.store.suppressions import Suppression

SOURCE = "the relay's answer"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """How many were suppressed, and by mailbox provider how many refusals were not believed ('' is all others)."""

    count: int = 0
    unbelieved: tuple[tuple[str, int], ...] = ()


def suppress_refused(desk: Desk, edition: str) -> Suppressed:
    """Suppress those whom an edition was refused as no mailbox, with the answer as evidence.

    `[smtp] suppress_after` says in how many editions in a row that must have happened. A second time changes nothing.
    """
    from broadsheet.deliver.refusals import is_believed, is_dead
    from broadsheet.store.suppressions import Suppression

    after, shelf = desk.config.smtp.suppress_after if desk.config.smtp else 0, desk.store.refusals
    refused = shelf.of(edition) if after else []
    if not refused:
        return Suppressed()
    by_lane, tried = Counter(one.lane for one in refused), shelf.tried_by_lane(edition)
    unbelieved = {lane: count for lane, count in by_lane.items() if not is_believed(count, tried[lane])}
    done = 0
    with desk.store.transaction():
        for one in refused:
            owner = desk.store.subscribers.owner(one.recipient)
            if owner is None or one.lane in unbelieved:
                continue
            since = lifted_at(desk, owner.key)
            if since is not None and one.at <= since:
                continue
            if is_dead([True, *shelf.before(edition, one.mailbox, after - 1, since)], after):
                evidence = f"{edition}: {one.code} {one.text} ({one.server})"[:500]
                bounce = Suppression(
                    reason=SuppressionReason.BOUNCE, at=desk.now(), source=SOURCE, evidence=evidence
                )  # fmt: skip
                done += desk.store.suppressions.add(owner.key, bounce)
    return Suppressed(done, tuple(sorted(unbelieved.items())))


def lifted_at(desk: Desk, key: str) -> datetime | None:
    """Tell when a mailbox's suppression was lifted last: what is older counts no more."""
    liftings = desk.store.suppressions.liftings(key)
    return liftings[-1].at if liftings else None


def lift(desk: Desk, email: str, *, why: str, by: str, own_words: bool = False) -> Suppression:
    """Take a suppression back and note who did and why, for ever. Gives what was lifted.

    What the person said themselves, a complaint or a request, is lifted only with `own_words`. A consent comes back
    only where an import ended it together with the suppression: to what it was before, or to pending.
    Raises AudienceError when there is nothing to lift, or it must not be.
    """
    address, shelf = read_address(email), desk.store.suppressions
    if not why.strip():
        raise AudienceError("a lifting needs a reason", advice='Say it: --reason "their mailbox works again".')
    with desk.store.transaction():
        known = shelf.get(address.key)
        if known is None:
            raise AudienceError(f"{address.email} is not suppressed")
        said = shelf.own_words(address.key)
        if said is not None and not own_words:
            raise AudienceError(
                f"{address.email} said so themselves ({said.reason.value}, {said.at:%Y-%m-%d}); this is not lifted",
                advice="Only where they now ask for mail again: add --own-words, and say in --reason how they asked.",
            )
        shelf.lift(address.key, at=desk.now(), by=by, why=why.strip())
        _end_what_the_import_did(desk, address.key, known, why.strip())
    return known


def _end_what_the_import_did(desk: Desk, key: str, known: Suppression, why: str) -> None:
    """Let a subscription that the suppressing import ended be as before; pending where nothing was before."""
    people = desk.store.subscribers
    person = people.find(key)
    if person is None or not known.evidence.startswith("line "):
        return
    for subscription in people.subscriptions_of(person.id):
        steps = people.history(subscription.id)
        if subscription.state is Consent.UNSUBSCRIBED and steps[-1].source == known.source:
            before = steps[-2].state if len(steps) > 1 else Consent.PENDING
            step = consent_step(before, "suppression lifted", desk.now(), source="command line", evidence=why)
            people.record(subscription.id, step, desk.now())
