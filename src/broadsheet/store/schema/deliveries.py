"""The shape of deliveries: one sending an edition, one row a recipient, and who may write them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.store.lease import home_of

if TYPE_CHECKING:
    from sqlite_utils import Database


def deliveries(database: Database) -> None:
    """Make the ledger's tables. Times are seconds since 1970 (UTC): they are compared and indexed."""
    for statement in (
        # An edition on its way out: what was frozen, and what a person said since ('' goes on, 'paused', 'cancelled').
        """CREATE TABLE sendings (
            id INTEGER PRIMARY KEY, edition TEXT NOT NULL UNIQUE, publication TEXT NOT NULL, rendering TEXT NOT NULL,
            domain TEXT NOT NULL, candidates INTEGER NOT NULL, frozen INTEGER NOT NULL, excluded INTEGER NOT NULL,
            audience_hash TEXT NOT NULL, frozen_at REAL NOT NULL, halt TEXT NOT NULL DEFAULT ''
        ) STRICT""",
        # `mailbox` is the address folded, so that the database itself refuses a second copy. `person` is what composing
        # needs beside the address (JSON), and goes when the message is sent. `handed` is 1 once content may have left.
        """CREATE TABLE deliveries (
            number INTEGER PRIMARY KEY, sending INTEGER NOT NULL REFERENCES sendings (id), recipient INTEGER NOT NULL,
            email TEXT NOT NULL, mailbox TEXT NOT NULL, person TEXT, state TEXT NOT NULL DEFAULT 'queued',
            handed INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, code INTEGER,
            enhanced_code TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '', server TEXT NOT NULL DEFAULT '',
            due_at REAL NOT NULL, at REAL
        ) STRICT""",
        "CREATE UNIQUE INDEX deliveries_one_a_recipient ON deliveries (sending, recipient)",
        "CREATE UNIQUE INDEX deliveries_one_a_mailbox ON deliveries (sending, mailbox)",
        # What waits, in the order in which it is tried: rows leave this small index when they are claimed.
        """CREATE INDEX deliveries_waiting ON deliveries (sending, due_at, number)
            WHERE state IN ('queued', 'deferred')""",
        "CREATE INDEX deliveries_in_flight ON deliveries (sending) WHERE state = 'in_flight'",
        """CREATE TABLE exclusions (
            sending INTEGER NOT NULL REFERENCES sendings (id), recipient INTEGER NOT NULL, email TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX exclusions_of ON exclusions (sending)",
        # Who is sending. `fence` only ever grows: a sender whose number is not the newest may write nothing.
        """CREATE TABLE lease (
            id INTEGER PRIMARY KEY CHECK (id = 1), fence INTEGER NOT NULL, held INTEGER NOT NULL, host TEXT NOT NULL,
            pid INTEGER NOT NULL, process TEXT NOT NULL, transport TEXT NOT NULL, edition TEXT NOT NULL,
            heartbeat_at REAL NOT NULL, home TEXT NOT NULL
        ) STRICT""",
        # What a person decided about deliveries in doubt or failed.
        """CREATE TABLE settlements (
            id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL,
            decided_by TEXT NOT NULL, at REAL NOT NULL
        ) STRICT""",
    ):
        database.conn.execute(statement)


def segments_of_sendings(database: Database) -> None:
    """Remember which segment a sending was frozen for; '' is everybody."""
    database.conn.execute("ALTER TABLE sendings ADD COLUMN segment TEXT NOT NULL DEFAULT ''")


def keep_counts_of_pruned_deliveries(database: Database) -> None:
    """Make room for what stays of an edition's deliveries once they have been kept long enough."""
    database.conn.execute(
        """CREATE TABLE delivery_counts (
            sending INTEGER NOT NULL REFERENCES sendings (id), state TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (sending, state)
        ) STRICT, WITHOUT ROWID"""
    )


def give_the_database_a_home(database: Database) -> None:
    """Note which file this is, so that a copy is known as one also where nothing was ever sent."""
    file = Path(database.conn.execute("PRAGMA database_list").fetchone()[2])
    database.conn.execute(
        "INSERT INTO lease (id, fence, held, host, pid, process, transport, edition, heartbeat_at, home)"
        " VALUES (1, 0, 0, ?, 0, '', '', '', 0, ?) ON CONFLICT DO NOTHING",
        (socket.gethostname(), home_of(file)),
    )


STEPS: tuple[Callable[[Database], None], ...] = (
    deliveries,
    segments_of_sendings,
    keep_counts_of_pruned_deliveries,
    give_the_database_a_home,
)
