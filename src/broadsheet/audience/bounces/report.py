"""What a returned mail says: its kind, whom it is about, why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from broadsheet.audience.bounces.reasons import Reason


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
