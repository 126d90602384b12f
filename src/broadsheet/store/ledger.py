"""The ledger of one sending, under a lease: every commit proves that the lease is still ours."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from broadsheet.errors import LeaseHeld, StoreBusy, StoreError
from broadsheet.model import NOTHING, Attempt, DeliveryState, Recipient, Settlement, Throttle
from broadsheet.store.lease import moment
from broadsheet.store.sendings import IN_DOUBT

if TYPE_CHECKING:
    from broadsheet.store import Store
    from broadsheet.store.sendings import Sending

HEARTBEAT_SECONDS = 5.0
FARTHEST_SECONDS = 8 * 86400.0  # no policy puts a delivery off for longer
PERSIST_SECONDS = 300.0  # how long a commit is tried again while the database is locked or the disk is full

UNTRIED = "state IN ('queued', 'deferred') AND attempts = 0 AND due_at > 0 AND due_at < ?"

# Every change of state that a sender may make, each with the state that it must begin in.
_CLAIM = (
    "UPDATE deliveries SET state = 'in_flight', attempts = attempts + 1, at = ?, server = ?"
    " WHERE number = ? AND sending = ? AND state IN ('queued', 'deferred')"
)
_SKIP = (
    "UPDATE deliveries SET state = 'skipped', text = ?, at = ?"
    " WHERE number = ? AND sending = ? AND state IN ('queued', 'deferred')"
)
_HAND = "UPDATE deliveries SET handed = 1 WHERE number = ? AND sending = ? AND state = 'in_flight' AND handed = 0"
# What was never handed over can be neither sent nor in doubt. A failed one waits again when so many others failed that
# the fault is not theirs; a person may have said the same meanwhile.
_SETTLE = (
    "UPDATE deliveries SET state = ?1, handed = 0, code = ?2, enhanced_code = ?3, text = ?4, server = ?5,"
    " no_mailbox = ?6, due_at = ?7, at = ?8, person = CASE WHEN ?1 = 'sent' THEN NULL ELSE person END"
    " WHERE number = ?9 AND sending = ?10"
    " AND ((state = 'in_flight' AND (handed OR ?1 NOT IN ('sent', 'in_doubt')))"
    " OR (?1 = 'queued' AND state IN ('failed', 'queued')))"
)


class SendingLedger:
    """Fits the protocol of the deliver room. Used by one thread."""

    def __init__(
        self,
        store: Store,
        sending: Sending,
        fence: int,
        unwanted: Callable[[Sequence[int]], Mapping[int, str]],
        *,
        persist: float = PERSIST_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store, self._connection = store, store.connection
        self._sending, self._fence, self._unwanted = sending, fence, unwanted
        self._persist, self._sleep = persist, sleep
        self._recipients: dict[int, int] = {}  # number -> subscription, of what was read ahead
        self._unchecked: list[int] = []  # subscriptions among them that were never asked about
        self._gone: Mapping[int, str] = NOTHING  # subscription -> why it must be left out, as of `_version`
        self._version = -1
        self._heartbeat_at = 0.0
        self.halt = sending.halt

    def lanes(self) -> list[str]:
        """Name the lanes in which something waits: one seek each, however many rows there are."""
        found: list[str] = []
        row = self._connection.execute(
            "SELECT lane FROM deliveries WHERE sending = ? AND state IN ('queued', 'deferred') ORDER BY lane LIMIT 1",
            (self._sending.id,),
        ).fetchone()
        while row is not None:
            found.append(row[0])
            row = self._connection.execute(
                "SELECT lane FROM deliveries WHERE sending = ? AND state IN ('queued', 'deferred') AND lane > ?"
                " ORDER BY lane LIMIT 1",
                (self._sending.id, row[0]),
            ).fetchone()
        return found

    def due(self, now: datetime, limit: int, besides: Collection[int] = (), *, lane: str = "") -> list[Attempt]:
        """Read what may be tried now. A due time too far away means that the clock was set back: it counts as now."""
        at = now.timestamp()
        rows: list[sqlite3.Row] = []
        for bound, moment_at in (("<=", at), (">", at + FARTHEST_SECONDS)):
            if len(rows) < limit + len(besides):
                rows += self._connection.execute(
                    "SELECT number, recipient, email, person, attempts, due_at FROM deliveries"
                    f" WHERE sending = ? AND lane = ? AND state IN ('queued', 'deferred') AND due_at {bound} ?"
                    " ORDER BY due_at, number LIMIT ?",
                    (self._sending.id, lane, moment_at, limit + len(besides)),
                ).fetchall()
        attempts = [
            Attempt(row[0], _recipient(row[1], row[2], row[3]), row[4], lane, row[5])
            for row in rows
            if row[0] not in besides
        ]
        found = {attempt.number: attempt.recipient.id for attempt in attempts}
        self._recipients |= found
        self._unchecked += found.values()
        return attempts

    def next_due_at(self, after: datetime | None = None) -> datetime | None:
        """Say when the earliest delivery that waits, or waits for later than a moment, may be tried."""
        since = after.timestamp() if after else -1.0
        times = [
            self._connection.execute(
                "SELECT min(due_at) FROM deliveries WHERE sending = ? AND lane = ? AND state IN ('queued', 'deferred')"
                " AND due_at > ?",
                (self._sending.id, lane, since),
            ).fetchone()[0]
            for lane in self.lanes()
        ]
        found = min((time for time in times if time is not None), default=None)
        return moment(found) if found is not None else None

    def commit(
        self,
        now: datetime,
        *,
        settled: Sequence[Settlement] = (),
        handing: Sequence[int] = (),
        claimed: Sequence[int] = (),
        by: Mapping[int, str] = NOTHING,
        moved: Mapping[int, str] = NOTHING,
        attempted: Mapping[str, int] = NOTHING,
        throttled: Mapping[str, Throttle] = NOTHING,
        speeds: Mapping[str, float] = NOTHING,
    ) -> Mapping[int, str]:
        """Write all of it at one stroke. A locked database or a full disk is waited for: answers must not be lost.

        Raises LeaseHeld when another sender has taken over, StoreError when waiting did not help.
        """
        until = time.monotonic() + self._persist
        while True:
            try:
                return self._commit(now, settled, handing, claimed, by, moved, attempted, throttled, speeds)
            except StoreBusy:
                if time.monotonic() > until:
                    raise
            except StoreError as error:
                if "disk is full" not in error.message or time.monotonic() > until:
                    raise
            self._sleep(0.5)

    def _commit(
        self,
        now: datetime,
        settled: Sequence[Settlement],
        handing: Sequence[int],
        claimed: Sequence[int],
        by: Mapping[int, str],
        moved: Mapping[int, str],
        attempted: Mapping[str, int],
        throttled: Mapping[str, Throttle],
        speeds: Mapping[str, float],
    ) -> Mapping[int, str]:
        at = now.timestamp()
        if (
            not (settled or handing or claimed or moved or attempted or throttled or speeds)
            and abs(at - self._heartbeat_at) < HEARTBEAT_SECONDS
        ):
            self._look()
            return {}
        with self._store.transaction():
            self._look()
            unwanted = self._no_longer_wanted(claimed) if claimed else {}
            self._change(_SETTLE, [_row(settlement, at, self._sending.id) for settlement in settled])
            self._change(_HAND, [(number, self._sending.id) for number in handing])
            wanted = [number for number in claimed if number not in unwanted]
            self._change(_CLAIM, [(at, by.get(number, ""), number, self._sending.id) for number in wanted])
            self._change(_SKIP, [(reason, at, number, self._sending.id) for number, reason in unwanted.items()])
            if moved:
                self._connection.executemany(
                    "UPDATE deliveries SET lane = ? WHERE number = ?",
                    [(lane, number) for number, lane in moved.items()],
                )
            if attempted:
                self._store.paces.count(now, attempted)
            if throttled:
                self._store.paces.slow_down(throttled)
            if speeds:
                self._store.paces.note_speed(now, speeds)
            if abs(at - self._heartbeat_at) >= HEARTBEAT_SECONDS:
                self._connection.execute("UPDATE lease SET heartbeat_at = ?", (at,))
        if abs(at - self._heartbeat_at) >= HEARTBEAT_SECONDS:
            self._heartbeat_at = at
        for number in claimed:
            self._recipients.pop(number, None)
        return unwanted

    def _change(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Change as many deliveries as there are rows; where one is not in the state that it must be in, none is."""
        if rows and self._connection.executemany(statement, rows).rowcount != len(rows):
            raise RuntimeError(f"a delivery is not in the state that it must be in, and nothing was written: {rows}")

    def _look(self) -> None:
        """Prove that the lease is ours, and hear what a person said meanwhile."""
        row = self._connection.execute(
            "SELECT (SELECT fence FROM lease), (SELECT halt FROM sendings WHERE id = ?)", (self._sending.id,)
        ).fetchone()
        if row[0] != self._fence:
            raise LeaseHeld(
                "another sender has taken over; this one stops",
                advice="Nothing is lost: what it had under way is in doubt and listed by `broadsheet deliveries`.",
            )
        self.halt = row[1] or ""

    def _no_longer_wanted(self, claimed: Sequence[int]) -> dict[int, str]:
        """Ask who has left since the freeze: of what was just read, and of all once somebody else has written."""
        version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        if self._version != version:
            self._version, self._gone = version, self._unwanted(list(self._recipients.values()))
        elif self._unchecked:
            self._gone = {**self._gone, **self._unwanted(self._unchecked)}
        self._unchecked = []
        if not self._gone:
            return {}
        return {
            number: self._gone[recipient]
            for number in claimed
            if (recipient := self._recipients.get(number)) is not None and recipient in self._gone
        }

    def hold_late(self, now: datetime, before: datetime, reason: str) -> int:
        """Skip whatever was never tried though its turn was before a moment. Gives how many.

        Those who were put back into the queue have no turn any more: they are not skipped.
        """
        with self._store.transaction():
            self._look()
            return self._connection.execute(
                f"UPDATE deliveries SET state = 'skipped', text = ?, at = ? WHERE sending = ? AND {UNTRIED}",
                (reason, now.timestamp(), self._sending.id, before.timestamp()),
            ).rowcount

    def cancel_waiting(self, now: datetime, reason: str) -> int:
        """Skip whatever still waits."""
        with self._store.transaction():
            self._look()
            return self._connection.execute(
                "UPDATE deliveries SET state = 'skipped', text = ?, at = ?"
                " WHERE sending = ? AND state IN ('queued', 'deferred')",
                (reason, now.timestamp(), self._sending.id),
            ).rowcount

    def release(self) -> None:
        """Give the lease back, and put back what was announced and never handed over."""
        with self._store.transaction():
            self._look()
            self._connection.execute(
                "UPDATE deliveries SET state = CASE handed WHEN 1 THEN 'in_doubt' ELSE 'queued' END, handed = 0,"
                " due_at = 0, text = CASE handed WHEN 1 THEN ? ELSE text END"
                " WHERE sending = ? AND state = 'in_flight'",
                (IN_DOUBT, self._sending.id),
            )
            self._connection.execute("UPDATE lease SET held = 0")


def _row(settlement: Settlement, at: float, sending: int) -> tuple[object, ...]:
    outcome = settlement.outcome
    due = settlement.due_at.timestamp() if settlement.due_at else 0.0
    waits = outcome.state in (DeliveryState.QUEUED, DeliveryState.DEFERRED)
    return (
        outcome.state.value,
        outcome.code,
        outcome.enhanced_code,
        outcome.text,
        outcome.server,
        outcome.no_mailbox,
        due if waits else 0.0,
        at,
        settlement.number,
        sending,
    )


def _recipient(number: int, email: str, person: str | None) -> Recipient:
    if person is None:
        return Recipient(id=number, email=email)
    known = json.loads(person)
    known["sections"] = tuple(known.get("sections", ()))
    return Recipient(id=number, email=email, **known)
