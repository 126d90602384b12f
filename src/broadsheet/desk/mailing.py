"""What sending, test sends and dry runs share: the way out, and the messages of an edition."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.desk.secrets import read_secret
from broadsheet.errors import ConfigError
from broadsheet.model import Message, Recipient, RenderedEdition
from broadsheet.slots import Slot

if TYPE_CHECKING:
    from broadsheet.config.mail import Relay
    from broadsheet.deliver.dkim import DkimSigner, Key
    from broadsheet.deliver.message import Composer
    from broadsheet.deliver.transport import Transport

OUTBOX = "outbox"
LOCAL_BASE_URL = "http://127.0.0.1:8765"
"""Where links lead while no `base_url` is configured: mail in the outbox reaches nobody else."""


def ways_out(desk: Desk, *, with_secrets: bool = True) -> list[Transport]:
    """Give the configured accounts in order, or the Maildir in the project.

    Without secrets they can be asked for their names, and not opened. Raises ConfigError when a password cannot be
    read.
    """
    config = desk.config.smtp
    if config is None:
        from broadsheet.deliver.maildir import Maildir

        return [Maildir(desk.folder / OUTBOX)]
    from broadsheet.deliver.smtp import Account, Smtp

    return [
        Smtp(
            Account(
                host=relay.host,
                port=relay.port,
                name=relay.called,
                security=relay.security,
                user=relay.user,
                password=_password(desk, relay, number) if with_secrets else "",
                sessions=relay.connections,
                timeout=relay.timeout,
                answer_timeout=relay.answer_timeout,
                authority=str(desk.folder / relay.authority) if relay.authority else "",
            )
        )
        for number, relay in enumerate(config.relays)
    ]


def way_out(desk: Desk) -> Transport:
    """Give the first account, or the Maildir in the project. Raises ConfigError when its password cannot be read."""
    return ways_out(desk)[0]


def messages_of(
    desk: Desk, publication: Publication, rendered: RenderedEdition, at: datetime, *, tag: str = "", mark: str = ""
) -> Callable[[Recipient], Message]:
    """Give what makes a recipient's message of an edition; threads may share it.

    Raises ConfigError when mail would leave without a working way to unsubscribe.
    """
    from broadsheet.audience.links import LinkSigner

    smtp = desk.config.smtp
    base_url = publication.base_url or LOCAL_BASE_URL
    if smtp is not None and not publication.base_url:
        raise ConfigError(
            "a mail must say how to unsubscribe, and no address for that is configured",
            key=f"publications.{publication.name}.base_url",
            advice="Set base_url to where `broadsheet serve` is reached from outside.",
        )
    signer = LinkSigner(desk.store.secrets)
    edition = rendered.edition.id
    ways: dict[Slot, Callable[[int], str]] = {
        Slot.UNSUBSCRIBE_URL: lambda number: signer.unsubscribe_url(base_url, number),
        Slot.VIEW_URL: lambda number: signer.view_url(base_url, number, edition),
        Slot.PREFERENCES_URL: lambda number: signer.preferences_url(base_url, number),
    }
    bounce: Callable[[Recipient], str] | None = None
    if smtp is not None and smtp.bounce_address:
        bounce = _bounces(smtp.bounce_address, lambda number, named: signer.mail_tag(number, edition if named else ""))
    mailto: Callable[[Recipient], str] | None = None
    if smtp is not None and smtp.bounce_address and desk.config.bounces is not None:
        mailto = _leaving(smtp.bounce_address, signer.leave_tag)
    from broadsheet.deliver.message import Composer, Sender

    sender = Sender(
        name=publication.sender_name,
        email=publication.sender_email,
        list_id=publication.list_id,
        list_title=publication.title,
        reply_to=publication.reply_to,
        feedback_id=f"{edition}:{publication.name}:digest:{publication.sender_email.rpartition('@')[2]}",
    )

    signing = _signer(desk, publication, at)

    def composer(variant: RenderedEdition) -> Composer:
        return Composer(
            variant,
            sender,
            date=at,
            link=lambda slot, recipient: ways[slot](recipient.id),
            bounce_address=bounce,
            mailto=mailto,
            signer=signing,
            tag=tag,
            mark=mark,
        )

    return _Variants(desk, rendered, composer)


def _bounces(address: str, tag: Callable[[int, bool], str]) -> Callable[[Recipient], str]:
    """Give each reader an envelope sender; its tag leaves the edition out where 64 octets are not enough (RFC 5321)."""

    def bounce(recipient: Recipient) -> str:
        whole = address.replace("{tag}", tag(recipient.id, True))
        return whole if whole.rfind("@") <= 64 else address.replace("{tag}", tag(recipient.id, False))

    return bounce


def _leaving(address: str, tag: Callable[[int], str]) -> Callable[[Recipient], str]:
    """Give each reader a mailto (RFC 6068) that leaves, with the tag in the address where it has a place for one.

    It stands in the subject as well: one of the two may be lost on the way. Too long an address (RFC 5321) gives ''.
    """

    def mailto(recipient: Recipient) -> str:
        signed = tag(recipient.id)
        local, _, domain = address.replace("{tag}", signed).rpartition("@")
        return f"mailto:{quote(local, safe='+')}@{domain}?subject={signed}" if len(local) <= 64 else ""

    return mailto


class _Variants:
    """Messages of an edition, rendered once for each choice of sections that readers made."""

    def __init__(self, desk: Desk, rendered: RenderedEdition, composer: Callable[[RenderedEdition], Composer]) -> None:
        self._desk, self._rendered, self._composer = desk, rendered, composer
        self._whole = composer(rendered)
        self._known = frozenset(section.category for section in rendered.edition.sections if section.picks)
        self._chosen: dict[frozenset[str], Composer] = {self._known: self._whole}
        self._lock = threading.Lock()

    def __call__(self, recipient: Recipient) -> Message:
        return self._variant(recipient).compose(recipient)

    def _variant(self, recipient: Recipient) -> Composer:
        if not recipient.sections:
            return self._whole
        chosen = self._known.intersection(recipient.sections)
        found = self._chosen.get(chosen)
        if found is None:
            from broadsheet.desk.production import render

            with self._lock:
                found = self._chosen.get(chosen)
                if found is None:
                    found = self._composer(render(self._desk, self._rendered.edition, sections=chosen))
                    self._chosen[chosen] = found
        return found


def nothing_chosen(rendered: RenderedEdition) -> Callable[[Recipient], str]:
    """Give the reason why a reader's choice of sections leaves nothing of an edition, or ''."""
    known = frozenset(section.category for section in rendered.edition.sections if section.picks)

    def reason(recipient: Recipient) -> str:
        chosen = not recipient.sections or bool(known.intersection(recipient.sections))
        return "" if chosen else "nothing in the sections chosen"

    return reason


def _signer(desk: Desk, publication: Publication, at: datetime) -> DkimSigner | None:
    keys = signing_keys(desk, publication)
    if not keys:
        return None
    from broadsheet.deliver.dkim import DkimSigner

    return DkimSigner(keys, at)


def signing_keys(desk: Desk, publication: Publication) -> list[Key]:
    """Read the keys that a publication's mail is signed with. Raises ConfigError; no part of a key is in its words."""
    config = desk.config.smtp
    if config is None or not config.dkim:
        return []
    from broadsheet.deliver.dkim import load_key

    keys = []
    for key in config.dkim:
        try:
            pem = (desk.folder / key.key_file).read_bytes()
        except OSError as error:
            raise ConfigError(f"{key.key_file} cannot be read: {error.strerror}", key="smtp.dkim.key_file") from None
        keys.append(load_key(key.domain or publication.sender_email.rpartition("@")[2], key.selector, pem))
    return keys


def _password(desk: Desk, relay: Relay, number: int) -> str:
    if not relay.user:
        return ""
    return read_secret(
        desk, f"smtp.accounts[{number}].password" if number else "smtp.password",
        env=relay.password_env, file=relay.password_file, keyring=relay.password_keyring,
    )  # fmt: skip
