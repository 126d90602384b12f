"""A double of Campaign Monitor's API."""

from __future__ import annotations

import base64
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Refused, TellingDouble


class CampaignMonitorDouble(TellingDouble):
    """Built from Campaign Monitor's own Python client and its example of an answer."""

    key = "0a1b2c3d4e5f"
    account: ClassVar[dict[str, str]] = {"user": "aa164e9c"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"{self.key}:x":
            raise Refused(401, {"Code": 50, "Message": "Must supply a valid HTTP Basic Authorization header"})
        if (method, path) != ("GET", "/api/v3.3/clients/aa164e9c/suppressionlist.json"):
            raise Refused(404, {"Code": 404, "Message": "We couldn't find the resource you're looking for."})
        size, page = self.size(query["pagesize"]), int(query["page"])
        words = {"bounce": "Bounced", "complaint": "Marked as spam", "request": "Unsubscribed"}
        people = [
            {"EmailAddress": one, "SuppressionReason": words[state], "State": "Suppressed"}
            for one, state in sorted(self.people.items())
            if state
        ]
        back = {"EmailAddress": "back@example.com", "SuppressionReason": "Unsubscribed", "State": "Unsuppressed"}
        pages = -(-(len(people) + 1) // size)
        return 200, {
            "Results": [back, *people][(page - 1) * size : page * size],
            "PageNumber": page,
            "NumberOfPages": pages,
        }
