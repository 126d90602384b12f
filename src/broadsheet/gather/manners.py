"""When to ask a source again, from what it answered. Pure: the time is an argument."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median

from broadsheet.gather.dates import parse_date

LONGEST_WAIT = timedelta(hours=24)  # a source that asks for more is asked daily all the same
PATIENCE = 3  # failures in a row that change nothing; after them the waits double
FIRST_WAIT, LAST_WAIT = timedelta(minutes=5), timedelta(hours=3)
REMEMBERED = 20  # readings of which the number of items is kept
_ENOUGH = 4  # readings before "usual" means anything


def fresh_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Tell until when an answer says that it holds (RFC 9111): `Cache-Control: max-age`, less its `Age`."""
    control = headers.get("cache-control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return None
    found = re.search(r"max-age\s*=\s*\"?(\d{1,9})", control)
    if not found:
        return None
    age = headers.get("age", "")
    seconds = int(found[1]) - (int(age) if age.isdigit() and len(age) < 10 else 0)
    return now + min(timedelta(seconds=seconds), LONGEST_WAIT) if seconds > 0 else None


def retry_at(headers: Mapping[str, str], failures: int, now: datetime) -> datetime | None:
    """Tell when to ask again after a failure: as `Retry-After` says (seconds or a date), else with growing patience."""
    written = headers.get("retry-after", "").strip()
    if written.isdigit():
        return now + min(timedelta(seconds=int(written[:9])), LONGEST_WAIT)
    if at := parse_date(written):
        return min(at, now + LONGEST_WAIT) if at > now else None
    if failures <= PATIENCE:
        return None
    doublings = min(failures - PATIENCE - 1, 10)
    return now + min(FIRST_WAIT * (1 << doublings), LAST_WAIT)


def usual_count(counts: tuple[int, ...]) -> int | None:
    """Tell how many items a source usually holds; None before it was read often enough."""
    return int(median(counts)) if len(counts) >= _ENOUGH else None


def has_dropped(counts: tuple[int, ...], count: int) -> bool:
    """Tell whether a source suddenly holds far fewer items than it usually does."""
    usual = usual_count(counts)
    return usual is not None and usual >= 5 and count * 3 < usual
