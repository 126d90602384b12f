"""Bring a whole list in: staged beside the database, compared with it, then kept in one transaction or not at all.

Rows are staged in a database of their own (a nameless file that vanishes; no lock, flat memory), and everything after
that is set-based SQL. A new person's number, and that of their subscription, is ``base + line``: one import owns one
range of numbers, which is what an undo needs and what spares a look-up a row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from broadsheet.store.retractions import retract
from broadsheet.store.schema.audience import MAILBOXES_ARE_UNIQUE
from broadsheet.store.suppressions import Suppressions

# Standings as the audience room numbers them, from welcome to never.
ACTIVE, PENDING, UNSUBSCRIBED, BOUNCED, COMPLAINED = range(5)
CACHE_KIB, STAGING_CACHE_KIB = 24 * 1024, 8 * 1024

# line, standing, mark, joined ('' if unknown), key, email, first and last name, language, timezone, attributes (JSON);
# the mark is the same for the same key, and its complement (below nought) where an earlier row had it
StagedRow = tuple[int, int, int, str, str, str, str, str, str, str, str]

# Nothing here outlives the connection, so it needs no journal and no waiting for the disk. Short columns stand first:
# most statements read no others. Nor has staging types: it gives back what it was given, and nothing is converted.
_STAGING = """
ATTACH DATABASE '' AS beside;
PRAGMA beside.page_size = 16384;
PRAGMA beside.journal_mode = OFF;
PRAGMA beside.synchronous = OFF;
CREATE TABLE beside.staging (
    line INTEGER PRIMARY KEY, standing, mark, joined, key, email, first_name, last_name, language, timezone, attributes
);
CREATE TABLE beside.matched (
    line INTEGER PRIMARY KEY, subscriber INTEGER, subscription INTEGER, verdict INTEGER, state TEXT
);
CREATE TABLE beside.suppressed (line INTEGER PRIMARY KEY);
CREATE TABLE beside.suspects (mark INTEGER PRIMARY KEY);
CREATE TABLE beside.doubles (line INTEGER PRIMARY KEY, first INTEGER);
"""
# Verdicts on a row whose person is known.
UNCHANGED, CHANGED, WOULD_REVIVE, FURTHER = range(4)

_STATES = f"CASE standing WHEN {ACTIVE} THEN 'imported' WHEN {PENDING} THEN 'pending' ELSE 'unsubscribed' END"
_AT = f"CASE WHEN joined <> '' AND standing = {ACTIVE} THEN joined ELSE ?3 END"
_JOINED = "CASE WHEN joined <> '' THEN joined ELSE ?3 END"


@dataclass(slots=True, kw_only=True)
class Difference:
    """What an import does, or would do: rows = new + changed + unchanged + duplicates + suppressed + would_revive.

    `active` counts, among the new rows, those that may be written to; the others are `pending`, `unsubscribed`,
    `bounced` or `complained`. `ended` counts, among the changed, those whose subscription ends.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    suppressed: int = 0
    would_revive: int = 0
    active: int = 0
    pending: int = 0
    unsubscribed: int = 0
    bounced: int = 0
    complained: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """An import that was made: its number, what and when, and its counts."""

    id: int
    publication: str
    file: str
    at: datetime
    counts: dict[str, int]
    undone: bool


