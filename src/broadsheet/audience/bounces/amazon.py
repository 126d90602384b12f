"""Read Amazon SES' notifications, which are JSON in the text of a mail."""

from __future__ import annotations

import json
from email.message import Message

from broadsheet.audience.bounces.complaints import complaint_about
from broadsheet.audience.bounces.delivery_status import judge
from broadsheet.audience.bounces.parts import notice_of
from broadsheet.audience.bounces.report import Kind, Report


def amazon_notice_in(message: Message) -> Report | None:
    """Read Amazon SES' notifications: JSON in the text of a mail."""
    text = notice_of(message)
    if '"notificationType"' not in text and '\\"notificationType\\"' not in text:
        return None
    start = text.find("{")
    try:
        note, _ = json.JSONDecoder().raw_decode(text[start:].replace("\n", ""))
        note = json.loads(note["Message"]) if isinstance(note.get("Message"), str) else note
        about = note.get("bounce") or note.get("complaint") or {}
        people = about.get("bouncedRecipients") or about.get("complainedRecipients") or []
        addresses = [(str(one["emailAddress"]), one) for one in people]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if not addresses:
        return Report(kind=Kind.NONE)
    if "complaint" in note:
        return complaint_about(str(about.get("complaintFeedbackType") or "abuse"), addresses[0][0])
    block = [
        judge(
            address, str(one.get("action") or "failed"), {"status": [str(one.get("status") or "")]},
            str(one.get("diagnosticCode") or about.get("bounceSubType") or ""), "",
        )
        for address, one in addresses
    ]  # fmt: skip
    return Report(kind=Kind.BOUNCE, recipients=tuple(block))
