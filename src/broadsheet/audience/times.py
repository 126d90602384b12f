"""Times as platforms write them in their exports, to ISO 8601 in UTC. What is ambiguous is not guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(.*)")
_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)$|\s+(?=[+-]\d{2}:?\d{2}$)", re.IGNORECASE)
_WORDY = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y %H:%M", "%b %d, %Y %I:%M %p",
          "%b %d, %Y %H:%M", "%d %b %Y %H:%M", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S",
          "%Y/%m/%d %H:%M", "%B %d, %Y %I:%M %p", "%b %d, %Y at %I:%M %p", "%B %d, %Y at %I:%M %p")  # fmt: skip


@lru_cache(maxsize=8192)
def read_time(text: str) -> str:
    """Give a time as ``YYYY-MM-DDTHH:MM:SS+00:00``, a bare date as ``YYYY-MM-DD``; '' for what cannot be told.

    A time without a zone is taken as UTC. ``03/04/2024`` is either of two days, so it is none; ``25/04/2024`` is one.
    """
    text = " ".join(text.split())
    if len(text) < 6 or text.startswith("0000"):
        return ""
    moment = _parse(text)
    if moment is None or not 1970 <= moment.year <= 2200:
        return ""
    if len(text) <= 12 and ":" not in text and not text.isdecimal():
        return moment.date().isoformat()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _parse(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_ZONE.sub(lambda found: "Z" if found.group().strip() else "", text))
    except ValueError:
        pass
    if found := _DAY_FIRST.fullmatch(text):
        return _numbers(found[3], found[2], found[1], found[4])
    if found := _SLASHES.fullmatch(text):
        one, two = int(found[1]), int(found[2])
        if one > 12:
            return _numbers(found[3], found[2], found[1], found[4])
        return _numbers(found[3], found[1], found[2], found[4]) if two > 12 or one == two else None
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC) if len(text) == 10 else None
    for form in _WORDY:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller says what a missing zone means
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None


def _numbers(year: str, month: str, day: str, rest: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02}{_clock(rest)}")
    except ValueError:
        return None


def _clock(rest: str) -> str:
    found = re.fullmatch(r",?\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?.*", rest)
    if not found:
        return ""
    hour = int(found[1]) % 12 + (12 if found[4].lower() == "pm" else 0) if found[4] else int(found[1])
    return f"T{hour:02}:{found[2]}:{found[3] or '00'}"
