"""The shelf of deliveries: freeze an edition's recipients, hand out the lease, keep the ledger, answer questions."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from broadsheet.errors import DeliveryError, LeaseHeld
from broadsheet.model import Delivery, DeliveryState, Recipient
from broadsheet.store.lease import (
    RESTORED,
    Holder,
    home_of,
    is_alive,
    moment,
    this_process,
    witness,
    witnessed,
)
from broadsheet.store.ledger import UNTRIED, SendingLedger
from broadsheet.store.sendings import IN_DOUBT, Balance, Sending

if TYPE_CHECKING:
    from broadsheet.store import Store

SAME_MAILBOX = "the same mailbox as another subscription"

Exclusion = tuple[int, str, str]
"""Who is left out: the subscription's number, the address, the reason."""


class Deliveries:
    """The ledger's shelf. Reading needs no lease; writing a delivery's state does."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    # --- the frozen audience ---

    def sending(self, edition: str) -> Sending | None:
        """Find what was frozen for an edition."""
        row = self._connection.execute("SELECT * FROM sendings WHERE edition = ?", (edition,)).fetchone()
        return Sending(**{**dict(row), "frozen_at": moment(row["frozen_at"])}) if row else None

    def sendings(self) -> list[Sending]:
        """List every sending, the newest first."""
        rows = self._connection.execute("SELECT edition FROM sendings ORDER BY id DESC").fetchall()
        return [found for row in rows if (found := self.sending(row[0]))]

    def freeze(
        self,
        edition: str,
        publication: str,
        rendering: str,
        domain: str,
        candidates: Iterable[tuple[Recipient, str]],
        now: datetime,
        *,
        segment: str = "",
        lane: Callable[[str], str] = lambda email: "",
        turn: Callable[[Recipient], float] = lambda recipient: 0.0,
    ) -> Sending:
        """Write down who gets an edition and who does not, and why, in one transaction; a second time changes nothing.

        A candidate comes with the reason to leave them out, or ''. One mailbox gets one copy: a second subscription of
        the same mailbox is excluded. The hash covers everybody. `segment` is the expression they were chosen by; `lane`
        names the mailbox provider of an address, and `turn` says when a recipient may be written to (seconds since
        1970), which also orders those whose turn has come.
        """
        with self._store.transaction():
            if found := self.sending(edition):
                return found
            cursor = self._connection.execute(
                "INSERT INTO sendings (edition, publication, rendering, domain, candidates, frozen, excluded,"
                " audience_hash, frozen_at, segment) VALUES (?, ?, ?, ?, 0, 0, 0, '', ?, ?)",
                (edition, publication, rendering, domain, now.timestamp(), segment),
            )
            sending, digest = cursor.lastrowid, hashlib.sha256()
            frozen = excluded = 0
            insert = self._connection.cursor()
            for recipient, reason in candidates:
                if reason:
                    excluded += 1
                    self._exclude(sending, (recipient.id, recipient.email, reason), digest)
                    continue
                insert.execute(
                    "INSERT INTO deliveries (sending, recipient, email, mailbox, person, due_at, lane)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (
                        sending, recipient.id, recipient.email, mailbox(recipient.email), _person(recipient),
                        turn(recipient), lane(recipient.email),
                    ),
                )  # fmt: skip
                if insert.rowcount == 1:
                    frozen += 1
                    digest.update(f"+{recipient.id} {recipient.email}\n".encode())
                else:
                    excluded += 1
                    self._exclude(sending, (recipient.id, recipient.email, SAME_MAILBOX), digest)
            self._connection.execute(
                "UPDATE sendings SET candidates = ?, frozen = ?, excluded = ?, audience_hash = ? WHERE id = ?",
                (frozen + excluded, frozen, excluded, digest.hexdigest(), sending),
            )
        found = self.sending(edition)
        assert found is not None
        return found

    def _exclude(self, sending: int | None, exclusion: Exclusion, digest: hashlib._Hash) -> None:
        self._connection.execute("INSERT INTO exclusions VALUES (?, ?, ?, ?)", (sending, *exclusion))
        digest.update(f"-{exclusion[0]} {exclusion[1]} {exclusion[2]}\n".encode())

    # --- the lease ---

    def acquire(
        self,
        sending: Sending,
        transport: str,
        now: datetime,
        *,
        took: Callable[[str, int], bool | None],
        unwanted: Callable[[Sequence[int]], Mapping[int, str]],
    ) -> SendingLedger:
        """Become the one sender, and settle what a dead one left under way, before anything is sent.

        `took` says of an edition's recipient whether the transport has the message (None: nobody can know); `unwanted`
        says which subscriptions must not be written to any more. Raises LeaseHeld while another sender lives, and
        DeliveryError where the database is a copy or was restored, and nobody has said that it is the one that sends.
        """
        me, home = this_process(), home_of(self._store.path)
        with self._store.transaction():
            row = self._connection.execute("SELECT * FROM lease").fetchone()
            holder, fence = _holder(row), row["fence"] + 1
            if row["held"] and is_alive(holder, moment(row["heartbeat_at"]), now):
                raise LeaseHeld(
                    f"{holder.words} is sending {row['edition']}",
                    advice="Let it finish; or end that process, and this one can go on where it was.",
                )
            self.refuse_where_held()
            self._connection.execute(
                "INSERT OR REPLACE INTO lease VALUES (1, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
                (fence, me.host, me.pid, me.process, transport, sending.edition, now.timestamp(), home),
            )
            self._store.paces.tidy(now)
            self._recover(now, took if transport == row["transport"] else lambda edition, recipient: None)
        witness(self._store.path, fence)
        return SendingLedger(self._store, sending, fence, unwanted)

    def held_because(self) -> str:
        """Say why this database may not be the one that sends (a copy, or a restored one); '' where it may."""
        row = self._connection.execute("SELECT * FROM lease").fetchone()
        if row["home"] == RESTORED:
            return "it was restored from a backup"
        if row["home"] != home_of(self._store.path):
            if row["fence"]:
                return f"it is a copy of the one that {_holder(row).words} sent from"
            return f"it is a copy of one that was made on {row['host']} and may send, too"
        if witnessed(self._store.path) > row["fence"]:
            return "it was restored from before the last sending"
        return ""

    def holder(self, now: datetime) -> Holder | None:
        """Name the living process that sends."""
        row = self._connection.execute("SELECT * FROM lease WHERE held").fetchone()
        if row is None:
            return None
        found = _holder(row)
        return found if is_alive(found, moment(row["heartbeat_at"]), now) else None

    def refuse_where_held(self) -> None:
        """Refuse to send from a copy or a restored database that nobody adopted yet. Raises DeliveryError."""
        if why := self.held_because():
            raise DeliveryError(
                f"{self._store.path} may not be the one that sends: {why}; readers could get an edition twice",
                advice="If it is the one from now on, and no other: `broadsheet settle --adopt`"
                + (", after a look at who waits: `broadsheet deliveries --missing`." if self.sendings() else "."),
            )

    def adopt(self) -> None:
        """Take a person's word that this database is the one that sends."""
        with self._store.transaction():
            self._connection.execute(
                "UPDATE lease SET home = ?, held = 0, fence = max(fence, ?)",
                (home_of(self._store.path), witnessed(self._store.path)),
            )

    def _recover(self, now: datetime, took: Callable[[str, int], bool | None]) -> None:
        """Settle rows found under way: announced ones wait again, handed-over ones are looked for, else in doubt."""
        rows = self._connection.execute(
            "SELECT number, recipient, handed, edition FROM deliveries JOIN sendings ON sendings.id = sending"
            " WHERE state = 'in_flight'"
        ).fetchall()
        for row in rows:
            seen = took(row["edition"], row["recipient"]) if row["handed"] else False
            state = {True: "sent", False: "queued", None: "in_doubt"}[seen]
            words = {
                "sent": "found at its place after a crash",
                "queued": "",
                "in_doubt": IN_DOUBT,
            }[state]
            self._connection.execute(
                "UPDATE deliveries SET state = ?, handed = 0, text = ?, at = ?, due_at = 0 WHERE number = ?",
                (state, words, now.timestamp(), row["number"]),
            )

    # --- questions ---

    def balance(self, edition: str) -> Balance | None:
        """Count an edition's recipients by state."""
        sending = self.sending(edition)
        if sending is None:
            return None
        rows = self._connection.execute(
            "SELECT state, count(*) FROM deliveries WHERE sending = ? GROUP BY state"
            " UNION ALL SELECT state, count FROM delivery_counts WHERE sending = ?",
            (sending.id, sending.id),
        ).fetchall()
        return Balance(
            candidates=sending.candidates,
            frozen=sending.frozen,
            excluded=sending.excluded,
            **dict(map(tuple, rows)),
        )

    def listed(self, edition: str, states: Sequence[DeliveryState] = ()) -> Iterator[Delivery]:
        """List an edition's deliveries in order, of some states or of all; the Message-ID is left to the caller."""
        marks = ", ".join("?" * len(states))
        rows = self._connection.execute(
            "SELECT d.*, s.edition FROM deliveries d JOIN sendings s ON s.id = d.sending WHERE s.edition = ?"
            + (f" AND d.state IN ({marks})" if states else "")
            + " ORDER BY d.number",
            (edition, *states),
        )
        for row in rows:
            yield _delivery(row)

    def waiting(self, edition: str, now: datetime) -> list[tuple[str, datetime, int]]:
        """Count who waits by lane and by the minute of their turn (UTC); those whose turn has come are one count.

        Read from an index alone: a million rows take a fraction of a second.
        """
        at = now.timestamp()
        rows = self._connection.execute(
            "SELECT lane, CASE WHEN due_at <= ? THEN ? ELSE ceil(due_at / 60) * 60 END AS turn, count(*)"
            " FROM deliveries WHERE sending = (SELECT id FROM sendings WHERE edition = ?)"
            " AND state IN ('queued', 'deferred') GROUP BY lane, turn",
            (at, at, edition),
        )
        return [(row[0], moment(row[1]), row[2]) for row in rows]

    def excluded(self, edition: str) -> Iterator[Exclusion]:
        """List who was left out of an edition, and why."""
        for row in self._connection.execute(
            "SELECT recipient, email, reason FROM exclusions JOIN sendings ON sendings.id = sending WHERE edition = ?"
            " ORDER BY recipient",
            (edition,),
        ):
            yield row[0], row[1], row[2]

    def count_because(self, edition: str, state: DeliveryState, because: str) -> int:
        """Count an edition's deliveries in a state whose text begins so."""
        row = self._connection.execute(
            "SELECT count(*) FROM deliveries WHERE sending = (SELECT id FROM sendings WHERE edition = ?)"
            " AND state = ? AND substr(text, 1, ?) = ?",
            (edition, state, len(because), because),
        ).fetchone()
        return int(row[0])

    def count_untried(self, edition: str, before: datetime) -> int:
        """Count those who wait, were never tried, and whose turn was before a moment."""
        row = self._connection.execute(
            "SELECT count(*) FROM deliveries WHERE sending = (SELECT id FROM sendings WHERE edition = ?)"
            f" AND {UNTRIED}",
            (edition, before.timestamp()),
        ).fetchone()
        return int(row[0])

    # --- a person's word ---

    def settle(
        self,
        edition: str,
        became: DeliveryState,
        now: datetime,
        *,
        decided_by: str,
        from_states: Sequence[DeliveryState],
        emails: Sequence[str] | None = None,
        because: str = "",
    ) -> int:
        """Write a person's decision about deliveries, and who decided; gives how many it was about.

        `because` narrows it to those whose text begins so.
        """
        marks = ", ".join("?" * len(from_states))
        count = 0
        with self._store.transaction():
            rows = self._connection.execute(
                f"SELECT number, mailbox, state FROM deliveries JOIN sendings ON sendings.id = sending"
                f" WHERE edition = ? AND state IN ({marks}) AND substr(text, 1, ?) = ?",
                (edition, *from_states, len(because), because),
            ).fetchall()
            wanted = None if emails is None else {mailbox(email) for email in emails}
            for number, box, was in rows:
                if wanted is not None and box not in wanted:
                    continue
                count += 1
                self._connection.execute(
                    "UPDATE deliveries SET state = ?1, due_at = 0, at = ?2,"
                    " person = CASE WHEN ?1 = 'sent' THEN NULL ELSE person END WHERE number = ?3",
                    (became, now.timestamp(), number),
                )
                self._connection.execute(
                    "INSERT INTO settlements (delivery, was, became, decided_by, at) VALUES (?, ?, ?, ?, ?)",
                    (number, was, became, decided_by, now.timestamp()),
                )
        return count

    def forget(self, recipients: Sequence[int]) -> int:
        """Take out of the ledger who these recipients were; the counts stay. Gives the rows. For an erasure."""
        changed = 0
        for recipient in recipients:
            changed += self._connection.execute(
                "UPDATE deliveries SET email = '', mailbox = 'erased ' || recipient, person = NULL, text = ''"
                " WHERE recipient = ?",
                (recipient,),
            ).rowcount
            changed += self._connection.execute(
                "UPDATE exclusions SET email = '' WHERE recipient = ?", (recipient,)
            ).rowcount
        return changed

    def set_halt(self, edition: str, halt: str) -> None:
        """Tell whoever sends an edition to pause ('paused'), to stop for good ('cancelled') or to go on ('')."""
        with self._store.transaction():
            self._connection.execute("UPDATE sendings SET halt = ? WHERE edition = ?", (halt, edition))


def _holder(row: sqlite3.Row) -> Holder:
    return Holder(row["host"], row["pid"], row["process"])


def mailbox(email: str) -> str:
    """Fold an address to the mailbox it most likely is: case is never told apart in practice."""
    return email.casefold()


def _person(recipient: Recipient) -> str | None:
    """Write what composing needs beside the address; most rows need nothing."""
    known = {
        "first_name": recipient.first_name,
        "last_name": recipient.last_name,
        "language": recipient.language,
        "timezone": recipient.timezone,
        "sections": list(recipient.sections),
        "attributes": dict(recipient.attributes),
    }
    known = {key: value for key, value in known.items() if value}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")) if known else None


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        edition=row["edition"],
        recipient=row["recipient"],
        email=row["email"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        code=row["code"],
        enhanced_code=row["enhanced_code"],
        text=row["text"],
        server=row["server"],
        at=moment(row["at"]) if row["at"] is not None else None,
    )
