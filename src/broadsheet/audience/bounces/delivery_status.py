"""Read delivery status notifications (RFC 3464), and judge what they say of each address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from broadsheet.audience.bounces.parts import ADDRESS, fields_in, notice_of, outer_parts, reports_in, text_of, unescaped
from broadsheet.audience.bounces.reasons import Reason, reason_in, reason_of_status, reply_in, status_in
from broadsheet.audience.bounces.report import BouncedRecipient, Kind, Report
from broadsheet.audience.bounces.stages import stage_in, weigh

_AT_HEAD = re.compile(rf"^[ \t>]*[<(\"']?(?P<a>{ADDRESS.pattern})", re.MULTILINE)
WITH_QUOTES = re.compile(rf'"[^"\s]+"@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|{ADDRESS.pattern}')


def delivery_status_in(message: Message) -> Report | None:
    """Read a notification, also one whose MIME structure was lost; None for none."""
    found: dict[str, BouncedRecipient] = {}
    delivered = False
    notice = notice_of(message)
    for part in reports_in(message, "message/delivery-status"):
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
            found.setdefault(address.lower(), judge(address, does, block, diagnostic, notice))
    if not found and not delivered:
        for block in _blocks_in_text(message):
            if address := _recipient_of(block):
                does = (block.get("action", [""])[0].split() or ["failed"])[0].lower()
                diagnostic = " ".join(block.get("diagnostic-code", []))
                found.setdefault(address.lower(), judge(address, does, block, diagnostic, notice))
    if found:
        recipients = tuple(found.values())
        late = all(one.action == "delayed" for one in recipients)
        return Report(kind=Kind.DELAY_WARNING if late else Kind.BOUNCE, recipients=recipients)
    return Report(kind=Kind.NONE) if delivered else None


def judge(address: str, action: str, block: dict[str, list[str]], diagnostic: str, notice: str) -> BouncedRecipient:
    """Tell what became of an address, from the block about it, the server's words there and the notice to people."""
    given = status_in(" ".join(block.get("status", [])))
    inside = status_in(diagnostic)
    status = inside if inside and (not given or given.endswith(".0")) else given
    text, about = _spoken(diagnostic), near_to(notice, address)
    reason = reason_in(text, status) if text else Reason.UNKNOWN
    if reason in (Reason.UNKNOWN, Reason.FILTERED, Reason.POLICY, Reason.EXPIRED) or not text:
        said = reason_in(about) if about else Reason.UNKNOWN
        if said is not Reason.UNKNOWN and (reason is Reason.UNKNOWN or said.is_hard):
            reason = said
    reason = weigh(reason, status, stage_in(f"{about}\n{diagnostic}", notice, address), f"{about} {text}")
    if reason in (Reason.UNKNOWN, Reason.FILTERED):
        by_code = reason_of_status(status)
        reason = by_code if by_code is not Reason.UNKNOWN else reason
    hard = reason.is_hard and action != "delayed" and not given.startswith("4")
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
    """Give the address as the sender wrote it (Original-Recipient), else the one that was tried in the end.

    Of two that differ in quotation marks only, the quoted one is the one that can be written to (RFC 5321, 4.1.2).
    """
    found: list[str] = []
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        for value in block.get(name, []):
            kind, mark, rest = value.partition(";")
            if mark and kind.strip().lower() not in ("rfc822", "smtp", "utf-8", "unknown", "local", ""):
                continue
            if address := WITH_QUOTES.search(rest if mark else value):
                found.append(address.group().strip("<>'"))
    if not found:
        return ""
    return next((one for one in found if '"' in one and one.replace('"', "") == found[0]), found[0])


def _blocks(part: Message) -> Iterator[dict[str, list[str]]]:
    payload = part.get_payload()
    if isinstance(payload, list):
        for block in payload:
            if isinstance(block, Message):
                fields: dict[str, list[str]] = {}
                for name, value in block.items():
                    fields.setdefault(name.lower(), []).append(" ".join(unescaped(str(value)).split()))
                yield fields
                # Some systems put a blank line inside a block: what follows stands in its body.
                rest = block.get_payload()
                if isinstance(rest, str) and ":" in rest:
                    yield fields_in(rest)
    elif isinstance(payload, str):
        for text in re.split(r"\n\s*\n", payload.replace("\r\n", "\n")):
            yield fields_in(text)


def _blocks_in_text(message: Message) -> Iterator[dict[str, list[str]]]:
    """Find the blocks of a report whose MIME structure was lost on the way."""
    for part in outer_parts(message):
        if part.get_content_maintype() in ("text", "message", "multipart"):
            text = text_of(part).replace("\r\n", "\n")
            if re.search(r"^Final-Recipient\s*:", text, re.IGNORECASE | re.MULTILINE):
                yield from (fields_in(block) for block in re.split(r"\n\s*\n", text) if "inal-" in block)


def near_to(notice: str, address: str) -> str:
    """Give the paragraph that names an address, and the one after it: there the reason stands.

    Where a paragraph lists several addresses, each at the head of a line, only what stands behind this one counts.
    """
    at = notice.lower().find(address.lower())
    if at < 0:
        return ""
    start = notice.rfind("\n\n", 0, at)
    end = notice.find("\n\n", at)
    if end < 0:
        end = len(notice)
        start += 1
    elif end - at < len(address) + 8:  # the address stands alone
        following = notice.find("\n\n", end + 2)
        end = following if following > 0 else len(notice)
    near = notice[max(start, 0) : end]
    heads = [(head.start(), head["a"].lower()) for head in _AT_HEAD.finditer(near)]
    if len({head for _, head in heads}) > 1 and any(head == address.lower() for _, head in heads):
        own = next(place for place, head in heads if head == address.lower())
        near = near[own : next((place for place, _ in heads if place > own), len(near))]
    return near[:1500]
