"""Post a single letter that is no edition, an alert for example, by the same way out as an edition."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses, parseaddr

from broadsheet.desk.mailing import way_out, ways_out
from broadsheet.desk.opening import Desk
from broadsheet.errors import BroadsheetError
from broadsheet.model import Envelope, Message


def post_note(desk: Desk, note: EmailMessage) -> str | None:
    """Hand a letter over for everybody in its To. Gives the reason when anybody's was not taken, else None."""
    from broadsheet.deliver.transport import Refusal

    content = note.as_bytes(policy=SMTP)
    sender = parseaddr(str(note["From"]))[1]
    reasons = []
    try:
        session = way_out(desk).open()
    except Refusal as error:
        return str(error)
    except BroadsheetError as error:
        return error.message
    try:
        for position, (_name, address) in enumerate(getaddresses([str(note["To"])])):
            # The Maildir keeps one file a Message-ID; a letter to several people is several.
            letter = Message(
                envelope=Envelope(sender=sender, recipient=address),
                message_id=str(note["Message-ID"]) if position == 0 else f"{position}.{note['Message-ID']}",
                content=content,
            )
            _, opened = session.exchange(None, letter)
            taken = session.exchange(letter, None)[0] if opened is not None and opened.is_yes else opened
            if taken is None or not taken.is_yes:
                reasons.append(f"{address}: {taken.text if taken else 'no answer'}")
    finally:
        session.close()
    return "; ".join(reasons) or None


def try_relays(desk: Desk) -> list[tuple[str, str | None]]:
    """Connect to each account with TLS and login, and hand over nothing. Gives each with the reason why that failed.

    Raises ConfigError when a password cannot be read.
    """
    from broadsheet.deliver.transport import Refusal

    found: list[tuple[str, str | None]] = []
    for way in ways_out(desk):
        try:
            way.open().close()
        except Refusal as error:
            found.append((way.name, str(error)))
        else:
            found.append((way.name, None))
    return found
