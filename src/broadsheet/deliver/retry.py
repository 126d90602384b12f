"""When a delivery is tried again: values in, values out; time and chance are arguments.

A digest is old news tomorrow: a delivery that was put off for longer than `GIVE_UP_AFTER` is failed. Waiting doubles
with each attempt and is spread by full jitter, but never shorter than half of it; the time is written into the ledger,
so a restart changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadsheet.deliver.replies import Kind, Reply, kind_of, names_no_mailbox
from broadsheet.model import DeliveryState, Outcome

GIVE_UP_AFTER = timedelta(hours=24)
LONGEST = timedelta(hours=4)
MOST_ATTEMPTS = 30

_FIRST = {
    Kind.LOST: timedelta(seconds=2),
    Kind.RELAY_BUSY: timedelta(seconds=2),
    Kind.GREYLISTED: timedelta(minutes=6),
    Kind.THROTTLED: timedelta(minutes=1),  # its lane is slowed down besides
    Kind.LATER: timedelta(minutes=15),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What to write into the ledger for one reply, and what it means for the run."""

    outcome: Outcome
    kind: Kind
    due_at: datetime | None = None


def decide(reply: Reply, *, attempts: int, waiting_since: datetime, now: datetime, chance: float) -> Decision:
    """Turn a reply into the delivery's next state.

    `attempts` counts this one; `waiting_since` is when the edition was frozen; `chance` is a number from 0 to 1.
    """
    kind = kind_of(reply)
    state, due_at = _STATES[kind], None
    if state is DeliveryState.DEFERRED:
        due_at = now + delay(kind, attempts, chance)
        if (attempts >= MOST_ATTEMPTS and kind is not Kind.RELAY_BUSY) or due_at - waiting_since > GIVE_UP_AFTER:
            state, due_at = DeliveryState.FAILED, None
    outcome = Outcome(
        state=state,
        code=reply.code,
        enhanced_code=reply.enhanced_code,
        text=reply.text[:500],
        server=reply.server,
        no_mailbox=state is DeliveryState.FAILED and names_no_mailbox(reply),
    )
    return Decision(outcome=outcome, kind=kind, due_at=due_at)


def delay(kind: Kind, attempts: int, chance: float) -> timedelta:
    """Say how long to wait after the n-th attempt."""
    longest = _FIRST[kind] * int(2 ** min(max(attempts - 1, 0), 12))
    return min(longest, LONGEST) * (0.5 + chance / 2)


_STATES = {
    Kind.ACCEPTED: DeliveryState.SENT,
    Kind.REFUSED: DeliveryState.FAILED,
    Kind.BLOCKED: DeliveryState.FAILED,
    Kind.NO_RELAY: DeliveryState.FAILED,
    Kind.LATER: DeliveryState.DEFERRED,
    Kind.GREYLISTED: DeliveryState.DEFERRED,
    Kind.THROTTLED: DeliveryState.DEFERRED,
    Kind.LOST: DeliveryState.DEFERRED,
    Kind.RELAY_BUSY: DeliveryState.DEFERRED,
    Kind.OURS: DeliveryState.QUEUED,
    Kind.DOUBT: DeliveryState.IN_DOUBT,
}
