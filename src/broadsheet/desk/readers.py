"""What a reader may do by a signed link, and by nothing else: leave, come back, choose, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.desk.subscribing import consent_step, new_subscriber, unsubscribe
from broadsheet.errors import ConfigError
from broadsheet.model import Consent

if TYPE_CHECKING:
    from broadsheet.audience.links import LinkSigner
    from broadsheet.store.subscribers import Subscriber, Subscription

UNDO_GOOD_FOR = timedelta(hours=1)
FORM_GOOD_FOR = timedelta(hours=12)
FORM_TAKES = timedelta(seconds=2)  # no person fills a form in less
MAILS_A_DAY = 3
PAUSE_AT_MOST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A person by one of their subscriptions, as a link proved it."""

    subscriber: Subscriber
    subscription: Subscription
    publication: Publication

    @property
    def has_left(self) -> bool:
        """Tell whether the subscription has ended."""
        return self.subscription.state is Consent.UNSUBSCRIBED


def signer_of(desk: Desk) -> LinkSigner:
    """Give what signs and reads the project's links."""
    from broadsheet.audience.links import LinkSigner

    return LinkSigner(desk.store.secrets)


def _reader(desk: Desk, number: int | None) -> Reader | None:
    if number is None:
        return None
    subscription = desk.store.subscribers.subscription(number)
    owner = desk.store.subscribers.owner(number)
    if subscription is None or owner is None:
        return None
    try:
        publication = desk.config.publication(subscription.publication)
    except ConfigError:
        return None
    return Reader(subscriber=owner, subscription=subscription, publication=publication)


def reader_by_unsubscribe_link(desk: Desk, token: str) -> Reader | None:
    """Find whom a link to leave belongs to; None for what is forged, cut, for another purpose, or nobody's."""
    from broadsheet.audience.links import Purpose

    found = signer_of(desk).read(Purpose.UNSUBSCRIBE, token)
    return _reader(desk, found[0]) if found else None


def reader_by_preferences_link(desk: Desk, token: str) -> Reader | None:
    """Find whom a link to the preferences belongs to, or None."""
    from broadsheet.audience.links import Purpose

    found = signer_of(desk).read(Purpose.PREFERENCES, token)
    return _reader(desk, found[0]) if found else None


def reader_by_confirmation(desk: Desk, token: str) -> Reader | None:
    """Find who asked to join by a confirmation link that is not too old, or None."""
    return _reader(desk, signer_of(desk).read_confirmation(token, desk.now()))


def leave(desk: Desk, reader: Reader, *, one_click: bool) -> str:
    """End a reader's subscription, at once and for good. Gives the token that undoes it within the hour.

    Doing it twice is the same as once.
    """
    from broadsheet.audience.links import Purpose

    basis = "one-click (RFC 8058)" if one_click else "button on the page"
    unsubscribe(desk, reader.subscription.id, basis=basis, source="unsubscribe link")
    return signer_of(desk).dated(Purpose.UNDO, reader.subscription.id, desk.now())


def come_back(desk: Desk, token: str) -> Reader | None:
    """Undo a leaving, within the hour and only for who pressed the button. None when that cannot be."""
    from broadsheet.audience.links import Purpose

    reader = _reader(desk, signer_of(desk).read_dated(Purpose.UNDO, token, desk.now(), UNDO_GOOD_FOR))
    if reader is None or desk.store.suppressions.get(reader.subscriber.key):
        return None
    _confirm(desk, reader, "undid the leaving", "unsubscribe page")
    return _reader(desk, reader.subscription.id)


def choose(
    desk: Desk,
    reader: Reader,
    *,
    sections: Sequence[str],
    cadence: str,
    paused_until: date | None,
    language: str,
) -> Reader | None:
    """Keep how a reader wants the publication. What is not on offer is left out; all sections are none named."""
    today = desk.now().astimezone(reader.publication.zone).date()
    offered = [plan.category for plan in reader.publication.sections]
    chosen = [category for category in offered if category in sections]
    if paused_until is not None and not today < paused_until <= today + PAUSE_AT_MOST:
        paused_until = None
    with desk.store.transaction():
        desk.store.subscribers.choose(
            reader.subscription.id,
            sections=() if len(chosen) == len(offered) else chosen,
            cadence="weekly" if cadence == "weekly" else "daily",
            paused_until=paused_until,
            language=language,
        )
    return _reader(desk, reader.subscription.id)


