"""Read the bounce mailbox: dead addresses and complaints are suppressed, requests to leave are honoured.

What a message says is not trusted with anybody but the reader it proves to be about: by our signed tag in the address
it was sent to, or by the signed link in the copy of the mail that it brings back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.desk.opening import Desk
from broadsheet.desk.secrets import read_secret
from broadsheet.desk.subscribing import unsubscribe
from broadsheet.desk.suppressing import lifted_at
from broadsheet.errors import ConfigError
from broadsheet.model import SuppressionReason

if TYPE_CHECKING:
    from broadsheet.audience.bounces import BouncedRecipient, Report
    from broadsheet.audience.bounces.mailboxes import Fetched
    from broadsheet.audience.links import LinkSigner
    from broadsheet.store.subscribers import Subscriber

_LINK = re.compile(rb"/u/([0-9]{1,18}\.[A-Za-z0-9_-]{20,64})")
_NUMBER = re.compile(r"(?<!\d)\d{1,18}-")
MOST_KEPT = 100


@dataclass(slots=True, kw_only=True)
class BounceReport:
    """What a mailbox held and what was done. `unmatched` are the addresses of reports that prove no reader of ours.

    `forged` are requests to leave whose tag is not ours, cut or made for something else: they change nothing.
    """

    messages: int = 0
    hard: int = 0
    soft: int = 0
    complaints: int = 0
    unsubscribed: int = 0
    forged: int = 0
    delayed: int = 0
    autoreplies: int = 0
    other: int = 0
    suppressed: int = 0
    unmatched: list[str] = field(default_factory=list)


def read_bounces(desk: Desk, path: Path | None = None, *, by_address: bool = False) -> BounceReport:
    """Read the configured mailbox, or the Maildir or mbox at `path`. Reading a message twice changes nothing more.

    `by_address` also believes reports that prove nothing, by the addresses they name: for a mailbox that only your own
    relay can write to. Raises AudienceError or ConfigError.
    """
    from broadsheet.audience.links import LinkSigner

    signer = LinkSigner(desk.store.secrets)
    report = BounceReport()
    for content, done in _fetch(desk, path):
        _take(desk, signer, content, report, by_address)
        done()
    return report


def _fetch(desk: Desk, path: Path | None) -> Iterator[Fetched]:
    from broadsheet.audience.bounces.mailboxes import from_imap, from_path

    table = desk.config.bounces
    if path is not None:
        return from_path(path)
    if table is None:
        raise ConfigError(
            "no bounce mailbox is configured",
            key="bounces",
            advice="Name a Maildir or mbox, or write [bounces].",
        )
    if table.path:
        return from_path(desk.folder / table.path)
    password = read_secret(
        desk, "bounces.password", env=table.password_env, file=table.password_file, keyring=table.password_keyring
    )
    return from_imap(table.host, table.port, table.user, password, table.folder, encrypted=table.security == "tls")


def _take(desk: Desk, signer: LinkSigner, content: bytes, report: BounceReport, by_address: bool) -> None:
    from broadsheet.audience.bounces import Kind, read_report

    found = read_report(content)
    report.messages += 1
    if found.kind is Kind.REQUEST:
        _leave(desk, signer, found, report)
        return
    subscription = _proved(signer, content, found)
    if _asks_to_leave(found):
        report.unsubscribed += _let_go(desk, subscription, found, report)
        return
    if found.kind is Kind.AUTOREPLY:
        report.autoreplies += 1
        return
    if found.kind is Kind.NONE:
        report.other += 1
        return
    if found.kind is Kind.DELAY_WARNING:
        report.delayed += 1
        return
    owner = desk.store.subscribers.owner(subscription) if subscription is not None else None
    if owner is not None:
        about = [(owner, _about(found, owner))]
    elif by_address:
        about = [(person, one) for one in found.recipients if (person := _known(desk, one.email))]
    else:
        about = []
    if not about:
        report.unmatched += [one.email for one in found.recipients][: MOST_KEPT - len(report.unmatched)]
    day = _day_of(content, desk)
    for person, one in about:
        if found.kind is Kind.COMPLAINT:
            report.complaints += 1
            evidence = f"{found.feedback_type} {found.message_id}".strip()
            report.suppressed += _suppress(desk, person, SuppressionReason.COMPLAINT, day, evidence)
        elif one is not None and one.hard:
            report.hard += 1
            evidence = f"{one.reason.value} {one.status} {one.text}".strip()[:500]
            report.suppressed += _suppress(desk, person, SuppressionReason.BOUNCE, day, evidence)
        else:
            report.soft += 1
            report.suppressed += _note_soft(desk, person, one.reason.value if one else "unknown", day)


def _proved(signer: LinkSigner, content: bytes, found: Report) -> int | None:
    """Find the subscription that a message proves to be about."""
    from broadsheet.audience.links import Purpose

    for address in found.addressed_to:
        local = address.rpartition("@")[0]
        for start in _NUMBER.finditer(local):  # the tag stands at the end, after `+` or whatever was configured
            if known := signer.read_mail_tag(local[start.start() :]):
                return known[0]
    for match in _LINK.finditer(content):
        if known := signer.read(Purpose.UNSUBSCRIBE, match[1].decode("ascii")):
            return known[0]
    return None


def _asks_to_leave(found: Report) -> bool:
    return found.feedback_type in ("opt-out", "opt-out-list") or any(
        address.lower().startswith(("unsubscribe@", "leave@")) for address in found.addressed_to
    )


def _leave(desk: Desk, signer: LinkSigner, found: Report, report: BounceReport) -> None:
    """End the subscription that a tag of List-Unsubscribe names, whoever writes: the tag is the proof."""
    signed = [number for tag in found.leave_tags if (number := signer.read_leave_tag(tag)) is not None]
    report.forged += not signed
    for number in signed:
        report.unsubscribed += unsubscribe(
            desk, number, basis="asked by mail", source="mailto", evidence=found.message_id
        )


def _let_go(desk: Desk, subscription: int | None, found: Report, report: BounceReport) -> int:
    """End the subscription a request proves; where it proves none, those of the address it comes from.

    A forged sender can make somebody leave, and no more: the price of honouring requests from every mail program.
    """
    if subscription is not None:
        return unsubscribe(desk, subscription, basis="asked by mail", source="bounce mailbox")
    ended = 0
    for one in found.recipients:
        person = _known(desk, one.email)
        if person is None:
            report.unmatched.append(one.email)
            continue
        for known in desk.store.subscribers.subscriptions_of(person.id):
            ended += unsubscribe(desk, known.id, basis="asked by mail", source="bounce mailbox")
    return ended


def _about(found: Report, owner: Subscriber) -> BouncedRecipient | None:
    """Choose what a report says about its reader: by address, else, as mail goes to one person at a time, all of it."""
    for one in found.recipients:
        if one.email.lower() in (owner.email.lower(), owner.key):
            return one
    return found.recipients[0] if len(found.recipients) == 1 else None


def _known(desk: Desk, email: str) -> Subscriber | None:
    from broadsheet.audience.addresses import NotAnAddress, parse_address

    try:
        return desk.store.subscribers.find(parse_address(email).key)
    except NotAnAddress:
        return None


def _suppress(desk: Desk, person: Subscriber, reason: SuppressionReason, day: date, evidence: str) -> bool:
    """Suppress a person, unless a suppression was lifted on that day or later: that has been judged."""
    if _is_judged(desk, person, day):
        return False
    from broadsheet.store.suppressions import Suppression

    with desk.store.transaction():
        return desk.store.suppressions.add(
            person.key, Suppression(reason=reason, at=desk.now(), source="bounce mailbox", evidence=evidence)
        )


def _is_judged(desk: Desk, person: Subscriber, day: date) -> bool:
    lifted = lifted_at(desk, person.key)
    return lifted is not None and day <= lifted.date()


def _note_soft(desk: Desk, person: Subscriber, reason: str, day: date) -> bool:
    from broadsheet.audience.bounces.policy import gives_up

    with desk.store.transaction():
        days = desk.store.subscribers.note_soft_bounce(person.id, day, reason)
    days = [one for one in days if not _is_judged(desk, person, one)]
    if not gives_up(days, desk.now().date()):
        return False
    return _suppress(desk, person, SuppressionReason.BOUNCE, day, f"soft bounces on {len(days)} days, last: {reason}")


def _day_of(content: bytes, desk: Desk) -> date:
    """Take the day a message was written, so that reading it again counts no second time; never one to come."""
    from email import message_from_bytes

    message: Message = message_from_bytes(content[:65536])
    today = desk.now().date()
    try:
        moment = parsedate_to_datetime(str(message.get("Date", "")))
        return min((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).date(), today)
    except (ValueError, TypeError, OverflowError):
        return today
