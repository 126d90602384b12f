"""The audience's use cases: lists in and out, and a word about one person."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.errors import AudienceError
from broadsheet.model import Consent, Recipient, SuppressionReason

if TYPE_CHECKING:
    from broadsheet.audience.addresses import Address
    from broadsheet.audience.reading import Notes, Refusal, Row, SubscriberFile
    from broadsheet.audience.segments import Segment
    from broadsheet.store.imports import Difference, ImportRecord
    from broadsheet.store.subscribers import ConsentStep, Subscriber, Subscription
    from broadsheet.store.suppressions import Lifting, Suppression

MOST_KEPT = 1000
OUTSIDE = "not in the segment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do. `refusals` and `left_out` (line, reason) hold the first thousand of each.

    `everybody` is where all its people stand at best, by the file's name or by whoever imports it; '' if neither says.
    """

    file: str
    encoding: str
    delimiter: str
    email_column: str
    dry_run: bool
    rows: int
    difference: Difference
    refused: int
    refusals: tuple[Refusal, ...]
    left_out: tuple[tuple[int, str], ...]
    notes: Notes
    number: int | None
    everybody: str = ""


def import_subscribers(
    desk: Desk,
    publication: Publication,
    file: Path,
    *,
    basis: str = "import",
    dry_run: bool = False,
    refused_file: Path | None = None,
    everybody: str = "",
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Read a list, compare it with the audience, and keep it in one transaction: all of it or nothing.

    Rows that are refused, and rows that would write to somebody who must not be written to, go to `refused_file` as a
    CSV with the line and the reason in front. `everybody` names where all these people stand at best (active, pending,
    unsubscribed, bounced, complained), instead of what the file's name says. Raises AudienceError or StoreError.
    """
    from broadsheet.audience.beside import read_rows
    from broadsheet.audience.reading import SubscriberFile
    from broadsheet.audience.states import Standing

    source = SubscriberFile(file, Standing[everybody.upper()] if everybody else None)
    imports = desk.store.imports
    refused: list[Refusal] = []
    count = 0

    def refuse(refusal: Refusal) -> None:
        nonlocal count
        count += 1
        if len(refused) < MOST_KEPT:
            refused.append(refusal)

    number = None
    try:
        with desk.store.translated(), closing(read_rows(source, refuse)) as rows:
            imports.stage(_counted(rows, progress) if progress else rows)
        with desk.store.translated() if dry_run else desk.store.transaction():
            difference = imports.compare(publication.name)
            if not dry_run:
                number = imports.keep(publication.name, file=file.name, basis=basis, at=desk.now(), counts=difference)
        with closing(imports.left_out()) as lines:
            left_out = tuple(itertools.islice(lines, MOST_KEPT))
        if refused_file is not None:
            with closing(imports.left_out()) as lines:
                _write_refused(source, lines, refused_file)
    finally:
        imports.clear()
    return ImportReport(
        file=str(file), encoding=source.dialect.encoding, delimiter=source.dialect.delimiter,
        email_column=source.columns.email_name, dry_run=dry_run, rows=source.rows_read, difference=difference,
        refused=count, refusals=tuple(refused), left_out=left_out, notes=source.notes, number=number,
        everybody="" if source.hint is None else source.hint.name.lower(),
    )  # fmt: skip


def _counted(rows: Iterator[Row], progress: Callable[[int], None]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number % 5000 == 0:
            progress(number)
        yield row


def _write_refused(source: SubscriberFile, left_out: Iterator[tuple[int, str]], target: Path) -> None:
    """Write the rows that were not imported, as they stood, so that they can be mended and imported again."""
    from broadsheet.audience.writing import writing

    with writing(target, ("refused line", "refused because", *source.columns.header), inert_cells=False) as write:
        for line, reason, cells in source.not_imported(left_out):
            write((str(line), reason, *cells))


def undo_import(desk: Desk, publication: Publication) -> tuple[ImportRecord, dict[str, int]]:
    """Take the newest import of a publication back. Raises AudienceError when there is none."""
    record = desk.store.imports.last(publication.name)
    if record is None:
        raise AudienceError(f"there is no import of {publication.name} to undo")
    with desk.store.transaction():
        return record, desk.store.imports.undo(record.id, desk.now())


def add_subscriber(
    desk: Desk,
    publication: Publication,
    email: str,
    *,
    first_name: str = "",
    last_name: str = "",
    basis: str = "added by hand",
) -> int:
    """Subscribe one person, on the word of whoever types. Gives the subscription's number.

    Raises AudienceError for what is no address, for a suppressed one, and for somebody who left.
    """
    address = read_address(email)
    suppression = desk.store.suppressions.get(address.key)
    if suppression is not None:
        raise AudienceError(
            f"{address.email} is suppressed ({suppression.reason.value}, {suppression.at:%Y-%m-%d}) and was not added",
            advice="A suppression beats a consent. If it is wrong: `broadsheet suppressions lift --help`.",
        )
    with desk.store.transaction():
        known = desk.store.subscribers.find(address.key)
        for old in desk.store.subscribers.subscriptions_of(known.id) if known else ():
            if old.publication == publication.name:
                if old.state is Consent.UNSUBSCRIBED:
                    raise AudienceError(
                        f"{address.email} left {publication.name} on {old.at:%Y-%m-%d} and was not added",
                        advice="Only the person can come back: by the sign-up form or the page they left by.",
                    )
                return old.id
        return desk.store.subscribers.add(
            new_subscriber(address, first_name, last_name),
            publication.name,
            consent_step(Consent.CONFIRMED, basis, desk.now(), source="command line"),
            desk.now(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All that is kept about one address."""

    email: str
    subscriber: Subscriber | None
    subscriptions: tuple[tuple[Subscription, tuple[ConsentStep, ...]], ...]
    suppression: Suppression | None
    liftings: tuple[Lifting, ...] = ()


def show_person(desk: Desk, email: str) -> Person:
    """Give everything that is kept about an address: what a person may ask for. Raises AudienceError for none."""
    address = read_address(email)
    shelf = desk.store.subscribers
    known = shelf.find(address.key)
    suppression = desk.store.suppressions.get(address.key)
    liftings = tuple(desk.store.suppressions.liftings(address.key))
    if known is None and suppression is None and not liftings:
        raise AudienceError(f"nothing is kept about {address.email}")
    return Person(
        email=known.email if known else address.email,
        subscriber=known,
        subscriptions=tuple(
            (subscription, tuple(shelf.history(subscription.id)))
            for subscription in (shelf.subscriptions_of(known.id) if known else ())
        ),
        suppression=suppression,
        liftings=liftings,
    )


def unsubscribe(desk: Desk, subscription: int, *, basis: str, source: str, evidence: str = "") -> bool:
    """End one subscription. Gives whether it was running until now; ending it twice is the same as once."""
    with desk.store.transaction():
        found = desk.store.subscribers.subscription(subscription)
        if found is None or found.state is Consent.UNSUBSCRIBED:
            return False
        step = consent_step(Consent.UNSUBSCRIBED, basis, desk.now(), source=source, evidence=evidence)
        desk.store.subscribers.record(subscription, step, desk.now())
        return True


def remove_subscriber(desk: Desk, publication: Publication, email: str) -> bool:
    """End the subscription of an address. Raises AudienceError when the publication does not know it."""
    person = show_person(desk, email)
    for subscription, _ in person.subscriptions:
        if subscription.publication == publication.name:
            return unsubscribe(desk, subscription.id, basis="removed by hand", source="command line")
    raise AudienceError(f"{person.email} has no subscription to {publication.name}")


def suppress(
    desk: Desk, email: str, reason: SuppressionReason, *, evidence: str = "", source: str = "command line"
) -> bool:
    """Never write to an address again. Gives whether that is new."""
    from broadsheet.store.suppressions import Suppression

    with desk.store.transaction():
        return desk.store.suppressions.add(
            read_address(email).key, Suppression(reason=reason, at=desk.now(), source=source, evidence=evidence)
        )


def erase(desk: Desk, email: str) -> dict[str, int]:
    """Remove a person and everything about them; only a keyed hash stays, so that no import brings them back.

    Gives the rows that are gone by kind. The old bytes are overwritten in the database file.
    """
    from broadsheet.store.suppressions import Suppression

    address = read_address(email)
    shelf = desk.store.subscribers
    with desk.store.erasing(), desk.store.transaction():
        known = shelf.find(address.key)
        numbers = [subscription.id for subscription in shelf.subscriptions_of(known.id)] if known else []
        gone = {**shelf.erase(address.key), "deliveries": desk.store.deliveries.forget(numbers)}
        desk.store.suppressions.add(
            address.key,
            Suppression(reason=SuppressionReason.REQUEST, at=desk.now(), source="erasure"),
        )
    return gone


def read_address(email: str) -> Address:
    """Read an address that somebody typed. Raises AudienceError."""
    from broadsheet.audience.addresses import NotAnAddress, parse_address

    try:
        return parse_address(email)
    except NotAnAddress as fault:
        raise AudienceError(f"{email!r} is no address: {fault}") from None


def new_subscriber(address: Address, first_name: str = "", last_name: str = "", language: str = "") -> Subscriber:
    """Make the record of a person who is not in the database yet."""
    from broadsheet.store.subscribers import Subscriber

    return Subscriber(
        id=0, key=address.key, email=address.email, first_name=first_name, last_name=last_name, language=language
    )


def consent_step(
    state: Consent, basis: str, at: datetime, *, source: str = "", wording: str = "", evidence: str = ""
) -> ConsentStep:
    """Make a line of the proof of consent."""
    from broadsheet.store.subscribers import ConsentStep

    return ConsentStep(state=state, basis=basis, at=at, source=source, wording=wording, evidence=evidence)


def read_segment(desk: Desk, text: str) -> Segment | None:
    """Read a segment and make sure that its names exist. Raises AudienceError with a guess at what was meant."""
    if not text.strip():
        return None
    import difflib

    from broadsheet.audience.segments import BUILT_IN, parse_segment

    segment = parse_segment(text)
    for name in sorted(segment.names - BUILT_IN.keys()):
        if not desk.store.subscribers.has_attribute(name):
            known = [*BUILT_IN, *desk.store.subscribers.attribute_names()]
            close = difflib.get_close_matches(name, known, n=1)
            raise AudienceError(
                f"no subscriber has an attribute {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""),
                advice=f"Known names: {', '.join(known[:30])}.",
            )
    return segment


def candidates(desk: Desk, publication: Publication, day: date, segment: str = "") -> Iterator[tuple[Recipient, str]]:
    """Yield every subscription of a publication with the reason it is left out of an edition, or ''.

    This is whom an edition of a day is frozen from: candidates = recipients + excluded, and each is one of them. The
    publication's own segment holds beside the one given.
    Raises AudienceError for a segment that cannot be understood, before anything is yielded.
    """
    chosen = [one for one in (read_segment(desk, publication.segment), read_segment(desk, segment)) if one is not None]
    everyone = desk.store.subscribers.candidates(publication.name, day)
    if not chosen:
        return everyone
    return (
        (recipient, reason or ("" if all(one.matches(recipient) for one in chosen) else OUTSIDE))
        for recipient, reason in everyone
    )


def sample(desk: Desk, publication: Publication, segment: str = "", size: int = 10) -> tuple[int, list[Recipient]]:
    """Count those an edition of today would go to, and choose a few of them: the same ones each time."""
    import hashlib
    import heapq

    found = 0

    def ranked() -> Iterator[tuple[bytes, int, Recipient]]:
        nonlocal found
        for recipient, reason in candidates(desk, publication, _today(desk, publication), segment):
            if not reason:
                found += 1
                yield hashlib.blake2b(str(recipient.id).encode(), digest_size=8).digest(), recipient.id, recipient

    chosen = heapq.nsmallest(size, ranked(), key=lambda one: one[:2])
    return found, sorted((one[2] for one in chosen), key=lambda recipient: recipient.id)


def export_subscribers(
    desk: Desk,
    publication: Publication,
    target: Path | None,
    *,
    everyone: bool = False,
    segment: str = "",
    platform: str = "",
) -> int:
    """Write a publication's list as CSV: those who may be written to, or everyone with their state. Gives the rows.

    `platform` names whose columns to write. Raises AudienceError for an unknown platform or segment.
    """
    from broadsheet.audience.writing import columns_for, writing

    chosen = read_segment(desk, segment)
    names = desk.store.subscribers.attribute_names()
    columns = columns_for(platform, names, with_state=everyone)
    count = 0
    with writing(target, columns.head) as write:
        for recipient, state, reason in desk.store.subscribers.everyone(publication.name, _today(desk, publication)):
            if (everyone or not reason) and (chosen is None or chosen.matches(recipient)):
                write(columns.row(recipient, Consent(state), reason))
                count += 1
    return count


def count_audience(desk: Desk, publication: Publication, segment: str = "") -> dict[str, Any]:
    """Count the subscriptions by state, and today's recipients and exclusions by reason."""
    excluded: Counter[str] = Counter(
        reason for _, reason in candidates(desk, publication, _today(desk, publication), segment)
    )
    recipients = excluded.pop("", 0)
    return {
        "states": desk.store.subscribers.count(publication.name),
        "recipients": recipients,
        "excluded": dict(excluded),
    }


def _today(desk: Desk, publication: Publication) -> date:
    return desk.now().astimezone(publication.zone).date()
