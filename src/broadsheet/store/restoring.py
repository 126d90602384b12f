"""Put a backup in the database's place, without forgetting who left and what went out since it was made.

A backup knows nothing of what came after it: restored as it is, it would write to people who have left and send again
what was sent. So whatever of that the present database can still tell is carried over first, and sending is held until
a person says that this database is the one that sends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broadsheet.errors import LeaseHeld, StoreCorrupt, StoreError, StoreTooNew
from broadsheet.store.backup import back_up, verify
from broadsheet.store.connection import transaction, translated
from broadsheet.store.lease import RESTORED, Holder, is_alive, moment, witnessed
from broadsheet.store.migrations import VERSION, migrate, version_of
from broadsheet.store.suppressions import Suppressions

ERASURE = "erasure"
NUMBERS_LEFT_FREE = 1_000_000  # when nobody can tell which numbers were given out since the backup


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restoration did, or would do. `kept` is where the database of before lies; None when there was none.

    `joined` counts the people that only the database of before knows: they are in `kept`, and not in the restored one.
    """

    kept: Path | None
    could_read: bool
    suppressions: int = 0
    unsubscribed: int = 0
    erased: int = 0
    editions: tuple[str, ...] = ()
    joined: int = 0


def restore(
    backup: Path,
    target: Path,
    *,
    now: datetime,
    secrets: Sequence[str],
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Restored:
    """Put a backup in the database's place; the database of before is kept in `backups/`. All or nothing.

    Raises StoreError when the backup is none, StoreTooNew, StoreCorrupt, and LeaseHeld while a living process sends.
    """
    with _readable(backup) as source, translated(target):
        draft = target.with_name(f".{target.name}.restoring")
        draft.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
                copy.row_factory = sqlite3.Row
                _copy_whole(source, copy)
                Suppressions(copy, secrets)  # raises when these secrets did not make the backup's hashes
                return _put_in_place(source, copy, target, now, dry_run=dry_run, progress=progress)
        finally:
            for leftover in (draft, *(draft.with_name(draft.name + end) for end in ("-wal", "-shm", "-journal"))):
                with suppress(OSError):
                    leftover.unlink()


@contextmanager
def _readable(backup: Path) -> Iterator[sqlite3.Connection]:
    """Open a backup for reading alone, once it was found whole and ours."""
    if not backup.is_file():
        raise StoreError(f"there is no file {backup}", advice="Type `broadsheet backup` to make one, or name another.")
    with translated(backup), closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as source:
        verify(source, backup)
        version = version_of(source)
        if version == 0 or source.execute("SELECT 1 FROM sqlite_master WHERE name = 'editions'").fetchone() is None:
            raise StoreError(f"{backup} is a database, but none of broadsheet's", advice="Name another file.")
        if version > VERSION:
            raise StoreTooNew(
                f"{backup} was written by a later version of broadsheet", advice="Install that version first."
            )
        yield source


def _copy_whole(source: sqlite3.Connection, copy: sqlite3.Connection) -> None:
    source.backup(copy)
    if version_of(copy) < VERSION:
        migrate(copy, "the backup")


def _put_in_place(
    source: sqlite3.Connection,
    copy: sqlite3.Connection,
    target: Path,
    now: datetime,
    *,
    dry_run: bool,
    progress: Callable[[int, int], None] | None,
) -> Restored:
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    kept = target.parent / "backups" / f"{target.stem}-before-restore-{stamp}{target.suffix}"
    present = _present(target)
    if present is None:
        kept_path = _move_aside(target, kept, dry_run=dry_run)
        with transaction(copy):
            copy.execute("UPDATE sqlite_sequence SET seq = seq + ?", (NUMBERS_LEFT_FREE,))
            _hold(copy, witnessed(target), now)
        if not dry_run:
            back_up(copy, target, progress)
        return Restored(kept=kept_path, could_read=False)
    with closing(present):
        _refuse_while_sending(present, now)
        before = _pulse(present)
        restored = _carry_over(copy, target, kept, now)
        while before != (before := _pulse(present)):  # somebody may have left meanwhile: nobody is forgotten
            _copy_whole(source, copy)
            restored = _carry_over(copy, target, kept, now)
        if not dry_run:
            back_up(present, kept)
            with transaction(copy):
                _hold(copy, witnessed(target), now)
            verify(copy, target)
            copy.backup(present)  # one transaction on the file itself: others see the old content, then the new
            present.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return restored


def _present(target: Path) -> sqlite3.Connection | None:
    """Open the database that is there, if it can be read; None where there is none, or it is damaged."""
    if not target.exists():
        return None
    connection = sqlite3.connect(target, timeout=10.0, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        verify(connection, target)
        if 0 < version_of(connection) < VERSION:
            migrate(connection, str(target))
        connection.execute("SELECT 1 FROM editions LIMIT 1")
    except (StoreCorrupt, sqlite3.DatabaseError) as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise
        return None
    return connection


def _move_aside(target: Path, kept: Path, *, dry_run: bool) -> Path | None:
    """Keep a database that cannot be read: somebody may still get something out of it."""
    if not target.exists():
        return None
    if dry_run:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    for end in ("-wal", "-shm", ""):
        part = target.with_name(target.name + end)
        if part.exists():
            part.rename(kept.with_name(kept.name + end))
    return kept


def _refuse_while_sending(present: sqlite3.Connection, now: datetime) -> None:
    row = present.execute("SELECT * FROM lease WHERE held").fetchone()
    if row is None:
        return
    holder = Holder(row["host"], row["pid"], row["process"])
    if is_alive(holder, moment(row["heartbeat_at"]), now):
        raise LeaseHeld(
            f"{holder.words} is sending {row['edition']}; its ledger cannot be taken from under it",
            advice="Let it finish, or pause it with `broadsheet send --pause`, and restore then.",
        )


def _pulse(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _carry_over(copy: sqlite3.Connection, target: Path, kept: Path, now: datetime) -> Restored:
    """Write into the copy what the present database knows of leaving and of sending."""
    copy.execute("ATTACH ? AS present", (str(target),))
    try:
        with transaction(copy):
            ours, theirs = (
                copy.execute(f"SELECT fingerprint FROM {name}.suppression_key").fetchone()
                for name in ("main", "present")
            )
            if ours and theirs and ours[0] != theirs[0]:
                raise StoreError(
                    "the backup and the database that is there were made with different secrets; who left could not"
                    " be carried over",
                    advice="Put the backup into a project folder of its own, with its secret.key.",
                )
            copy.execute(
                "INSERT INTO suppression_key SELECT * FROM present.suppression_key"
                " WHERE NOT EXISTS (SELECT 1 FROM main.suppression_key)"
            )
            suppressions = copy.execute(
                "INSERT OR IGNORE INTO main.suppressions SELECT * FROM present.suppressions"
            ).rowcount
            erased = _erase_again(copy)
            _lift_again(copy)
            unsubscribed = _unsubscribe_again(copy, now)
            editions = _what_went_out(copy)
            _leave_numbers_alone(copy)
            joined = copy.execute(
                "SELECT count(*) FROM present.subscribers WHERE key NOT IN (SELECT key FROM main.subscribers)"
            ).fetchone()[0]
    finally:
        copy.execute("DETACH present")
    return Restored(
        kept=kept, could_read=True, suppressions=suppressions, unsubscribed=unsubscribed, erased=erased,
        editions=editions, joined=joined,
    )  # fmt: skip


_NEW_LIFTING = (
    "NOT EXISTS (SELECT 1 FROM main.liftings mine WHERE mine.hash = theirs.hash AND mine.lifted_at = theirs.lifted_at"
    " AND mine.reason = theirs.reason)"
)


def _knows_liftings(copy: sqlite3.Connection) -> bool:
    """Tell whether the present database was ever opened by a version that lifts suppressions."""
    return copy.execute("SELECT 1 FROM present.sqlite_master WHERE name = 'liftings'").fetchone() is not None


def _lift_again(copy: sqlite3.Connection) -> None:
    """Bring over what was lifted since, and what readers said beside a suppression; the newer word holds."""
    if not _knows_liftings(copy):
        return
    columns = "hash, reason, at, source, evidence, lifted_at, lifted_by, why"
    copy.execute(
        f"INSERT INTO main.liftings ({columns}) SELECT {columns} FROM present.liftings theirs WHERE {_NEW_LIFTING}"
        " ORDER BY number"
    )
    for table in ("own_words", "import_words"):
        copy.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM present.{table}")
    for table in ("suppressions", "own_words", "import_words"):
        copy.execute(
            f"DELETE FROM main.{table} WHERE hash NOT IN (SELECT hash FROM present.{table})"
            f" AND hash IN (SELECT hash FROM present.liftings l WHERE l.lifted_at >= main.{table}.at)"
        )


def _erase_again(copy: sqlite3.Connection) -> int:
    """Remove whoever was erased since: the backup would bring them back."""
    erased = "SELECT hash FROM present.suppressions WHERE source = ?1"
    if _knows_liftings(copy):  # also where another reason stood first, or the suppression was lifted since
        erased += (
            " UNION SELECT hash FROM present.own_words WHERE source = ?1"
            f" UNION SELECT hash FROM present.liftings theirs WHERE source = ?1 AND {_NEW_LIFTING}"
        )
    numbers = f"SELECT id FROM main.subscribers WHERE suppression_hash(key) IN ({erased})"
    subscriptions = f"SELECT id FROM main.subscriptions WHERE subscriber IN ({numbers})"
    copy.execute(
        "UPDATE main.deliveries SET email = '', mailbox = 'erased ' || recipient, person = NULL, text = ''"
        f" WHERE recipient IN ({subscriptions})",
        (ERASURE,),
    )
    copy.execute(f"UPDATE main.exclusions SET email = '' WHERE recipient IN ({subscriptions})", (ERASURE,))
    for table in ("consent_history", "subscriptions"):
        column = "subscription" if table == "consent_history" else "id"
        copy.execute(f"DELETE FROM main.{table} WHERE {column} IN ({subscriptions})", (ERASURE,))
    for table in ("soft_bounces", "import_changes"):
        copy.execute(f"DELETE FROM main.{table} WHERE subscriber IN ({numbers})", (ERASURE,))
    return copy.execute(f"DELETE FROM main.subscribers WHERE id IN ({numbers})", (ERASURE,)).rowcount


def _unsubscribe_again(copy: sqlite3.Connection, now: datetime) -> int:
    """End the subscriptions that were ended since, with the present database's own proof."""
    rows = copy.execute(
        """
        SELECT mine.id, theirs.at, theirs.id AS other FROM main.subscriptions mine
        JOIN main.subscribers me ON me.id = mine.subscriber
        JOIN present.subscribers them ON them.key = me.key
        JOIN present.subscriptions theirs ON theirs.subscriber = them.id AND theirs.publication = mine.publication
        WHERE theirs.state = 'unsubscribed' AND mine.state <> 'unsubscribed'
        """
    ).fetchall()
    for row in rows:
        copy.execute(
            "UPDATE main.subscriptions SET state = 'unsubscribed', at = ? WHERE id = ?", (row["at"], row["id"])
        )
        copy.execute(
            """
            INSERT INTO main.consent_history
                (subscription, step, state, basis, at, recorded_at, source, wording, evidence)
            SELECT ?, 1 + (SELECT coalesce(max(step), 0) FROM main.consent_history WHERE subscription = ?),
                state, basis, at, ?, source, wording, evidence
            FROM present.consent_history WHERE subscription = ? ORDER BY step DESC LIMIT 1
            """,
            (row["id"], row["id"], now.isoformat(timespec="seconds"), row["other"]),
        )
    return len(rows)


def _what_went_out(copy: sqlite3.Connection) -> tuple[str, ...]:
    """Bring over every edition whose sending has begun since, with its ledger, so that none goes out again."""
    rows = copy.execute(
        """
        SELECT id FROM present.editions theirs WHERE status IN ('sending', 'sent', 'skipped') AND NOT EXISTS (
            SELECT 1 FROM main.editions mine WHERE mine.id = theirs.id AND mine.status = theirs.status
                AND theirs.status <> 'sending')
        ORDER BY date, id
        """
    ).fetchall()
    for (edition,) in rows:
        for table in ("explanations", "carried", "drafts"):
            copy.execute(f"DELETE FROM main.{table} WHERE edition = ?", (edition,))
        copy.execute("DELETE FROM main.editions WHERE id = ?", (edition,))
        copy.execute("INSERT INTO main.editions SELECT * FROM present.editions WHERE id = ?", (edition,))
        copy.execute("INSERT INTO main.carried SELECT * FROM present.carried WHERE edition = ?", (edition,))
        copy.execute(
            'INSERT INTO main.revisions (edition, at, "by", verb, story, value)'
            ' SELECT edition, at, "by", verb, story, value FROM present.revisions theirs WHERE edition = ?'
            " AND NOT EXISTS (SELECT 1 FROM main.revisions mine WHERE mine.edition = theirs.edition"
            " AND mine.at = theirs.at AND mine.verb = theirs.verb AND mine.story = theirs.story) ORDER BY number",
            (edition,),
        )
        _bring_ledger(copy, edition)
    return tuple(row[0] for row in rows)


def _bring_ledger(copy: sqlite3.Connection, edition: str) -> None:
    theirs = copy.execute("SELECT id FROM present.sendings WHERE edition = ?", (edition,)).fetchone()
    if theirs is None:
        return
    mine = copy.execute("SELECT id FROM main.sendings WHERE edition = ?", (edition,)).fetchone()
    if mine is not None:
        for table in ("deliveries", "exclusions"):
            copy.execute(f"DELETE FROM main.{table} WHERE sending = ?", (mine[0],))
        copy.execute("DELETE FROM main.sendings WHERE id = ?", (mine[0],))
    taken = copy.execute("SELECT 1 FROM main.sendings WHERE id = ?", (theirs[0],)).fetchone()
    number = theirs[0] if taken is None else copy.execute("SELECT max(id) + 1 FROM main.sendings").fetchone()[0]
    for table, key in (("sendings", "id"), ("exclusions", "sending"), ("deliveries", "sending")):
        columns = [row["name"] for row in copy.execute(f"PRAGMA main.table_info({table})") if row["name"] != "number"]
        values = ", ".join("?" if column == key else column for column in columns)
        copy.execute(
            f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {values} FROM present.{table}"
            f" WHERE {key} = ? ORDER BY rowid",
            (number, theirs[0]),
        )


def _leave_numbers_alone(copy: sqlite3.Connection) -> None:
    """Give no number a second time: signed links name subscriptions, and live for ever."""
    copy.execute(
        "UPDATE main.sqlite_sequence SET seq = max(seq, coalesce("
        "(SELECT theirs.seq FROM present.sqlite_sequence theirs WHERE theirs.name = main.sqlite_sequence.name), 0))"
    )
    copy.execute(
        "INSERT INTO main.sqlite_sequence (name, seq) SELECT name, seq FROM present.sqlite_sequence"
        " WHERE name NOT IN (SELECT name FROM main.sqlite_sequence)"
    )


def _hold(copy: sqlite3.Connection, fence: int, now: datetime) -> None:
    """Let nothing be sent until a person adopts this database."""
    row = copy.execute("SELECT fence FROM lease").fetchone()
    copy.execute(
        "INSERT OR REPLACE INTO lease (id, fence, held, host, pid, process, transport, edition, heartbeat_at, home)"
        " VALUES (1, ?, 0, '', 0, '', '', '', ?, ?)",
        (max(fence, row[0] if row else 0), now.timestamp(), RESTORED),
    )
