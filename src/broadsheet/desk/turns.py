"""When each reader's turn is, and in which order those go whose turn has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from broadsheet.desk.opening import Desk
from broadsheet.desk.pacing import warming
from broadsheet.model import Recipient

LEAD = 1e-5  # seconds: what each later day of a confirmation gives in the order, which moves no turn that a person sees
FIRST_DAY = date(1970, 1, 1)


def turns(desk: Desk) -> Callable[[Recipient], float]:
    """Give what says when a recipient may be written to, in seconds since 1970; 0 is at once.

    While an account is warmed up, those go first who confirmed most recently: they are the likeliest to welcome a mail.
    """
    if not warming(desk):
        return lambda recipient: 0.0
    return lambda recipient: -LEAD * (recipient.confirmed_on - FIRST_DAY).days if recipient.confirmed_on else 0.0
