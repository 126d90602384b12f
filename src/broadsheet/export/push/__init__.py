"""Push an edition to a platform as a draft: one small module a platform, behind one contract, twice is once."""

from broadsheet.export.push.drafts import Draft, Memory, Place, Pushed, Remote, draft_of, push
from broadsheet.export.push.places import (
    FROM_THE_WEB,
    PUSHABLE,
    TEMPLATES,
    open_place,
    refuse_unpushable,
    refuse_unsendable,
)
from broadsheet.export.push.sending import SendMemory, Sent, send_draft

__all__ = [
    "FROM_THE_WEB",
    "PUSHABLE",
    "TEMPLATES",
    "Draft",
    "Memory",
    "Place",
    "Pushed",
    "Remote",
    "SendMemory",
    "Sent",
    "draft_of",
    "open_place",
    "push",
    "refuse_unpushable",
    "refuse_unsendable",
    "send_draft",
]
