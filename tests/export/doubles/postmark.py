"""Doubles of Postmark's API."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Refused, TellingDouble, needs


class PostmarkDouble(TellingDouble):
    key = "server-token-0"
    account: ClassVar[dict[str, str]] = {}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("X-Postmark-Server-Token") != self.key:
            raise Refused(401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."})
        if (method, path) != ("GET", "/message-streams/broadcast/suppressions/dump"):
            raise Refused(404, {"ErrorCode": 1226, "Message": "The message stream was not found."})
        reasons = {"bounce": "HardBounce", "complaint": "SpamComplaint", "request": "ManualSuppression"}
        return 200, {
            "Suppressions": [
                {"EmailAddress": one, "SuppressionReason": reasons[state], "Origin": "Recipient"}
                for one, state in self.people.items()
                if state
            ]
        }


class PostmarkTemplatesDouble(TellingDouble):
    """Built from Postmark's API description: the list tells no content, and what is not there is a 422."""

    key = "server-token-0"
    account: ClassVar[dict[str, str]] = {}
    _CONTENT = ("Name", "Alias", "Subject", "HtmlBody", "TextBody")

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("X-Postmark-Server-Token") != self.key:
            raise Refused(401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."})
        if (method, path) == ("GET", "/templates"):
            count, offset = int(query["Count"]), int(query["Offset"])
            items = [] if self.blind else list(self.items.values())
            shown = [{key: one[key] for key in ("TemplateId", "Alias", "Name", "Active")} for one in items]
            return 200, {"TotalCount": len(items), "Templates": shown[offset : offset + count]}
        if (method, path) == ("POST", "/templates"):
            needs(body, "Name", "Subject", "Alias", status=422, only=self._CONTENT)
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", body["Alias"]) or body["Alias"] in self.items:
                raise Refused(422, {"ErrorCode": 1122, "Message": "The alias is not valid, or taken."})
            number = self.number()
            item = {**body, "TemplateId": number, "Active": True, "HtmlBody": self.kept(body["HtmlBody"])}
            self.items[body["Alias"]] = item
            return 200, {key: item[key] for key in ("TemplateId", "Alias", "Name", "Active")}
        name = path.removeprefix("/templates/")
        if name not in self.items:
            raise Refused(
                422, {"ErrorCode": 1101, "Message": "The 'TemplateId' associated with this request is not valid"}
            )
        if method == "PUT":
            needs(body, "Name", "Subject", status=422, only=self._CONTENT)
            self.items[name] |= {**body, "HtmlBody": self.kept(body["HtmlBody"])}
        return 200, self.items[name]
