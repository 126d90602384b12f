"""Read a message that came back: which kind, about whom, why."""

from __future__ import annotations

import email
import email.policy
import logging
import re
from dataclasses import replace
from email.message import Message

from broadsheet.audience.bounces.amazon import amazon_notice_in
from broadsheet.audience.bounces.complaints import complaint_in
from broadsheet.audience.bounces.delivery_status import delivery_status_in, near_to
from broadsheet.audience.bounces.parts import (
    ADDRESS,
    addresses_in,
    decoded,
    notice_of,
    original_id,
    original_to,
    unique,
)
from broadsheet.audience.bounces.reasons import Reason, reason_in, reason_of_status, reply_in, speaks_of, status_in
from broadsheet.audience.bounces.report import BouncedRecipient, Kind, Report
from broadsheet.audience.bounces.stages import stage_in, weigh
from broadsheet.audience.bounces.texts import named_in

LONGEST = 512 * 1024
LEAVE_TAG = re.compile(r"leave-[0-9]{1,18}-[0-9a-z]{0,20}")


def read_report(content: bytes) -> Report:
    """Read a whole message as it was received. Never raises for what is in it."""
    message = email.message_from_bytes(content[:LONGEST], policy=email.policy.compat32)
    addressed_to = tuple(addresses_in(message, "To", "Delivered-To", "X-Original-To", "Envelope-To"))
    if tags := _leave_tags(message, addressed_to):
        name = str(message.get("Message-ID", "")).strip()[:200]
        return Report(kind=Kind.REQUEST, addressed_to=addressed_to, leave_tags=tags, message_id=name)
    for read in (complaint_in, delivery_status_in, amazon_notice_in, _in_words):
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


# --- everybody else ---


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
        near = text or near_to(notice, address)
        waits = late and not _is_refused(notice, address)
        status = status_in(near) or status_in(notice)
        reason = reason_in(near) if near else Reason.UNKNOWN
        if reason is Reason.UNKNOWN and text:
            reason = reason_in(near_to(notice, address))
        if reason in (Reason.UNKNOWN, Reason.FILTERED, Reason.EXPIRED):
            said = reason_in(notice, status)
            reason = said if said is not Reason.UNKNOWN and said is not Reason.FILTERED else reason
        reason = weigh(reason, status_in(near), stage_in(near or notice, notice, address), near)
        if reason in (Reason.UNKNOWN, Reason.FILTERED):
            by_code = reason_of_status(status)
            reason = by_code if by_code is not Reason.UNKNOWN else reason
        recipients.setdefault(
            address.lower(),
            BouncedRecipient(
                email=address, reason=reason, hard=reason.is_hard and not waits,
                status=status, reply_code=reply_in(near) or reply_in(notice),
                action="delayed" if waits else "failed", text=(near or notice)[:500],
            ),
        )  # fmt: skip
    late = all(one.action == "delayed" for one in recipients.values())
    return Report(kind=Kind.DELAY_WARNING if late else Kind.BOUNCE, recipients=tuple(recipients.values()))


def _is_refused(notice: str, address: str) -> bool:
    """Tell whether a transcript (`554 <ada@example.com>... Host unknown`) gives this one up while others wait."""
    return re.search(rf"^\s*5\d\d[ -]<?{re.escape(address)}>?\.\.\.", notice, re.IGNORECASE | re.MULTILINE) is not None


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