class Imports:
    """The shelf of imports. `stage`, then `compare`, then `keep` inside `Store.transaction`; `clear` at the end."""

    def __init__(self, connection: sqlite3.Connection, suppressions: Suppressions) -> None:
        self._connection = connection
        self._suppressions = suppressions

    def stage(self, rows: Iterable[StagedRow]) -> int:
        """Put rows beside the database; nothing in it is touched or locked. Gives how many there are."""
        self.clear()
        execute = self._connection.execute
        for statement in _STAGING.split(";\n"):
            execute(statement)
        execute(f"PRAGMA main.cache_size = -{CACHE_KIB}")
        execute(f"PRAGMA beside.cache_size = -{STAGING_CACHE_KIB}")
        execute("BEGIN")
        try:
            self._connection.executemany("INSERT INTO staging VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        except BaseException:
            if self._connection.in_transaction:  # SQLite ends it itself when the disk is full
                execute("ROLLBACK")
            raise
        execute("COMMIT")
        staged = int(execute("SELECT count(*) FROM staging").fetchone()[0])
        self._fold_doubles()
        return staged

    def _fold_doubles(self) -> None:
        """Let the first row of a mailbox stand for all; of what they say about consent the most restrictive holds.

        Only rows whose mark came up twice are sorted by key: few of a list, where no two are the same.
        """
        execute = self._connection.execute
        execute("INSERT INTO suspects SELECT DISTINCT ~mark FROM staging WHERE mark < 0")
        execute(
            "INSERT INTO doubles (line, first) SELECT line, first FROM"
            " (SELECT st.line, min(st.line) OVER (PARTITION BY st.key) AS first FROM staging st"
            " CROSS JOIN suspects x ON x.mark = max(st.mark, ~st.mark)) WHERE line <> first"
        )
        execute(
            "UPDATE staging SET standing = d.worst FROM (SELECT d.first, max(o.standing) AS worst FROM doubles d"
            " JOIN staging o USING (line) GROUP BY d.first) d WHERE staging.line = d.first"
            " AND d.worst > staging.standing"
        )
        execute("DELETE FROM staging WHERE line IN (SELECT line FROM doubles)")

    def compare(self, publication: str) -> Difference:
        """Hold what was staged against the database and count. Nothing in the database changes."""
        execute = self._connection.execute
        execute("DELETE FROM matched")
        execute("DELETE FROM suppressed")
        any_suppressed = self._suppressions.any()
        if any_suppressed:
            execute(
                "INSERT INTO suppressed SELECT line FROM staging st WHERE EXISTS"
                " (SELECT 1 FROM suppressions x WHERE x.hash = suppression_hash(st.key))"
            )
        if execute("SELECT 1 FROM subscribers LIMIT 1").fetchone():
            execute(
                "INSERT INTO matched SELECT st.line, s.id, b.id, CASE"
                f" WHEN b.id IS NULL THEN {FURTHER}"
                f" WHEN b.state = 'unsubscribed' AND st.standing = {ACTIVE} THEN {WOULD_REVIVE}"
                f" WHEN b.state <> 'unsubscribed' AND st.standing >= {UNSUBSCRIBED} THEN {CHANGED}"
                f" WHEN b.state = 'pending' AND st.standing = {ACTIVE} THEN {CHANGED}"
                " WHEN s.email <> st.email OR (st.first_name <> '' AND st.first_name <> s.first_name)"
                " OR (st.last_name <> '' AND st.last_name <> s.last_name)"
                " OR (st.language <> '' AND st.language <> s.language)"
                " OR (st.timezone <> '' AND st.timezone <> s.timezone)"
                " OR (st.attributes <> s.attributes AND json_patch(s.attributes, st.attributes) <> s.attributes)"
                f" THEN {CHANGED} ELSE {UNCHANGED} END, b.state"
                " FROM staging st JOIN subscribers s ON s.key = st.key"
                " LEFT JOIN subscriptions b ON b.subscriber = s.id AND b.publication = ?",
                (publication,),
            )
            if any_suppressed:
                # A suppressed row may still say that somebody left; it may say nothing else.
                execute(
                    "DELETE FROM matched WHERE line IN (SELECT x.line FROM suppressed x JOIN staging st USING (line)"
                    f" WHERE st.standing < {UNSUBSCRIBED}) OR verdict = {FURTHER}"
                    " AND line IN (SELECT line FROM suppressed)"
                )
                execute("DELETE FROM suppressed WHERE EXISTS (SELECT 1 FROM matched m WHERE m.line = suppressed.line)")
        return self._counts()

    def _counts(self) -> Difference:
        def one(query: str) -> int:
            return int(self._connection.execute(query).fetchone()[0])

        verdicts = dict(self._connection.execute("SELECT verdict, count(*) FROM matched GROUP BY verdict").fetchall())
        staged, doubles = one("SELECT count(*) FROM staging"), one("SELECT count(*) FROM doubles")
        suppressed = one("SELECT count(*) FROM suppressed")
        new = staged - suppressed - sum(verdicts.values()) + verdicts.get(FURTHER, 0)
        fresh = dict(
            self._connection.execute(
                f"SELECT standing, count(*) FROM staging st WHERE {self._new()} OR EXISTS"
                f" (SELECT 1 FROM matched m WHERE m.line = st.line AND m.verdict = {FURTHER}) GROUP BY standing"
            ).fetchall()
            if new
            else ()
        )
        ended = 0
        if verdicts.get(CHANGED):
            ended = one(
                f"SELECT count(*) FROM matched m JOIN staging st USING (line) WHERE m.verdict = {CHANGED}"
                f" AND m.state <> 'unsubscribed' AND st.standing >= {UNSUBSCRIBED}"
            )
        return Difference(
            rows=staged + doubles,
            new=new,
            changed=verdicts.get(CHANGED, 0),
            unchanged=verdicts.get(UNCHANGED, 0),
            duplicates=doubles,
            suppressed=suppressed,
            would_revive=verdicts.get(WOULD_REVIVE, 0),
            active=fresh.get(ACTIVE, 0),
            pending=fresh.get(PENDING, 0),
            unsubscribed=fresh.get(UNSUBSCRIBED, 0),
            bounced=fresh.get(BOUNCED, 0),
            complained=fresh.get(COMPLAINED, 0),
            ended=ended,
        )

    def _new(self) -> str:
        """Say in SQL which rows of `staging st` bring a person who is not known."""
        known = [
            f"NOT EXISTS (SELECT 1 FROM {table} x WHERE x.line = st.line)"
            for table in ("matched", "suppressed")
            if self._connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
        ]
        return " AND ".join(known) or "1"

    def left_out(self) -> Generator[tuple[int, str]]:
        """Yield the line and the reason of every staged row that the comparison leaves out, by line.

        Exhaust or close it before `clear`.
        """
        rows = self._connection.execute(
            "SELECT line, 'the address is suppressed' FROM suppressed"
            f" UNION ALL SELECT line, 'would revive somebody who left' FROM matched WHERE verdict = {WOULD_REVIVE}"
            " UNION ALL SELECT line, 'the same mailbox as line ' || first FROM doubles ORDER BY 1"
        )
        with closing(rows):
            yield from ((line, reason) for line, reason in rows)

    def keep(self, publication: str, *, file: str, basis: str, at: datetime, counts: Difference) -> int:
        """Write what was compared. Gives the import's number. Call it inside the transaction of the comparison."""
        execute = self._connection.execute
        now = at.isoformat(timespec="seconds")
        base = max(
            execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()[0]
            for table in ("subscribers", "subscriptions")
        )
        last = base + execute("SELECT coalesce(max(line), 0) FROM staging").fetchone()[0]
        number = execute(
            "INSERT INTO imports (publication, file, at, counts, first_subscriber, last_subscriber,"
            " first_subscription, last_subscription) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (publication, file, now, json.dumps(asdict(counts)), base + 1, last, base + 1, last),
        ).fetchone()[0]
        if counts.new:
            self._bring(publication, base, basis, now, file, counts.new)
        if counts.changed:
            self._change(number, basis, now, file)
        self._suppress(number, publication, now, file)
        return int(number)

    def _bring(self, publication: str, base: int, basis: str, now: str, file: str, count: int) -> None:
        """Write those who are new to the publication, with the first line of their history."""
        execute = self._connection.execute
        new = self._new()
        with self._index_afterwards(count):
            execute(
                "INSERT INTO subscribers (id, key, email, first_name, last_name, language, timezone, attributes)"
                " SELECT ? + line, key, email, first_name, last_name, language, timezone, attributes"
                f" FROM staging st WHERE {new}",
                (base,),
            )
        execute(
            "INSERT INTO subscriptions (id, subscriber, publication, state, at, joined_at)"
            f" SELECT ?1 + line, ?1 + line, ?2, {_STATES}, {_AT}, {_JOINED} FROM staging st WHERE {new}",
            (base, publication, now),
        )
        execute(
            "INSERT INTO subscriptions (id, subscriber, publication, state, at, joined_at)"
            f" SELECT ?1 + line, m.subscriber, ?2, {_STATES}, {_AT}, {_JOINED}"
            f" FROM matched m JOIN staging st USING (line) WHERE m.verdict = {FURTHER}",
            (base, publication, now),
        )
        execute(
            "INSERT INTO consent_history (subscription, step, state, basis, at, recorded_at, source)"
            " SELECT id, 1, state, ?, at, ?, ? FROM subscriptions WHERE id > ? ORDER BY id",
            (basis, now, file, base),
        )

    @contextmanager
    def _index_afterwards(self, new: int) -> Iterator[None]:
        """Take the index of mailboxes away while many come in: sorting once is faster than finding each its place."""
        execute = self._connection.execute
        if new <= execute("SELECT count(*) FROM subscribers").fetchone()[0]:
            yield
            return
        execute("DROP INDEX subscribers_key")
        yield
        execute(MAILBOXES_ARE_UNIQUE)

    def _change(self, number: int, basis: str, now: str, file: str) -> None:
        execute = self._connection.execute
        execute(
            "INSERT INTO import_changes (import, subscriber, before) SELECT ?, s.id, json_object('email', s.email,"
            " 'first_name', s.first_name, 'last_name', s.last_name, 'language', s.language, 'timezone', s.timezone,"
            " 'attributes', s.attributes, 'subscription', m.subscription, 'state', m.state, 'steps',"
            " (SELECT max(step) FROM consent_history h WHERE h.subscription = m.subscription))"
            f" FROM matched m JOIN subscribers s ON s.id = m.subscriber WHERE m.verdict = {CHANGED} ORDER BY s.id",
            (number,),
        )
        execute(
            "UPDATE subscribers SET email = st.email,"
            " first_name = coalesce(nullif(st.first_name, ''), subscribers.first_name),"
            " last_name = coalesce(nullif(st.last_name, ''), subscribers.last_name),"
            " language = coalesce(nullif(st.language, ''), subscribers.language),"
            " timezone = coalesce(nullif(st.timezone, ''), subscribers.timezone),"
            " attributes = json_patch(subscribers.attributes, st.attributes)"
            " FROM matched m JOIN staging st USING (line)"
            f" WHERE m.subscriber = subscribers.id AND m.verdict = {CHANGED}"
        )
        moved = (
            f"m.verdict = {CHANGED} AND (m.state <> 'unsubscribed' AND st.standing >= {UNSUBSCRIBED}"
            f" OR m.state = 'pending' AND st.standing = {ACTIVE})"
        )
        execute(
            "INSERT INTO consent_history (subscription, step, state, basis, at, recorded_at, source)"
            " SELECT m.subscription,"
            " 1 + (SELECT max(step) FROM consent_history h WHERE h.subscription = m.subscription),"
            f" {_STATES}, ?1, ?2, ?2, ?3 FROM matched m JOIN staging st USING (line) WHERE {moved}",
            (basis, now, file),
        )
        execute(
            f"UPDATE subscriptions SET at = ?, state = {_STATES} FROM matched m JOIN staging st USING (line)"
            f" WHERE m.subscription = subscriptions.id AND {moved}",
            (now,),
        )

    def _suppress(self, number: int, publication: str, now: str, file: str) -> None:
        """Suppress who bounced or complained; of whom that is known already the word is kept beside it."""
        execute = self._connection.execute
        if not execute(f"SELECT 1 FROM staging WHERE standing >= {BOUNCED} LIMIT 1").fetchone():
            return
        self._suppressions.mark_key()
        said = (
            "WITH said AS (SELECT suppression_hash(key) AS hash,"
            f" CASE standing WHEN {BOUNCED} THEN 'bounce' ELSE 'complaint' END AS reason, 'line ' || line AS evidence"
            f" FROM staging WHERE standing >= {BOUNCED})"
        )
        # A bounce beside what no import brought adds nothing: no undo takes that away.
        execute(
            f"{said} INSERT INTO import_words (hash, publication, reason, at, source, evidence, import)"
            " SELECT s.hash, ?1, s.reason, ?2, ?3, s.evidence, ?4 FROM said s JOIN suppressions x USING (hash)"
            " LEFT JOIN imports i ON i.id = x.import WHERE (x.import <> 0 OR s.reason = 'complaint')"
            " AND (i.publication IS NOT ?1 OR x.reason <> s.reason) ON CONFLICT DO NOTHING",
            (publication, now, file, number),
        )
        execute(
            f"{said} INSERT INTO suppressions (hash, reason, at, source, evidence, import)"
            " SELECT hash, reason, ?, ?, evidence, ? FROM said WHERE 1 ON CONFLICT DO NOTHING",
            (now, file, number),
        )

    def clear(self) -> None:
        """Take the staged rows away. Not inside a transaction."""
        if any(row[1] == "beside" for row in self._connection.execute("PRAGMA database_list").fetchall()):
            self._connection.execute("DETACH DATABASE beside")

    # --- afterwards ---

    def last(self, publication: str) -> ImportRecord | None:
        """Find the newest import of a publication that was not undone."""
        row = self._connection.execute(
            "SELECT id, publication, file, at, counts, undone_at FROM imports"
            " WHERE publication = ? AND undone_at = '' ORDER BY id DESC LIMIT 1",
            (publication,),
        ).fetchone()
        if row is None:
            return None
        return ImportRecord(
            id=row[0], publication=row[1], file=row[2], at=datetime.fromisoformat(row[3]),
            counts=json.loads(row[4]), undone=bool(row[5]),
        )  # fmt: skip

    def undo(self, number: int, at: datetime) -> dict[str, int]:
        """Take an import back, as `retract` does. Write inside a transaction."""
        return retract(self._connection, number, at)
