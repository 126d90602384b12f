"""Subscribers and their subscriptions: who they are, what they agreed to, and who an edition may go to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from broadsheet.model import NOTHING, Consent, Recipient
from broadsheet.store.suppressions import Suppressions

WEEKLY_ON = 5  # Saturday: the edition that readers get who want one a week
PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStep:
    """One line of the proof of consent: what it became, on what basis, when, where, under which wording."""

    state: Consent
    basis: str
    at: datetime
    source: str = ""
    wording: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a subscriber agreed to for one publication, and how they want it."""

    id: int
    publication: str
    state: Consent
    at: datetime
    joined_on: date | None = None
    sections: tuple[str, ...] = ()
    cadence: str = "daily"
    paused_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person, once: `key` is the same however the mailbox is spelt."""

    id: int
    key: str
    email: str
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    timezone: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: NOTHING)


class Subscribers:
    """The shelf of subscribers. Writing methods are called inside `Store.transaction`."""

    def __init__(self, connection: sqlite3.Connection, suppressions: Suppressions) -> None:
        self._connection = connection
        self._suppressions = suppressions

    # --- who an edition may go to ---

    def candidates(self, publication: str, on: date) -> Iterator[tuple[Recipient, str]]:
        """Yield every subscription of a publication with the reason it is left out of the edition of a day, or ''.

        Ordered by number and read page by page: memory is flat, and the reader may write in between. A suppression
        beats every consent.
        """
        return ((_recipient(row), reason) for row, reason in self._candidates(publication, on))

    def _candidates(self, publication: str, on: date) -> Iterator[tuple[sqlite3.Row, str]]:
        last = 0
        suppressed = (
            "(SELECT x.reason FROM suppressions x WHERE x.hash = suppression_hash(s.key))"
            if self._suppressions.any()
            else "NULL"
        )
        query = (
            "SELECT b.id, s.email, s.first_name, s.last_name, s.language, s.timezone, s.attributes, b.state,"
            f" b.sections, b.cadence, b.paused_until, b.joined_at, {suppressed}, b.at"
            " FROM subscriptions b JOIN subscribers s ON s.id = b.subscriber"
            " WHERE b.publication = ? AND b.id > ? ORDER BY b.id LIMIT ?"
        )
        while page := self._connection.execute(query, (publication, last, PAGE)).fetchall():
            for row in page:
                yield row, _reason(row[7], row[9], row[10], row[12], on)
            last = page[-1][0]

    def recipients(self, publication: str, on: date) -> Iterator[Recipient]:
        """Yield those an edition of a day goes to."""
        return (recipient for recipient, reason in self.candidates(publication, on) if not reason)

    def is_still_wanted(self, ids: Iterable[int], on: date) -> dict[int, str]:
        """Look again, just before an attempt: give the reason for each subscription that must be left out by now."""
        reasons: dict[int, str] = {}
        numbers = list(ids)
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500]
            rows = self._connection.execute(
                "SELECT b.id, b.state, b.cadence, b.paused_until,"
                " (SELECT x.reason FROM suppressions x WHERE x.hash = suppression_hash(s.key))"
                " FROM subscriptions b JOIN subscribers s ON s.id = b.subscriber"
                f" WHERE b.id IN ({','.join('?' * len(some))})",
                some,
            ).fetchall()
            found = {row[0]: _reason(row[1], row[2], row[3], row[4], on) for row in rows}
            reasons |= {number: reason for number in some if (reason := found.get(number, "erased"))}
        return reasons

    # --- consent ---

    def add(self, subscriber: Subscriber, publication: str, step: ConsentStep, recorded_at: datetime) -> int:
        """Record a person's consent to a publication; the person is made if new. Gives the subscription's number."""
        row = self._connection.execute("SELECT id FROM subscribers WHERE key = ?", (subscriber.key,)).fetchone()
        if row is None:
            number = self._connection.execute(
                "INSERT INTO subscribers (key, email, first_name, last_name, language, timezone, attributes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (
                    subscriber.key, subscriber.email, subscriber.first_name, subscriber.last_name,
                    subscriber.language, subscriber.timezone, _json(subscriber.attributes),
                ),
            ).fetchone()[0]  # fmt: skip
        else:
            number = row[0]
        found = self._connection.execute(
            "SELECT id FROM subscriptions WHERE subscriber = ? AND publication = ?", (number, publication)
        ).fetchone()
        if found is None:
            found = self._connection.execute(
                "INSERT INTO subscriptions (subscriber, publication, state, at, joined_at) VALUES (?, ?, ?, ?, ?)"
                " RETURNING id",
                (number, publication, step.state.value, _text(step.at), _text(step.at)),
            ).fetchone()
        self.record(found[0], step, recorded_at)
        return int(found[0])

    def record(self, subscription: int, step: ConsentStep, recorded_at: datetime) -> None:
        """Let a subscription's consent become something else, and append that to its history."""
        self._connection.execute(
            "UPDATE subscriptions SET state = ?, at = ? WHERE id = ?",
            (step.state.value, _text(step.at), subscription),
        )
        self._connection.execute(
            "INSERT INTO consent_history (subscription, step, state, basis, at, recorded_at, source, wording, evidence)"
            " SELECT ?, coalesce(max(step), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM consent_history WHERE subscription = ?",
            (
                subscription, step.state.value, step.basis, _text(step.at), _text(recorded_at),
                step.source, step.wording, step.evidence, subscription,
            ),
        )  # fmt: skip

    def history(self, subscription: int) -> list[ConsentStep]:
        """List what became of a subscription's consent, oldest first."""
        rows = self._connection.execute(
            "SELECT state, basis, at, source, wording, evidence FROM consent_history WHERE subscription = ?"
            " ORDER BY step",
            (subscription,),
        )
        return [
            ConsentStep(
                state=Consent(row[0]), basis=row[1], at=_time(row[2]), source=row[3], wording=row[4], evidence=row[5]
            )
            for row in rows
        ]

    def choose(
        self, subscription: int, *, sections: Sequence[str], cadence: str, paused_until: date | None, language: str
    ) -> None:
        """Keep how a reader wants a publication: its sections (none means all), the cadence, a pause, the language."""
        self._connection.execute(
            "UPDATE subscriptions SET sections = ?, cadence = ?, paused_until = ? WHERE id = ?",
            ("\n".join(sections), cadence, paused_until.isoformat() if paused_until else "", subscription),
        )
        self._connection.execute(
            "UPDATE subscribers SET language = ? WHERE id = (SELECT subscriber FROM subscriptions WHERE id = ?)",
            (language, subscription),
        )

    # --- people ---

    def find(self, key: str) -> Subscriber | None:
        """Find a person by the mailbox's key."""
        return self._one("WHERE s.key = ?", key)

    def owner(self, subscription: int) -> Subscriber | None:
        """Find whose subscription it is."""
        return self._one("JOIN subscriptions b ON b.subscriber = s.id WHERE b.id = ?", subscription)

    def _one(self, clause: str, value: object) -> Subscriber | None:
        row = self._connection.execute(
            "SELECT s.id, s.key, s.email, s.first_name, s.last_name, s.language, s.timezone, s.attributes"
            f" FROM subscribers s {clause}",
            (value,),
        ).fetchone()
        if row is None:
            return None
        return Subscriber(
            id=row[0], key=row[1], email=row[2], first_name=row[3], last_name=row[4],
            language=row[5], timezone=row[6], attributes=json.loads(row[7]),
        )  # fmt: skip

    def subscription(self, number: int) -> Subscription | None:
        """Find a subscription by its number."""
        found = self._subscriptions("id = ?", number)
        return found[0] if found else None

    def subscriptions_of(self, subscriber: int) -> list[Subscription]:
        """List a person's subscriptions."""
        return self._subscriptions("subscriber = ?", subscriber)

    def _subscriptions(self, clause: str, value: int) -> list[Subscription]:
        rows = self._connection.execute(
            "SELECT id, publication, state, at, joined_at, sections, cadence, paused_until FROM subscriptions"
            f" WHERE {clause} ORDER BY id",
            (value,),
        ).fetchall()
        return [
            Subscription(
                id=row[0], publication=row[1], state=Consent(row[2]), at=_time(row[3]), joined_on=_day(row[4]),
                sections=_split(row[5]), cadence=row[6], paused_until=_day(row[7]),
            )
            for row in rows
        ]  # fmt: skip

    def everyone(self, publication: str, on: date) -> Iterator[tuple[Recipient, str, str]]:
        """Yield every subscription of a publication with its state and the reason it is left out of a day, or ''."""
        for row, reason in self._candidates(publication, on):
            yield _recipient(row), row[7], reason

    def attribute_names(self) -> list[str]:
        """List the names of the attributes that subscribers have."""
        rows = self._connection.execute(
            "SELECT DISTINCT a.key FROM subscribers s, json_each(s.attributes) a WHERE s.attributes <> '{}' ORDER BY 1"
        )
        return [row[0] for row in rows]

    def has_attribute(self, name: str) -> bool:
        """Tell whether any subscriber has an attribute of this name."""
        found = self._connection.execute(
            "SELECT 1 FROM subscribers WHERE json_type(attributes, '$.\"' || ? || '\"') IS NOT NULL LIMIT 1", (name,)
        )
        return found.fetchone() is not None

    def count(self, publication: str) -> dict[str, int]:
        """Count a publication's subscriptions by state."""
        rows = self._connection.execute(
            "SELECT state, count(*) FROM subscriptions WHERE publication = ? GROUP BY state", (publication,)
        ).fetchall()
        return {state.value: dict(rows).get(state.value, 0) for state in Consent}

    def note_soft_bounce(self, subscriber: int, day: date, reason: str) -> list[date]:
        """Remember that mail did not get through on a day. Gives all such days."""
        self._connection.execute(
            "INSERT INTO soft_bounces (subscriber, day, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (subscriber, day.isoformat(), reason),
        )
        rows = self._connection.execute("SELECT day FROM soft_bounces WHERE subscriber = ? ORDER BY day", (subscriber,))
        return [date.fromisoformat(row[0]) for row in rows]

    def erase(self, key: str) -> dict[str, int]:
        """Remove a person and everything about them. Gives how many rows of each kind are gone."""
        row = self._connection.execute("SELECT id FROM subscribers WHERE key = ?", (key,)).fetchone()
        gone = {"subscribers": 0, "subscriptions": 0, "consent_history": 0}
        if row is None:
            return gone
        numbers = "(SELECT id FROM subscriptions WHERE subscriber = ?)"
        gone["consent_history"] = self._connection.execute(
            f"SELECT count(*) FROM consent_history WHERE subscription IN {numbers}", (row[0],)
        ).fetchone()[0]
        gone["subscriptions"] = self._connection.execute(
            "SELECT count(*) FROM subscriptions WHERE subscriber = ?", (row[0],)
        ).fetchone()[0]
        gone["subscribers"] = self._connection.execute("DELETE FROM subscribers WHERE id = ?", (row[0],)).rowcount
        return gone


def _recipient(row: sqlite3.Row) -> Recipient:
    attributes = row[6]
    return Recipient(
        id=int(row[0]),
        email=row[1],
        first_name=row[2],
        last_name=row[3],
        language=row[4],
        timezone=row[5],
        sections=_split(row[8]),
        attributes=NOTHING if attributes == "{}" else json.loads(attributes),
        joined_on=_day(row[11]),
        confirmed_on=_day(row[13]) if row[7] == Consent.CONFIRMED.value else None,
    )


def _reason(state: str, cadence: str, paused_until: str, suppressed: str | None, on: date) -> str:
    if suppressed:
        return f"suppressed: {suppressed}"
    if state == Consent.UNSUBSCRIBED.value:
        return "unsubscribed"
    if state == Consent.PENDING.value:
        return "not confirmed"
    if paused_until and on.isoformat() < paused_until:
        return "paused"
    if cadence == "weekly" and on.weekday() != WEEKLY_ON:
        return "weekly, on another day"
    return ""


def _json(attributes: Mapping[str, str]) -> str:
    return json.dumps(dict(attributes), ensure_ascii=False, separators=(",", ":"))


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
