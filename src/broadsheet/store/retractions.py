"""Retractions: an import that is taken back, without what happened since."""

from __future__ import annotations

import sqlite3
from datetime import datetime


def retract(connection: sqlite3.Connection, number: int, at: datetime) -> dict[str, int]:
    """Take an import back: whom it brought goes, what it changed is as before; what happened since stays.

    A person who left, confirmed or chose something after the import is kept, and so is what they said; a lifting is
    nothing that they said. Of suppressions, only those go that nothing but the import speaks for: neither the reader
    nor an import into another publication. Write inside a transaction. Gives how many were removed, restored, kept, and
    how many suppressions were lifted.
    """
    execute = connection.execute
    now = at.isoformat(timespec="seconds")
    first, last, publication, file, made_at = execute(
        "SELECT first_subscription, last_subscription, publication, file, at FROM imports WHERE id = ?", (number,)
    ).fetchone()
    # Numbers that a list left unused were given to others since; the first line of the history tells who brought whom.
    brought = (
        "b.id BETWEEN ?1 AND ?2 AND b.publication = ?3 AND EXISTS (SELECT 1 FROM consent_history h"
        " WHERE h.subscription = b.id AND h.step = 1 AND h.source = ?4 AND h.recorded_at = ?5)"
    )
    untouched = (
        "NOT EXISTS (SELECT 1 FROM consent_history h WHERE h.subscription = b.id AND h.step > 1"
        " AND h.basis <> 'suppression lifted')"
        " AND b.sections = '' AND b.cadence = 'daily' AND b.paused_until = ''"
    )
    its_own = (first, last, publication, file, made_at)
    kept = execute(f"SELECT count(*) FROM subscriptions b WHERE {brought} AND NOT ({untouched})", its_own).fetchone()[0]
    removed = execute(f"DELETE FROM subscriptions AS b WHERE {brought} AND {untouched}", its_own).rowcount
    execute(
        "DELETE FROM subscribers WHERE id BETWEEN ? AND ?"
        " AND NOT EXISTS (SELECT 1 FROM subscriptions b WHERE b.subscriber = subscribers.id)",
        (first, last),
    )
    restored = execute(
        "UPDATE subscribers SET email = c.before ->> 'email', first_name = c.before ->> 'first_name',"
        " last_name = c.before ->> 'last_name', language = c.before ->> 'language',"
        " timezone = c.before ->> 'timezone', attributes = c.before ->> 'attributes'"
        " FROM import_changes c WHERE c.subscriber = subscribers.id AND c.import = ?",
        (number,),
    ).rowcount
    # Consent moves back only where the import's own step is still the last one.
    back = (
        "FROM import_changes c JOIN subscriptions b ON b.id = c.before ->> 'subscription'"
        " WHERE c.import = ? AND b.state <> c.before ->> 'state' AND (SELECT max(step) FROM consent_history h"
        " WHERE h.subscription = b.id) = (c.before ->> 'steps') + 1"
    )
    execute(
        "CREATE TEMP TABLE going_back AS SELECT b.id AS subscription, c.before ->> 'state' AS state,"
        f" (c.before ->> 'steps') + 2 AS step {back}",
        (number,),
    )
    execute(
        "INSERT INTO consent_history (subscription, step, state, basis, at, recorded_at, source)"
        " SELECT subscription, step, state, 'import undone', ?1, ?1, ?2 FROM going_back",
        (now, file),
    )
    execute(
        "UPDATE subscriptions SET state = g.state, at = ? FROM going_back g WHERE g.subscription = subscriptions.id",
        (now,),
    )
    execute("DROP TABLE going_back")
    execute("DELETE FROM import_words WHERE import = ?", (number,))
    others = (
        "(SELECT hash, reason, at, source, evidence, 0 AS import FROM own_words"
        " UNION ALL SELECT hash, reason, at, source, evidence, import FROM import_words)"
    )
    lifted = execute(
        f"DELETE FROM suppressions WHERE import = ? AND hash NOT IN (SELECT hash FROM {others})", (number,)
    ).rowcount
    # What else was said is the reason from now on; what readers said themselves before what servers answered.
    execute(
        "UPDATE suppressions SET (reason, at, source, evidence, import) ="
        f" (SELECT o.reason, o.at, o.source, o.evidence, o.import FROM {others} o WHERE o.hash = suppressions.hash"
        " ORDER BY o.reason = 'bounce', o.import, o.at LIMIT 1) WHERE import = ?",
        (number,),
    )
    for table, mark in (("own_words", "0"), ("import_words", "o.import")):
        execute(
            f"DELETE FROM {table} AS o WHERE EXISTS (SELECT 1 FROM suppressions x WHERE x.hash = o.hash"
            f" AND x.import = {mark} AND x.reason = o.reason AND x.at = o.at AND x.source = o.source)"
        )
    execute("UPDATE imports SET undone_at = ? WHERE id = ?", (now, number))
    return {"removed": removed, "restored": restored, "kept": kept, "suppressions_lifted": lifted}
