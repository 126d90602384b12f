"""Push an edition to a platform as a draft: one small module a platform, behind one contract, twice is once."""

from broadsheet.export.push.departures import TELLING, Departure, departures_from
from broadsheet.export.push.drafts import Draft, Memory, Place, Pushed, Remote, draft_of, push
from broadsheet.export.push.places import PUSHABLE, open_place, open_teller, refuse_unpushable, refuse_untelling
from broadsheet.export.push.sending import SendMemory, Sent, send_draft

__all__ = [
    "PUSHABLE",
    "TELLING",
    "Departure",
    "Draft",
    "Memory",
    "Place",
    "Pushed",
    "Remote",
    "SendMemory",
    "Sent",
    "departures_from",
    "draft_of",
    "open_place",
    "open_teller",
    "push",
    "refuse_unpushable",
    "refuse_untelling",
    "send_draft",
]
