"""`[retention]`: for how many days what is kept."""

from __future__ import annotations

from pydantic import Field

from broadsheet.config.table import Table


class Retention(Table):
    """How many days things are kept; `broadsheet prune` removes what is older, and each run does once a day.

    What "never twice" needs is kept for ever: which editions went out, the stories they carried, how a story is
    recognised, who left, and the proof of consent.
    """

    reports: int = Field(default=90, ge=1, description="days that run reports and log files are kept")
    drafts: int = Field(default=90, ge=7, description="days that earlier drafts and explanations are kept")
    texts: int = Field(default=400, ge=30, description="days that the bodies of stories are kept")
    deliveries: int = Field(
        default=400, ge=30, description="days that an edition's deliveries are kept by address; its counts stay"
    )
