"""Read a message that came back: which kind, about whom, why."""

from __future__ import annotations

import email
import email.policy
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum

from broadsheet.audience.bounces.parts import (
    addresses_in,
    decoded,
    notice_of,
    original_id,
    original_to,
    originals,
    outer_parts,
    text_of,
    unique,
)
from broadsheet.audience.bounces.reasons import Reason, reason_in, reason_of_status, reply_in, speaks_of, status_in
from broadsheet.audience.bounces.texts import named_in

LONGEST = 512 * 1024
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
LEAVE_TAG = re.compile(r"leave-[0-9]{1,18}-[0-9a-z]{0,20}")
WITH_QUOTES = re.compile(rf'"[^"\s]+"@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|{ADDRESS.pattern}')


class Kind(StrEnum):
    """What a message in the bounce mailbox is."""

    BOUNCE = "bounce"
    DELAY_WARNING = "delay_warning"
    COMPLAINT = "complaint"
    AUTOREPLY = "autoreply"
    REQUEST = "request"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncedRecipient:
    """One address a report is about. `hard` means: never write to it again. `text` is the other side's own words."""

    email: str
    reason: Reason
    hard: bool
    status: str = ""
    reply_code: str = ""
    action: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a message says. `addressed_to` are the addresses it was sent to: our mail tag may stand in one.

    `leave_tags` are what may be our tags to leave by mail, in lower case, unverified: only a request (REQUEST) has any.
    `message_id` is that of the mail of ours that a report is about, or of a request itself.
    """

    kind: Kind
    recipients: tuple[BouncedRecipient, ...] = ()
    addressed_to: tuple[str, ...] = ()
    leave_tags: tuple[str, ...] = ()
    feedback_type: str = ""
    message_id: str = ""

    @property
    def is_bounce(self) -> bool:
        """Tell whether it reports a failed or late delivery."""
        return self.kind in (Kind.BOUNCE, Kind.DELAY_WARNING)


def read_report(content: bytes) -> Report:
    """Read a whole message as it was received. Never raises for what is in it."""
    message = email.message_from_bytes(content[:LONGEST], policy=email.policy.compat32)
    addressed_to = tuple(addresses_in(message, "To", "Delivered-To", "X-Original-To", "Envelope-To"))
    if tags := _leave_tags(message, addressed_to):
        name = str(message.get("Message-ID", "")).strip()[:200]
        return Report(kind=Kind.REQUEST, addressed_to=addressed_to, leave_tags=tags, message_id=name)
    for read in (_complaint, _delivery_status, _by_amazon, _in_words):
        report = read(message)
        if report is not None:
            return replace(report, addressed_to=addressed_to, message_id=original_id(message))
    kind = Kind.AUTOREPLY if _is_autoreply(message) else Kind.NONE
    return Report(kind=kind, addressed_to=addressed_to)


# --- RFC 2369: a mail to the mailto of List-Unsubscribe ---


def _leave_tags(message: Message, addressed_to: tuple[str, ...]) -> tuple[str, ...]:
    """Find what may be tags to leave, in the addresses, else as the whole subject.

    Nothing of ours is ever sent from such an address, so whatever comes to one was meant for it, however a mail
    program marked it; only a report (multipart/report, RFC 6522) is none. A subject may be repeated by a machine that
    answers, so an automatic reply is not believed for it.
    """
    if message.get_content_type() in ("multipart/report", "message/delivery-status"):
        return ()
    in_addresses = unique(
        found.group() for one in addressed_to for found in LEAVE_TAG.finditer(one.lower().rpartition("@")[0])
    )
    if in_addresses or _is_autoreply(message):
        return tuple(in_addresses)
    subject = decoded(str(message.get("Subject", ""))).strip().lower()
    whole = re.fullmatch(r"(?:unsubscribe\s+)?(leave-[0-9]{1,18}-[0-9a-z-]*)", subject)
    return (whole[1],) if whole else ()


# --- RFC 5965: somebody pressed "this is spam" ---


def _complaint(message: Message) -> Report | None:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = _fields(text_of(part))
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
                    BouncedRecipient(email=address, reason=Reason.SPAM, hard=False, action="complaint")
                    for address in about
                ),
            )
    for part in (message, *originals(message)):
        if found := ADDRESS.search(str(part.get("X-HmXmrOriginalRecipient", ""))):
            return _complaint_about("abuse", found.group())
    if str(message.get("Subject", "")).strip().lower() == "unsubscribe":  # RFC 2369: the mailto form
        sender = parseaddr(str(message.get("From", "")))[1]
        return _complaint_about("opt-out", sender) if "@" in sender else None
    return None


def _complaint_about(feedback_type: str, address: str) -> Report:
    recipient = BouncedRecipient(email=address, reason=Reason.SPAM, hard=False, action="complaint")
    return Report(kind=Kind.COMPLAINT, feedback_type=feedback_type, recipients=(recipient,))


# --- RFC 3464 ---


def _delivery_status(message: Message) -> Report | None:
    found: dict[str, BouncedRecipient] = {}
    delivered = False
    notice = notice_of(message)
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in _blocks(part):
            action = block.get("action", [""])[0].split()[0:1]
            does = action[0].lower().rstrip(";") if action else ""
            address = _recipient_of(block)
            if not address:
                continue
            if does in ("delivered", "relayed", "expanded", "deliverable", "delivered-to-list"):
                delivered = True
                continue
            diagnostic = " ".join(block.get("diagnostic-code", []))
            found.setdefault(address.lower(), _judge(address, does, block, diagnostic, notice))
    if not found and not delivered:
        for block in _blocks_in_text(message):
            if address := _recipient_of(block):
                does = (block.get("action", [""])[0].split() or ["failed"])[0].lower()
                diagnostic = " ".join(block.get("diagnostic-code", []))
                found.setdefault(address.lower(), _judge(address, does, block, diagnostic, notice))
    if found:
        recipients = tuple(found.values())
        late = all(one.action == "delayed" for one in recipients)
        return Report(kind=Kind.DELAY_WARNING if late else Kind.BOUNCE, recipients=recipients)
    return Report(kind=Kind.NONE) if delivered else None


def _judge(address: str, action: str, block: dict[str, list[str]], diagnostic: str, notice: str) -> BouncedRecipient:
    given = status_in(" ".join(block.get("status", [])))
    inside = status_in(diagnostic)
    status = inside if inside and (not given or given.endswith(".0")) else given
    text = _spoken(diagnostic)
    reason = reason_in(text, status) if text else Reason.UNKNOWN
    if reason in (Reason.UNKNOWN, Reason.FILTERED, Reason.POLICY, Reason.EXPIRED) or not text:
        near = _near(notice, address)
        said = reason_in(near) if near else Reason.UNKNOWN
        if said is not Reason.UNKNOWN and (reason is Reason.UNKNOWN or said.is_hard):
            reason = said
    if reason in (Reason.UNKNOWN, Reason.FILTERED):
        by_code = reason_of_status(status)
        reason = by_code if by_code is not Reason.UNKNOWN else reason
    hard = reason.is_hard and action != "delayed"
    return BouncedRecipient(
        email=address, reason=reason, hard=hard, status=status, reply_code=reply_in(diagnostic),
        action=action or "failed", text=text[:500],
    )  # fmt: skip


# `5.1.0 - Unknown address error 550-'5.7.1 ... Access denied'`: the reporter's guess, then the server's words.
_GLOSS = re.compile(r"\A\d\.\d\.\d - [A-Za-z ]+ error (?=[45]\d\d-')")


def _spoken(diagnostic: str) -> str:
    """Take off the diagnostic's type (``smtp; 550 ...``) and what the reporter put before the server's words."""
    kind, mark, rest = diagnostic.partition(";")
    said = (rest if mark and len(kind) < 20 and " " not in kind.strip() else diagnostic).strip()
    return _GLOSS.sub("", said)


def _recipient_of(block: dict[str, list[str]]) -> str:
    """Give the address as the sender wrote it (Original-Recipient), else the one that was tried in the end."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        for value in block.get(name, []):
            kind, mark, rest = value.partition(";")
            if mark and kind.strip().lower() not in ("rfc822", "smtp", "utf-8", "unknown", "local", ""):
                continue
            if address := WITH_QUOTES.search(rest if mark else value):
                return address.group().strip("<>'")
    return ""


