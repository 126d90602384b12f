"""How answers that say "too fast" slow us down, and how that passes: values in, values out; time is an argument.

A cut halves the rate and lets a lane rest; what else comes back while it rests was under way already and counts for
nothing. From the end of the rest the rate doubles every ten minutes, until it is twice what it was before the first
cut. So the present rate follows from the last cut and the clock alone: a restart forgets nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from broadsheet.model import Throttle

SLOWEST = 1 / 60  # messages a second
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)
DOUBLES_IN = timedelta(minutes=10)


def cut(earlier: Throttle | None, now: datetime, observed: float) -> Throttle:
    """Answer to "too fast" at a moment; `observed` is how many a second went that way lately."""
    if earlier is None or rate_at(earlier, now) is None:
        return Throttle(
            rate=max(observed / 2, SLOWEST), ceiling=max(observed, SLOWEST), at=now, rests_until=now + FIRST_REST
        )
    if earlier.at <= now < earlier.rests_until:
        return earlier
    rate = rate_at(earlier, now) or SLOWEST
    rest = min((earlier.rests_until - earlier.at) * 2, LONGEST_REST)
    return Throttle(rate=max(rate / 2, SLOWEST), ceiling=earlier.ceiling, at=now, rests_until=now + rest)


def rate_at(throttle: Throttle, now: datetime) -> float | None:
    """Give how many a second may go at a moment: 0 during the rest, None once the throttle has passed.

    A moment before the cut means that the clock was set back: nobody knows for how long, so the throttle has passed.
    """
    if now < throttle.at:
        return None
    if now < throttle.rests_until:
        return 0.0
    rate = throttle.rate * 2.0 ** ((now - throttle.rests_until) / DOUBLES_IN)
    return None if rate >= 2 * throttle.ceiling else rate


def passes_at(throttle: Throttle) -> datetime:
    """Say when a throttle has passed, if nothing renews it."""
    from math import log2

    return throttle.rests_until + DOUBLES_IN * max(log2(2 * throttle.ceiling / throttle.rate), 0.0)


def capacity(throttle: Throttle, now: datetime, until: datetime) -> float | None:
    """Say how many may go between two moments; None where the throttle passes before the end.

    The rate grows as 2 to the power of time, so the sum is the integral of that.
    """
    from math import log

    if until >= passes_at(throttle) or now < throttle.at:
        return None
    start, end = max(now, throttle.rests_until), until
    if end <= start:
        return 0.0
    doubling = DOUBLES_IN.total_seconds()
    first, last = ((moment - throttle.rests_until).total_seconds() / doubling for moment in (start, end))
    return float(throttle.rate * doubling / log(2) * (2.0**last - 2.0**first))
