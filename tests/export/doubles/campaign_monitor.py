"""Doubles of Campaign Monitor's API."""

from __future__ import annotations

import base64
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Refused, TellingDouble, needs


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


class CampaignMonitorDraftsDouble(Double):
    """Built from Campaign Monitor's pages: pages are fetched when a draft is made, names are unique among drafts."""

    key = "0a1b2c3d4e5f"
    account: ClassVar = {"user": "aa164e9c", "list": "a58ee1d3"}
    _FIELDS = ("Name", "Subject", "FromName", "FromEmail", "ReplyTo", "HtmlUrl", "TextUrl", "ListIDs", "SegmentIDs")

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, str] = {}  # what the web shows, by address

    def show_edition(self, html: str, text: str) -> tuple[str, str]:
        """Show pages on the web of this double."""
        addresses = (f"https://pages.example/{hash(html)}.html", f"https://pages.example/{hash(text)}.txt")
        self.pages |= zip(addresses, (html, text), strict=True)
        return addresses

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"{self.key}:x":
            raise Refused(401, {"Code": 50, "Message": "Must supply a valid HTTP Basic Authorization header"})
        listed = path.removeprefix("/api/v3.3/clients/aa164e9c/")
        if method == "GET" and listed in ("drafts.json", "scheduled.json", "campaigns.json"):
            return 200, self._listed(listed.removesuffix(".json"), query)
        if (method, path) == ("POST", "/api/v3.3/campaigns/aa164e9c.json"):
            return 201, self._made(body)
        identifier, _, part = path.removeprefix("/api/v3.3/campaigns/").removesuffix(".json").partition("/")
        if identifier not in self.items:
            raise Refused(404, {"Code": 404, "Message": "We couldn't find the resource you're looking for."})
        if method == "DELETE" and not part:
            del self.items[identifier]
            return 200, None
        if (method, part) != ("GET", "listsandsegments"):
            raise Refused(405, {"Code": 405, "Message": "Method not allowed"})
        item = self.items[identifier]
        return 200, {"Lists": [{"ListID": one, "Name": "-"} for one in item["ListIDs"]], "Segments": item["Segments"]}

    def _made(self, body: Any) -> str:
        needs(body, "Name", "Subject", "FromName", "FromEmail", "ReplyTo", "HtmlUrl", "ListIDs", only=self._FIELDS)
        if any(one["Name"] == body["Name"] and one["state"] == "drafts" for one in self.items.values()):
            raise Refused(400, {"Code": 303, "Message": "Duplicate Campaign Name"})
        if body["HtmlUrl"] not in self.pages:
            raise Refused(400, {"Code": 310, "Message": "Html Content URL: nothing is there"})
        identifier = f"{self.number():032}"
        shown = {key: body[key] for key in ("Name", "Subject", "FromName", "FromEmail", "ReplyTo", "ListIDs")}
        # What is made of the page: styles are brought inline, so nobody tells it again.
        html = self.kept(self.pages[body["HtmlUrl"]])
        self.items[identifier] = {"id": identifier, "state": "drafts", "Segments": [], "html": html, **shown}
        return identifier

    def _listed(self, state: str, query: dict[str, str]) -> Any:
        shown = ("Name", "Subject", "FromName", "FromEmail", "ReplyTo")
        there = [] if self.blind else [one for one in self.items.values() if one["state"] == state]
        found = [{"CampaignID": one["id"], **{key: one[key] for key in shown}} for one in there]
        if state != "campaigns":
            return found
        size, page = int(query["pagesize"]), int(query["page"])
        if size > 1000:
            raise Refused(400, {"Code": 172, "Message": "Page size is at most 1000"})
        return {"Results": found[(page - 1) * size : page * size], "NumberOfPages": -(-len(found) // size)}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["state"] = "campaigns"
