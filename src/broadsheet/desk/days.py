"""Days: which date "today" is for a publication, and where its days begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError


def day_of(desk: Desk, publication: Publication, text: str | None = None) -> date:
    """Read a date as typed; today in the publication's zone when none was. Raises ConfigError."""
    if text is None:
        return desk.now().astimezone(publication.zone).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text!r} is no date", key="--date", advice="Type it as year-month-day: 2026-11-24."
        ) from None


def end_of_day(publication: Publication, day: date) -> datetime:
    """Give the moment a day ends in the publication's zone, in UTC: 23, 24 or 25 hours after it began."""
    return datetime.combine(day + timedelta(days=1), time(), publication.zone).astimezone(UTC)