def form_stamp(desk: Desk) -> str:
    """Sign the time at which a form was shown: robots answer at once, or with one from long ago."""
    from broadsheet.audience.links import Purpose

    return signer_of(desk).dated(Purpose.FORM, 0, desk.now())


def is_fresh(desk: Desk, stamp: str) -> bool:
    """Tell whether a form was shown a while ago, and not too long."""
    from broadsheet.audience.links import Purpose

    return signer_of(desk).read_dated(Purpose.FORM, stamp, desk.now(), FORM_GOOD_FOR, FORM_TAKES) is not None


def is_address(text: str) -> bool:
    """Tell whether a text is an address that mail can be sent to."""
    from broadsheet.audience.addresses import NotAnAddress, parse_address

    try:
        parse_address(text)
    except NotAnAddress:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A mail that asks somebody to confirm: who it goes to and the link in it."""

    email: str
    url: str
    publication: Publication


def ask_to_join(
    desk: Desk, publication: Publication, email: str, *, base_url: str, language: str, wording: str, source: str
) -> Invitation | None:
    """Note that somebody asks to join, and give the mail that asks them to confirm; None where none may be sent.

    Nobody becomes active by this: who left stays so until they confirm. The caller answers the same in every case.
    """
    from broadsheet.audience.addresses import parse_address

    address = parse_address(email)
    shelf, now = desk.store.subscribers, desk.now()
    if desk.store.suppressions.get(address.key):
        return None
    with desk.store.transaction():
        known = shelf.find(address.key)
        old = next((one for one in (shelf.subscriptions_of(known.id) if known else ())
                    if one.publication == publication.name), None)  # fmt: skip
        if old is None:
            step = consent_step(Consent.PENDING, "asked to join", now, source=source, wording=wording)
            number = shelf.add(new_subscriber(address, language=language), publication.name, step, now)
        else:
            number = old.id
            asked = [step for step in shelf.history(number) if step.basis == "asked to join"]
            if old.state in (Consent.CONFIRMED, Consent.IMPORTED):
                return None
            if sum(step.at > now - timedelta(days=1) for step in asked) >= MAILS_A_DAY:
                return None
            step = consent_step(old.state, "asked to join", now, source=source, wording=wording)
            shelf.record(number, step, now)
    return Invitation(
        email=address.email, url=signer_of(desk).confirm_url(base_url, number, now), publication=publication
    )


def confirm(desk: Desk, reader: Reader, *, wording: str) -> bool:
    """Make a subscription active because its owner confirmed it. Gives False for a suppressed address."""
    if desk.store.suppressions.get(reader.subscriber.key):
        return False
    if reader.subscription.state not in (Consent.CONFIRMED, Consent.IMPORTED):
        _confirm(desk, reader, "confirmed by mail (double opt-in)", "confirmation page", wording)
    return True


def _confirm(desk: Desk, reader: Reader, basis: str, source: str, wording: str = "") -> None:
    with desk.store.transaction():
        desk.store.subscribers.record(
            reader.subscription.id,
            consent_step(Consent.CONFIRMED, basis, desk.now(), source=source, wording=wording),
            desk.now(),
        )


def send_invitation(desk: Desk, invitation: Invitation, subject: str, text: str) -> bool:
    """Send the mail that asks to confirm: plain text, nothing in it but the question. Gives whether it was taken."""
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime, formataddr, make_msgid

    from broadsheet.deliver.testing import send_test as hand_over
    from broadsheet.desk.mailing import way_out
    from broadsheet.model import Envelope, Message, Recipient

    publication = invitation.publication
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((publication.sender_name, publication.sender_email))
    mail["To"] = invitation.email
    mail["Subject"] = subject
    mail["Date"] = format_datetime(desk.now())
    mail["Message-ID"] = name = make_msgid(domain=publication.sender_email.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    message = Message(
        envelope=Envelope(sender=publication.sender_email, recipient=invitation.email),
        message_id=name,
        content=mail.as_bytes(),
    )
    answers = hand_over(way_out(desk), lambda _: message, [Recipient(id=0, email=invitation.email)])
    return bool(answers) and all(reply.code is not None and 200 <= reply.code < 300 for _, reply in answers)
