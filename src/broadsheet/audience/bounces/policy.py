"""When an address is given up: at the first hard bounce, or after soft ones that do not end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

SOFT_DAYS = 5
SOFT_SPAN = timedelta(days=14)
SOFT_WINDOW = timedelta(days=30)


def gives_up(days: Sequence[date], today: date) -> bool:
    """Tell whether soft bounces on these days are enough: five different ones within thirty, over at least fourteen."""
    recent = sorted({day for day in days if today - SOFT_WINDOW <= day <= today})
    return len(recent) >= SOFT_DAYS and recent[-1] - recent[0] >= SOFT_SPAN
