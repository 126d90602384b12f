"""The shelf of editions: each digest, its state, what it carried, why, and the log of who changed what."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from broadsheet.errors import EditionError
from broadsheet.model import Edition, EditionStatus, Explanation, Fate, Revision
from broadsheet.store.documents import read_document, write_document

if TYPE_CHECKING:
    from broadsheet.store import Store

DRAFTS_KEPT = 50  # of all editions together; older ones serve no comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLine:
    """What a list shows of an edition, read without opening its document."""

    id: str
    publication: str
    date: date
    status: EditionStatus
    subject: str
    stories: int
    hash: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedStory:
    """A story that an edition prints, by everything it may be known by."""

    edition: str
    story: str
    url_key: str = ""
    title_key: str = ""
    cluster: str = ""
    source: str = ""
    text_key: str = ""


class Editions:
    """Editions on the shelf. Everything that writes is one transaction of its own, or joins the caller's."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    # --- reading ---

    def get(self, edition_id: str) -> Edition | None:
        """Read an edition; its state comes from the columns, which the document follows."""
        row = self._one("SELECT document, status, hash FROM editions WHERE id = ?", edition_id)
        return _edition(row) if row else None

    def list(self, publication: str | None = None, *, limit: int | None = None) -> tuple[EditionLine, ...]:
        """List editions, newest first: of one publication, or of all."""
        rows = self._connection.execute(
            "SELECT id, publication, date, status, subject, stories, hash, sent_at FROM editions"
            " WHERE ? IS NULL OR publication = ? ORDER BY date DESC, publication LIMIT ?",
            (publication, publication, -1 if limit is None else limit),
        )
        return tuple(
            EditionLine(
                id=row["id"], publication=row["publication"], date=date.fromisoformat(row["date"]),
                status=EditionStatus(row["status"]), subject=row["subject"], stories=row["stories"], hash=row["hash"],
                sent_at=_time(row["sent_at"]),
            )
            for row in rows
        )  # fmt: skip

    def before(self, publication: str, day: date, statuses: Sequence[EditionStatus]) -> Edition | None:
        """Read the publication's newest edition that is dated before a day and stands in one of the states."""
        marks = ",".join("?" * len(statuses))
        row = self._one(
            f"SELECT document, status, hash FROM editions WHERE publication = ? AND date < ? AND status IN ({marks})"
            " ORDER BY date DESC LIMIT 1",
            publication, day.isoformat(), *statuses,
        )  # fmt: skip
        return _edition(row) if row else None

    def carried(self, publication: str, *, apart_from: str = "") -> Iterable[CarriedStory]:
        """List what the publication's other editions print, oldest first: those approved, sending or sent."""
        rows = self._connection.execute(
            "SELECT c.* FROM carried c JOIN editions e ON e.id = c.edition"
            " WHERE e.publication = ? AND e.id <> ? AND e.status IN ('approved', 'sending', 'sent')"
            " ORDER BY e.date, c.story",
            (publication, apart_from),
        )
        return (CarriedStory(**{name: row[name] for name in CarriedStory.__slots__}) for row in rows)

    def explanations(
        self, *, edition: str | None = None, story: str | None = None, fate: Fate | None = None
    ) -> tuple[Explanation, ...]:
        """Read why stories were, or were not, picked: of an edition, of a story, or both."""
        asked = {"edition": edition, "story": story, "fate": fate}
        given = {name: value for name, value in asked.items() if value is not None}
        where = " AND ".join(f"{name} = :{name}" for name in given) or "1"
        rows = self._connection.execute(
            f"SELECT document FROM explanations WHERE {where} ORDER BY edition DESC, story", given
        )
        return tuple(read_document(Explanation, row["document"]) for row in rows)

    def revisions(self, edition_id: str | None = None, *, story: str | None = None) -> tuple[Revision, ...]:
        """Read the log, oldest line first: an edition's, or what was done with a story."""
        where, value = ("story", story) if edition_id is None else ("edition", edition_id)
        rows = self._connection.execute(f"SELECT * FROM revisions WHERE {where} = ? ORDER BY number", (value,))
        return tuple(
            Revision(
                edition=row["edition"], at=datetime.fromisoformat(row["at"]), by=row["by"], verb=row["verb"],
                story=row["story"], value=MappingProxyType(json.loads(row["value"])),
            )
            for row in rows
        )  # fmt: skip

    def last_draft(self, edition_id: str) -> Edition | None:
        """Read the draft that the present one replaced."""
        row = self._one("SELECT document FROM drafts WHERE edition = ? ORDER BY number DESC LIMIT 1", edition_id)
        return read_document(Edition, row["document"]) if row else None

    def drafted(self, edition_id: str) -> tuple[Edition, int] | None:
        """Read an edition as it was drafted last, and how many lines its log had then. None where that is not known."""
        row = self._one("SELECT drafted, drafted_lines FROM editions WHERE id = ? AND drafted <> ''", edition_id)
        return (read_document(Edition, row["drafted"]), row["drafted_lines"]) if row else None

    # --- writing ---

    def save(
        self,
        edition: Edition,
        *,
        at: datetime,
        carried: Iterable[CarriedStory] = (),
        explanations: Iterable[Explanation] | None = None,
        is_draft: bool = False,
    ) -> None:
        """Put an edition in place of the one of its id; the draft it replaces is kept for comparing.

        `carried` is everything it prints. Explanations replace the earlier ones; None leaves those as they are.
        `is_draft` says that nobody has changed it yet: this is what undo goes back to.
        """
        document = write_document(edition)
        with self._store.transaction():
            old = self._one("SELECT document FROM editions WHERE id = ?", edition.id)
            if old and old["document"] != document:
                self._connection.execute(
                    "INSERT INTO drafts (edition, at, document) VALUES (?, ?, ?)",
                    (edition.id, at.isoformat(), old["document"]),
                )
                self._connection.execute(
                    "DELETE FROM drafts WHERE edition = ? AND number <= (SELECT max(number) FROM drafts) - ?",
                    (edition.id, DRAFTS_KEPT),
                )
            self._connection.execute(
                "INSERT INTO editions"
                " (id, publication, date, status, subject, stories, hash, window_to_at, changed_at, document)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " status = excluded.status, subject = excluded.subject, stories = excluded.stories,"
                " hash = excluded.hash, window_to_at = excluded.window_to_at, changed_at = excluded.changed_at,"
                " document = excluded.document",
                (
                    edition.id, edition.publication, edition.date.isoformat(), edition.status, edition.subject,
                    len(edition.picks), edition.hash, edition.window_to_at and edition.window_to_at.isoformat(),
                    at.isoformat(), document,
                ),
            )  # fmt: skip
            self._connection.execute("DELETE FROM carried WHERE edition = ?", (edition.id,))
            self._connection.executemany(
                "INSERT OR IGNORE INTO carried (edition, story, url_key, title_key, cluster, source, text_key)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (one.edition, one.story, one.url_key, one.title_key, one.cluster, one.source, one.text_key)
                    for one in carried
                ),
            )
            if is_draft:
                self._connection.execute(
                    "UPDATE editions SET drafted = document,"
                    " drafted_lines = (SELECT count(*) FROM revisions WHERE edition = editions.id) WHERE id = ?",
                    (edition.id,),
                )
            if explanations is not None:
                self._connection.execute("DELETE FROM explanations WHERE edition = ?", (edition.id,))
                self._connection.executemany(
                    "INSERT INTO explanations (edition, story, fate, section, document) VALUES (?, ?, ?, ?, ?)",
                    ((one.edition, one.story, one.fate, one.section, write_document(one)) for one in explanations),
                )

    def record(self, revisions: Iterable[Revision]) -> None:
        """Append lines to the log."""
        with self._store.transaction():
            self._connection.executemany(
                'INSERT INTO revisions (edition, at, "by", verb, story, value) VALUES (?, ?, ?, ?, ?, ?)',
                (
                    (one.edition, one.at.isoformat(), one.by, one.verb, one.story, _pairs(one.value))
                    for one in revisions
                ),
            )

    def approve(self, edition_id: str, rendered_hash: str, *, at: datetime) -> Edition:
        """Bind a draft to a rendering. Approving anew replaces the hash. Raises EditionError in any other state."""
        return self._turn(
            edition_id, EditionStatus.APPROVED, (EditionStatus.DRAFT, EditionStatus.APPROVED), at, rendered_hash
        )

    def reopen(self, edition_id: str, *, at: datetime) -> Edition:
        """Make an approved or skipped edition a draft again. Raises EditionError once sending has begun."""
        states = (EditionStatus.DRAFT, EditionStatus.APPROVED, EditionStatus.SKIPPED)
        return self._turn(edition_id, EditionStatus.DRAFT, states, at)

    def skip(self, edition_id: str, *, at: datetime) -> Edition:
        """Say that an edition will not go out. Raises EditionError once sending has begun."""
        states = (EditionStatus.DRAFT, EditionStatus.APPROVED, EditionStatus.SKIPPED)
        return self._turn(edition_id, EditionStatus.SKIPPED, states, at)

    def mark_sending(self, edition_id: str, *, at: datetime) -> Edition:
        """Say that sending has begun: the edition can be changed no more. An edition in sending stays so.

        Raises EditionError when it is not approved.
        """
        states = (EditionStatus.APPROVED, EditionStatus.SENDING)
        return self._turn(edition_id, EditionStatus.SENDING, states, at, keep_hash=True)

    def mark_sent(self, edition_id: str, *, at: datetime) -> Edition:
        """Say that every delivery is settled, or that the edition was handed over by an export.

        Raises EditionError when it was never approved.
        """
        states = (EditionStatus.APPROVED, EditionStatus.SENDING, EditionStatus.SENT)
        return self._turn(edition_id, EditionStatus.SENT, states, at, keep_hash=True)

    def _turn(
        self,
        edition_id: str,
        status: EditionStatus,
        allowed: Sequence[EditionStatus],
        at: datetime,
        rendered_hash: str = "",
        *,
        keep_hash: bool = False,
    ) -> Edition:
        with self._store.transaction():
            edition = self.get(edition_id)
            if edition is None:
                raise EditionError(f"there is no edition {edition_id}", advice="Type `broadsheet edition list`.")
            if edition.status not in allowed:
                raise EditionError(
                    f"{edition_id} is {edition.status} and cannot become {status}",
                    advice=_ADVICE.get(edition.status, ""),
                )
            changed = replace(edition, status=status, hash=edition.hash if keep_hash else rendered_hash)
            self._connection.execute(
                "UPDATE editions SET status = ?, hash = ?, changed_at = ?,"
                " sent_at = CASE WHEN ? = 'sent' THEN coalesce(sent_at, ?) ELSE sent_at END WHERE id = ?",
                (status, changed.hash, at.isoformat(), status, at.isoformat(), edition_id),
            )
            return changed

    def _one(self, query: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return row


_ADVICE: Mapping[EditionStatus, str] = {
    EditionStatus.DRAFT: "Approve it first: `broadsheet edition approve`.",
    EditionStatus.APPROVED: "It is approved already. To look at it again, reopen it: `broadsheet edition reopen`.",
    EditionStatus.SKIPPED: "Reopen it first: `broadsheet edition reopen`.",
    EditionStatus.SENDING: "Sending has begun; nothing about it can be changed.",
    EditionStatus.SENT: "It went out; nothing about it can be changed.",
}


def _edition(row: sqlite3.Row) -> Edition:
    edition = read_document(Edition, row["document"])
    return replace(edition, status=EditionStatus(row["status"]), hash=row["hash"])


def _pairs(value: Mapping[str, str]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
