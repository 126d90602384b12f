"""Suppress addresses that a relay refused for good as no mailbox."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from broadsheet.desk.opening import Desk
from broadsheet.model import SuppressionReason

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
            if is_dead([True, *shelf.before(edition, one.mailbox, after - 1)], after):
                evidence = f"{edition}: {one.code} {one.text} ({one.server})"[:500]
                bounce = Suppression(
                    reason=SuppressionReason.BOUNCE, at=desk.now(), source=SOURCE, evidence=evidence
                )  # fmt: skip
                done += desk.store.suppressions.add(owner.key, bounce)
    return Suppressed(done, tuple(sorted(unbelieved.items())))