def _blocks(part: Message) -> Iterator[dict[str, list[str]]]:
    payload = part.get_payload()
    if isinstance(payload, list):
        for block in payload:
            if isinstance(block, Message):
                fields: dict[str, list[str]] = {}
                for name, value in block.items():
                    fields.setdefault(name.lower(), []).append(" ".join(str(value).split()))
                yield fields
                # Some systems put a blank line inside a block: what follows stands in its body.
                rest = block.get_payload()
                if isinstance(rest, str) and ":" in rest:
                    yield _fields(rest)
    elif isinstance(payload, str):
        for text in re.split(r"\n\s*\n", payload.replace("\r\n", "\n")):
            yield _fields(text)


def _blocks_in_text(message: Message) -> Iterator[dict[str, list[str]]]:
    """Find the blocks of a report whose MIME structure was lost on the way."""
    for part in outer_parts(message):
        if part.get_content_maintype() in ("text", "message", "multipart"):
            text = text_of(part).replace("\r\n", "\n")
            if re.search(r"^Final-Recipient\s*:", text, re.IGNORECASE | re.MULTILINE):
                yield from (_fields(block) for block in re.split(r"\n\s*\n", text) if "inal-" in block)


def _fields(text: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line[:1] in " \t" and name:
            fields[name][-1] += " " + line.strip()
        elif match := re.match(r"([A-Za-z][A-Za-z0-9-]*)\s*:\s*(.*)", line):
            name = match[1].lower()
            fields.setdefault(name, []).append(match[2].strip())
    return fields


# --- everybody else ---


def _by_amazon(message: Message) -> Report | None:
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
        return _complaint_about(str(about.get("complaintFeedbackType") or "abuse"), addresses[0][0])
    block = [
        _judge(
            address, str(one.get("action") or "failed"), {"status": [str(one.get("status") or "")]},
            str(one.get("diagnosticCode") or about.get("bounceSubType") or ""), "",
        )
        for address, one in addresses
    ]  # fmt: skip
    return Report(kind=Kind.BOUNCE, recipients=tuple(block))


def _in_words(message: Message) -> Report | None:
    """Read a report in no standard form: the headers that name a recipient, then what the text says."""
    notice = notice_of(message)
    late = _is_late(message, notice)
    if not (_from_a_mail_system(message) or _speaks_of_failure(message, notice)) or _is_autoreply(message):
        return None
    ours = {address.lower() for address in addresses_in(message, "To", "Delivered-To", "From", "Return-Path", "Cc")}
    named = [
        (address.group(), "")
        for value in message.get_all("X-Failed-Recipients", [])
        for address in ADDRESS.finditer(str(value))
    ]
    if not named:
        named = [(address, text) for address, text in named_in(notice) if address.lower() not in ours]
    if not named:
        named = [(address, "") for address in _by_flufl(message) if address.lower() not in ours]
    if not named and (_speaks_of_failure(message, notice) or late):
        others = [address for address in original_to(message) if address.lower() not in ours]
        named = [(address, "") for address in others[:1]]
    if not named:
        return None
    recipients: dict[str, BouncedRecipient] = {}
    for address, text in named:
        near = text or _near(notice, address)
        status = status_in(near) or status_in(notice)
        reason = reason_in(near) if near else Reason.UNKNOWN
        if reason in (Reason.UNKNOWN, Reason.FILTERED, Reason.EXPIRED):
            said = reason_in(notice, status)
            reason = said if said is not Reason.UNKNOWN and said is not Reason.FILTERED else reason
        if reason in (Reason.UNKNOWN, Reason.FILTERED):
            by_code = reason_of_status(status)
            reason = by_code if by_code is not Reason.UNKNOWN else reason
        recipients.setdefault(
            address.lower(),
            BouncedRecipient(
                email=address, reason=reason, hard=reason.is_hard and not late,
                status=status, reply_code=reply_in(near) or reply_in(notice),
                action="delayed" if late else "failed", text=(near or notice)[:500],
            ),
        )  # fmt: skip
    return Report(kind=Kind.DELAY_WARNING if late else Kind.BOUNCE, recipients=tuple(recipients.values()))


def _by_flufl(message: Message) -> list[str]:
    """Ask flufl.bounce, where it is installed: it knows many old systems' own forms."""
    try:
        from flufl.bounce import all_failures
    except ImportError:
        return []
    logging.getLogger("flufl.bounce").disabled = True
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # its detectors fail on some messages, and a mailbox must be read to its end
        return []
    return sorted(address.decode("utf-8", "replace") for address in (permanent or temporary))


def _from_a_mail_system(message: Message) -> bool:
    if str(message.get("Return-Path", "")).strip() == "<>" or message.get("X-Failed-Recipients"):
        return True
    return speaks_of("mail_system", str(message.get("From", ""))) or message.get_content_type() == "multipart/report"


def _speaks_of_failure(message: Message, notice: str) -> bool:
    return speaks_of("failure", f"{message.get('Subject', '')} {notice[:4000]}")


def _is_late(message: Message, notice: str) -> bool:
    words = f"{message.get('Subject', '')} {notice[:3000]}"
    final = re.search(
        r"permanent|fatal error|(?:giving|gave|given) up|will not be retried|no further attempt", words, re.I
    )
    return speaks_of("late", words) and not final


def _is_autoreply(message: Message) -> bool:
    """RFC 3834 marks automatic replies; many say it only in their subject."""
    if message.get_content_type() == "multipart/report" or message.get("X-Failed-Recipients"):
        told = f"{message.get('Subject', '')} {notice_of(message)}"
        return message.get_param("report-type") == "disposition-notification" and not speaks_of("failure", told)
    submitted = str(message.get("Auto-Submitted", "")).split(";")[0].strip().lower()
    subject = str(message.get("Subject", ""))
    if speaks_of("automatic_reply", decoded(subject)):
        return True
    marked = (
        submitted in ("auto-replied", "auto-notified")
        or str(message.get("Precedence", "")).strip().lower() == "auto_reply"
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autoresponse"))
    )
    system = re.search(r"mailer-?daemon|postmaster|mail delivery", str(message.get("From", "")), re.IGNORECASE)
    return bool(marked) and not system and not speaks_of("failure", decoded(subject))


def _near(notice: str, address: str) -> str:
    """Give the paragraph that names an address, and the one after it: there the reason stands."""
    at = notice.lower().find(address.lower())
    if at < 0:
        return ""
    start = notice.rfind("\n\n", 0, at)
    end = notice.find("\n\n", at)
    if end < 0:
        return notice[start + 1 :][:1500]
    if end - at < len(address) + 8:  # the address stands alone
        following = notice.find("\n\n", end + 2)
        end = following if following > 0 else len(notice)
    return notice[max(start, 0) : end][:1500]
