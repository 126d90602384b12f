"""Suppressions: addresses that must never be written to, known only by a keyed hash of the mailbox's key.

The hash outlives the person's data: after an erasure nobody can read the address from it, yet a new import of the same
address is recognised. The key is derived from the project's first secret.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadsheet.errors import ConfigError
from broadsheet.model import SuppressionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Why and since when an address must not be written to, and the evidence (a bounce's text, a request)."""

    reason: SuppressionReason
    at: datetime
    source: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifting:
    """A suppression that a person took back: who, when and why."""

    suppression: Suppression
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A suppression in the list of all: `email` is '' where the person is not kept; `hash` tells two apart."""

    email: str
    hash: str
    suppression: Suppression


# What a reader said, as opposed to what a machine answered or an editor decided.
OWN_WORDS = (SuppressionReason.COMPLAINT, SuppressionReason.REQUEST)
# The reason, what the reader said beside it, and what further imports said.
_WORDS = ("suppressions", "own_words", "import_words")


class Suppressions:
    """The shelf of suppressions."""

    def __init__(self, connection: sqlite3.Connection, secrets: Sequence[str]) -> None:
        self._connection = connection
        self._key = hashlib.blake2b(secrets[0].encode(), person=b"bs suppression", digest_size=32).digest()
        connection.create_function("suppression_hash", 1, self._hasher(), deterministic=True)
        self._check_key()

    def hash_of(self, key: str) -> bytes:
        """Hash a mailbox's key."""
        return hashlib.blake2b(key.encode(), key=self._key, digest_size=16).digest()

    def _hasher(self) -> Callable[[str], bytes]:
        ready = hashlib.blake2b(key=self._key, digest_size=16)

        def hash_of(key: str) -> bytes:
            state = ready.copy()
            state.update(key.encode())
            return state.digest()

        return hash_of

    def _check_key(self) -> None:
        known = self._connection.execute("SELECT fingerprint FROM suppression_key").fetchone()
        if known is not None and known[0] != self.hash_of(""):
            raise ConfigError(
                "this is not the secret that the suppressions were made with, so they cannot be recognised",
                file="secret.key",
                advice="Put the old secret back as the first line of secret.key.",
            )

    def mark_key(self) -> None:
        """Note which secret the hashes are made with. Write inside a transaction."""
        if self._connection.execute("SELECT 1 FROM suppression_key").fetchone() is None:
            self._connection.execute("INSERT INTO suppression_key VALUES (?)", (self.hash_of(""),))

    def add(self, key: str, suppression: Suppression) -> bool:
        """Suppress a mailbox. The first reason stays. Gives whether it is new. Write inside a transaction.

        What a reader says after a bounce is kept beside it, so that neither a lifting of the bounce nor an undo of the
        import that brought it can overlook it.
        """
        self.mark_key()
        said = (
            self.hash_of(key),
            suppression.reason.value,
            suppression.at.isoformat(timespec="seconds"),
            suppression.source,
            suppression.evidence,
        )
        done = self._connection.execute(
            "INSERT INTO suppressions (hash, reason, at, source, evidence) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            said,
        )
        if not done.rowcount and suppression.reason not in OWN_WORDS:
            # It no longer rests on an import alone, so that taking the import back does not lift it.
            self._connection.execute("UPDATE suppressions SET import = 0 WHERE hash = ? AND import <> 0", said[:1])
        elif not done.rowcount:
            self._connection.execute(
                "INSERT INTO own_words (hash, reason, at, source, evidence) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                said,
            )
        return done.rowcount > 0

    def get(self, key: str) -> Suppression | None:
        """Find the suppression of a mailbox, if there is one."""
        row = self._connection.execute(
            "SELECT reason, at, source, evidence FROM suppressions WHERE hash = ?", (self.hash_of(key),)
        ).fetchone()
        return None if row is None else _suppression(row)

    def own_words(self, key: str) -> Suppression | None:
        """Find what the reader said themselves, a complaint or a request, be it the reason or beside another."""
        row = self._connection.execute(
            " UNION ALL ".join(
                f"SELECT reason, at, source, evidence FROM {table}"
                " WHERE hash = ?1 AND reason IN ('complaint', 'request')"
                for table in _WORDS
            )
            + " ORDER BY at DESC LIMIT 1",
            (self.hash_of(key),),
        ).fetchone()
        return None if row is None else _suppression(row)

    def lift(self, key: str, *, at: datetime, by: str, why: str) -> None:
        """Take a suppression back, with all that stands beside it, and note that for ever. Write inside a transaction.

        The note holds the hash and no address, so it outlives an erasure too.
        """
        for table in _WORDS:
            self._connection.execute(
                "INSERT INTO liftings (hash, reason, at, source, evidence, lifted_at, lifted_by, why)"
                f" SELECT hash, reason, at, source, evidence, ?, ?, ? FROM {table} WHERE hash = ?",
                (at.isoformat(timespec="seconds"), by, why, self.hash_of(key)),
            )
            self._connection.execute(f"DELETE FROM {table} WHERE hash = ?", (self.hash_of(key),))

    def liftings(self, key: str) -> list[Lifting]:
        """List what was lifted of a mailbox, oldest first."""
        rows = self._connection.execute(
            "SELECT reason, at, source, evidence, lifted_at, lifted_by, why FROM liftings WHERE hash = ?"
            " ORDER BY number",
            (self.hash_of(key),),
        )
        return [
            Lifting(suppression=_suppression(row), at=datetime.fromisoformat(row[4]), by=row[5], why=row[6])
            for row in rows
        ]

    def everyone(self, reason: SuppressionReason | None = None) -> Iterator[Listed]:
        """Yield every suppression, oldest first, with the address of those who are still kept."""
        rows = self._connection.execute(
            "SELECT x.reason, x.at, x.source, x.evidence, x.hash, coalesce(s.email, '') FROM suppressions x"
            " LEFT JOIN (SELECT suppression_hash(key) AS hash, email FROM subscribers) s ON s.hash = x.hash"
            " WHERE ?1 = '' OR x.reason = ?1 ORDER BY x.at, x.hash",
            (reason.value if reason else "",),
        )
        for row in rows:
            yield Listed(email=row[5], hash=row[4].hex(), suppression=_suppression(row))

    def any(self) -> bool:
        """Tell whether there is any suppression at all."""
        return self._connection.execute("SELECT 1 FROM suppressions LIMIT 1").fetchone() is not None

    def count(self) -> dict[str, int]:
        """Count the suppressions by reason."""
        return dict(self._connection.execute("SELECT reason, count(*) FROM suppressions GROUP BY reason").fetchall())


def _suppression(row: sqlite3.Row) -> Suppression:
    return Suppression(
        reason=SuppressionReason(row[0]), at=datetime.fromisoformat(row[1]), source=row[2], evidence=row[3]
    )
