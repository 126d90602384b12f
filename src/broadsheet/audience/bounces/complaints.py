"""Read complaints (RFC 5965): somebody pressed "this is spam", or asked to leave by mail."""

from __future__ import annotations

from email.message import Message
from email.utils import parseaddr

from broadsheet.audience.bounces.parts import ADDRESS, fields_in, original_to, originals, reports_in, text_of, unique
from broadsheet.audience.bounces.reasons import Reason
from broadsheet.audience.bounces.report import BouncedRecipient, Kind, Report


def complaint_in(message: Message) -> Report | None:
    """Read a complaint, or a wish to leave that stands in the subject; None for neither."""
    for part in reports_in(message, "message/feedback-report"):
        fields = fields_in(text_of(part))
        kind = fields.get("feedback-type", ["abuse"])[0].split(";")[0].strip().lower()
        about = unique(
            found.group()
            for name in ("original-rcpt-to", "removal-recipient", "redacted-address")
            for value in fields.get(name, [])
            for found in ADDRESS.finditer(value)
        ) or original_to(message)
        return Report(
            kind=Kind.NONE if kind == "not-spam" else Kind.COMPLAINT,
            feedback_type=kind,
            recipients=tuple(
                BouncedRecipient(email=address, reason=Reason.SPAM, hard=False, action="complaint") for address in about
            ),
        )
    for part in (message, *originals(message)):
        if found := ADDRESS.search(str(part.get("X-HmXmrOriginalRecipient", ""))):
            return complaint_about("abuse", found.group())
    if str(message.get("Subject", "")).strip().lower() == "unsubscribe":  # RFC 2369: the mailto form
        sender = parseaddr(str(message.get("From", "")))[1]
        return complaint_about("opt-out", sender) if "@" in sender else None
    return None


def complaint_about(feedback_type: str, address: str) -> Report:
    """Give the report of one address' complaint."""
    recipient = BouncedRecipient(email=address, reason=Reason.SPAM, hard=False, action="complaint")
    return Report(kind=Kind.COMPLAINT, feedback_type=feedback_type, recipients=(recipient,))
