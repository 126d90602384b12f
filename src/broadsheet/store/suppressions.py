"""Suppressions: addresses that must never be written to, known only by a keyed hash of the mailbox's key.

The hash outlives the person's data: after an erasure nobody can read the address from it, yet a new import of the same
address is recognised. The key is derived from the project's first secret.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
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
        """Suppress a mailbox. The first reason stays. Gives whether it is new. Write inside a transaction."""
        self.mark_key()
        done = self._connection.execute(
            "INSERT INTO suppressions (hash, reason, at, source, evidence) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (
                self.hash_of(key),
                suppression.reason.value,
                suppression.at.isoformat(timespec="seconds"),
                suppression.source,
                suppression.evidence,
            ),
        )
        return done.rowcount > 0

    def get(self, key: str) -> Suppression | None:
        """Find the suppression of a mailbox, if there is one."""
        row = self._connection.execute(
            "SELECT reason, at, source, evidence FROM suppressions WHERE hash = ?", (self.hash_of(key),)
        ).fetchone()
        if row is None:
            return None
        return Suppression(
            reason=SuppressionReason(row[0]), at=datetime.fromisoformat(row[1]), source=row[2], evidence=row[3]
        )

    def lift(self, key: str) -> bool:
        """Take a suppression back. Gives whether there was one. Write inside a transaction."""
        return self._connection.execute("DELETE FROM suppressions WHERE hash = ?", (self.hash_of(key),)).rowcount > 0

    def any(self) -> bool:
        """Tell whether there is any suppression at all."""
        return self._connection.execute("SELECT 1 FROM suppressions LIMIT 1").fetchone() is not None

    def count(self) -> dict[str, int]:
        """Count the suppressions by reason."""
        return dict(self._connection.execute("SELECT reason, count(*) FROM suppressions GROUP BY reason").fetchall())
