"""`[publications.NAME.sending]`: when an edition goes to its readers, and when it does not go by itself."""

from __future__ import annotations

import re
from datetime import time, timedelta

from pydantic import Field, field_validator

from broadsheet.config.schedule import duration
from broadsheet.config.table import Table


class SendingPlan(Table):
    """When an edition goes out: all at once, or in waves, to each reader `at` an hour of their own timezone.

    A reader whose timezone is not known goes by the publication's. `hold` is how long the first mail waits after the
    readers were written down, so that one can still change one's mind. What would begin more than `late_after` after
    its hour does not go by itself: it takes a person's `broadsheet send`.
    """

    at: time | None = Field(default=None, description="all at once where it is not set")
    hold: timedelta = timedelta()
    seeds: tuple[str, ...] = Field(
        default=(), description="addresses of the house that get a real copy before all others"
    )
    late_after: timedelta | None = Field(default=None, description="as in '2h'; never too late where it is not set")

    _durations = field_validator("hold", "late_after", mode="before")(duration)

    @field_validator("seeds")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if any(c.isspace() for c in one) or not re.fullmatch(r"[^@<>,;]+@[^@<>,;]+", one):
                raise ValueError(f"{one!r} is no bare address; expected one such as 'desk@example.com'")
        return value

    @field_validator("at")
    @classmethod
    def _of_the_reader(cls, value: time | None) -> time | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError("expected a time without a zone, as in 07:00:00: the zone is each reader's")
        return value
