"""Remove what has served its time, in small transactions, so that others get their turn.

Kept for ever, since "never twice" rests on it: editions and what they carried, how a story is recognised, suppressions,
the proof of consent, the log of what editors did, and an edition's counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broadsheet.store import Store

BATCH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Moments before which things of each kind go."""

    reports: datetime
    drafts: datetime
    texts: datetime
    deliveries: datetime


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of row: how its old ones are found, and what is done with a batch of them (by rowid or key)."""

    name: str
    count: str
    batch: str
    moment: str


_TEXTS = "first_seen_at < :before AND body <> '[]'"
_OLD_SENDINGS = (
    "SELECT id FROM sendings WHERE frozen_at < :before AND NOT EXISTS (SELECT 1 FROM deliveries waiting WHERE"
    " waiting.sending = sendings.id AND waiting.state IN ('queued', 'deferred', 'in_flight', 'in_doubt'))"
)
_OLD_EDITIONS = "SELECT id FROM editions WHERE changed_at < :before"

_KINDS = (
    _Kind(
        "run reports",
        "SELECT count(*) FROM runs WHERE started_at < :before",
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE started_at < :before LIMIT :batch)",
        "reports",
    ),
    _Kind(
        "drafts",
        "SELECT count(*) FROM drafts WHERE at < :before",
        "DELETE FROM drafts WHERE number IN (SELECT number FROM drafts WHERE at < :before LIMIT :batch)",
        "drafts",
    ),
    _Kind(
        "explanations",
        f"SELECT count(*) FROM explanations WHERE edition IN ({_OLD_EDITIONS})",
        "DELETE FROM explanations WHERE (edition, story) IN"
        f" (SELECT edition, story FROM explanations WHERE edition IN ({_OLD_EDITIONS}) LIMIT :batch)",
        "drafts",
    ),
    _Kind(
        "story texts",
        f"SELECT count(*) FROM stories WHERE {_TEXTS}",
        f"UPDATE stories SET body = '[]' WHERE id IN (SELECT id FROM stories WHERE {_TEXTS} LIMIT :batch)",
        "texts",
    ),
    _Kind(
        "earlier versions of stories",
        "SELECT count(*) FROM story_versions WHERE replaced_at < :before",
        "DELETE FROM story_versions WHERE rowid IN"
        " (SELECT rowid FROM story_versions WHERE replaced_at < :before LIMIT :batch)",
        "texts",
    ),
    _Kind(
        "exclusions",
        f"SELECT count(*) FROM exclusions WHERE sending IN ({_OLD_SENDINGS})",
        "DELETE FROM exclusions WHERE rowid IN"
        f" (SELECT rowid FROM exclusions WHERE sending IN ({_OLD_SENDINGS}) LIMIT :batch)",
        "deliveries",
    ),
)


def prune(
    store: Store, limits: Limits, *, dry_run: bool = False, progress: Callable[[str, int], None] | None = None
) -> dict[str, int]:
    """Remove what is older than its limit, or only count it. Gives how many rows of each kind.

    It may be stopped at any moment: what is done is done, and the next time goes on.
    """
    gone: dict[str, int] = {}
    for kind in _KINDS:
        before = _text(getattr(limits, kind.moment)) if kind.name != "exclusions" else limits.deliveries.timestamp()
        if dry_run:
            gone[kind.name] = int(store.connection.execute(kind.count, {"before": before}).fetchone()[0])
            continue
        gone[kind.name] = 0
        for done in _batches(store, kind.batch, before):
            gone[kind.name] += done
            if progress:
                progress(kind.name, gone[kind.name])
    gone["deliveries"] = _prune_deliveries(store, limits.deliveries, dry_run=dry_run)
    return gone


def _batches(store: Store, statement: str, before: str | float) -> Iterator[int]:
    while True:
        with store.transaction():
            done = store.connection.execute(statement, {"before": before, "batch": BATCH}).rowcount
        if done <= 0:
            return
        yield done


def _prune_deliveries(store: Store, before: datetime, *, dry_run: bool) -> int:
    """Turn the deliveries of old, closed sendings into counts by state: the balance of the edition stays."""
    connection, total = store.connection, 0
    sendings = [row[0] for row in connection.execute(_OLD_SENDINGS, {"before": before.timestamp()})]
    for sending in sendings:
        rows: list[sqlite3.Row] = connection.execute(
            "SELECT state, count(*) FROM deliveries WHERE sending = ? GROUP BY state", (sending,)
        ).fetchall()
        total += sum(row[1] for row in rows)
        if dry_run or not rows:
            continue
        with store.transaction():  # an edition's counts and its rows change together
            connection.executemany(
                "INSERT INTO delivery_counts (sending, state, count) VALUES (?, ?, ?)",
                [(sending, row[0], row[1]) for row in rows],
            )
            connection.execute("DELETE FROM deliveries WHERE sending = ?", (sending,))
    return total


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
