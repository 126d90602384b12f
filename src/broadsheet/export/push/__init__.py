"""Push an edition to a platform as a draft: one small module a platform, behind one contract, twice is once."""

from broadsheet.export.push.drafts import Draft, Memory, Place, Pushed, Remote, draft_of, push
from broadsheet.export.push.places import PUSHABLE, open_place, refuse_unpushable
from broadsheet.export.push.sending import SendMemory, Sent, send_draft

__all__ = [
    "PUSHABLE",
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
    "send_draft",
]
