"""Tell at which stage of the SMTP conversation a server refused: only a refusal of the address is about the reader.

Before RCPT a server refuses us; after DATA it has taken the address and refuses the mail, whatever words it chooses
(RFC 5321, 3.3 and 4.2.5).
"""

from __future__ import annotations

import re
from enum import StrEnum

from broadsheet.audience.bounces.reasons import Reason, reason_of_status


class Stage(StrEnum):
    """Where in the conversation an answer was given."""

    BEFORE = "before"
    RECIPIENT = "recipient"
    CONTENT = "content"
    UNTOLD = "untold"


_BEFORE, _RECIPIENT, _CONTENT = r"(?:EHLO|HELO|LHLO|MAIL|AUTH|STARTTLS|CONNECT)", "RCPT", r"(?:DATA|BDAT)"
# As Postfix ("in reply to RCPT TO command"), Exim ("after end of data"), qmail and filters tell it.
_TOLD: tuple[tuple[Stage, re.Pattern[str]], ...] = tuple(
    (stage, re.compile(pattern, re.IGNORECASE))
    for stage, pattern in (
        (Stage.CONTENT, rf"in\s+reply\s+to\s+(?:end\s+of\s+)?{_CONTENT}\b"),
        (Stage.CONTENT, rf"after\s+(?:the\s+)?(?:end\s+of\s+(?:data|message)|{_CONTENT}\b|pipelined\s+{_CONTENT}\b)"),
        (Stage.CONTENT, r"failed\s+after\s+I\s+sent\s+the\s+message"),
        (Stage.CONTENT, rf"smtp\s+command\s*-*:?\s+{_CONTENT}\b"),
        (Stage.RECIPIENT, rf"in\s+reply\s+to\s+{_RECIPIENT}\b|after\s+(?:pipelined\s+)?{_RECIPIENT}\b"),
        (Stage.RECIPIENT, rf"does\s+not\s+like\s+recipient|smtp\s+command\s*-*:?\s+{_RECIPIENT}\b"),
        (Stage.BEFORE, rf"in\s+reply\s+to\s+{_BEFORE}\b|after\s+(?:pipelined\s+)?(?:{_BEFORE}\b|initial\s+connection)"),
        (Stage.BEFORE, r"but\s+(?:my\s+name|sender|greeting)\s+(?:was\s+rejected|failed)"),
        (Stage.BEFORE, rf"smtp\s+command\s*-*:?\s+{_BEFORE}\b"),
    )
)
_COMMAND = re.compile(r"^\s*>>> *([A-Za-z]{4})", re.MULTILINE)
_ANSWER = re.compile(r"^\s*<<< *([45]\d\d\b.*)", re.MULTILINE)
_STAGES = {"RCPT": Stage.RECIPIENT, "DATA": Stage.CONTENT, "BDAT": Stage.CONTENT}


def stage_in(near: str, notice: str, address: str) -> Stage:
    """Tell at which stage an address was refused: from the words about it, else from a transcript in the notice."""
    for stage, pattern in _TOLD:
        if pattern.search(near):
            return stage
    told = _in_transcript(notice, address)
    if told is not Stage.UNTOLD:
        return told
    everywhere = {stage for stage, pattern in _TOLD if pattern.search(notice)}
    return everywhere.pop() if len(everywhere) == 1 else Stage.UNTOLD


def _in_transcript(notice: str, address: str) -> Stage:
    """Read `>>> DATA` and the `<<< 550 ...` after it: the answer that names the address, else the only one."""
    if re.search(rf"^\s*550 5\.1\.1 <?{re.escape(address)}>?\.\.\.", notice, re.IGNORECASE | re.MULTILINE):
        return Stage.UNTOLD  # sendmail's own verdict on the address, whose pipelined answers all stand behind DATA
    told: list[tuple[Stage, str]] = []
    commands = list(_COMMAND.finditer(notice))
    for number, command in enumerate(commands):
        end = commands[number + 1].start() if number + 1 < len(commands) else len(notice)
        stage = _STAGES.get(command[1].upper(), Stage.BEFORE)
        told += [(stage, answer[1].lower()) for answer in _ANSWER.finditer(notice, command.end(), end)]
    about = [stage for stage, answer in told if address.lower() in answer]
    found = about or [stage for stage, _ in told]
    return found[0] if about or len(found) == 1 else Stage.UNTOLD


# Yahoo tells only after DATA, and then plainly.
_NO_ACCOUNT = re.compile(r"does(?:n't| not) have an? \S+ account")
# What a code says of a reader who is there: then "unknown" is a way of speaking.
_OTHERWISE = (Reason.SUSPENDED, Reason.MAILBOX_FULL, Reason.POLICY, Reason.AUTHENTICATION)


def weigh(reason: Reason, status: str, stage: Stage, words: str) -> Reason:
    """Take back what words say about a reader where the stage, or a code beside them, speaks against it.

    Some networks' filters say "user unknown" of readers whom they know. A code of class 5.1.x (RFC 3463: the address)
    bears the words out.
    """
    if not reason.is_hard or reason is Reason.HOST_UNKNOWN:
        return reason
    if stage is Stage.BEFORE:
        return Reason.BLOCKED
    if status.startswith("5.1.") or stage is Stage.RECIPIENT or _NO_ACCOUNT.search(words):
        return reason
    return Reason.FILTERED if stage is Stage.CONTENT or reason_of_status(status) in _OTHERWISE else reason
