"""A double of Brevo's API."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Refused, needs


class BrevoDouble(Double):
    key = "xkeysib-0123"
    account: ClassVar = {"list": "7"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("api-key") != self.key:
            raise Refused(401, {"code": "unauthorized", "message": "Key not found"})
        if (method, path) == ("GET", "/v3/contacts"):
            limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
            if limit > 1000:
                raise Refused(400, {"code": "out_of_range", "message": "Limit exceeds max value"})
            everyone = [{"email": one, "emailBlacklisted": bool(state)} for one, state in self.people.items()]
            return 200, {"contacts": everyone[offset : offset + limit], "count": len(everyone)}
        if (method, path) == ("GET", "/v3/emailCampaigns"):
            limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
            items = [] if self.blind else list(self.items.values())[::-1]
            page = [{**one, "htmlContent": ""} for one in items[offset : offset + limit]]
            return 200, {"count": len(items)} | ({"campaigns": page} if page else {})
        if (method, path) == ("POST", "/v3/emailCampaigns"):
            needs(body, "name", "sender", "subject", "htmlContent")
            needs(body["sender"], "email")
            if not all(isinstance(one, int) for one in body["recipients"]["listIds"]):
                raise Refused(400, {"code": "invalid_parameter", "message": "listIds must be integers"})
            item = {"id": self.number(), "status": "draft", "type": "classic", **body}
            item["htmlContent"] = self.kept(item["htmlContent"])
            self.items[str(item["id"])] = item
            return 201, {"id": item["id"]}
        identifier, _, action = path.removeprefix("/v3/emailCampaigns/").partition("/")
        if identifier not in self.items:
            raise Refused(404, {"code": "document_not_found", "message": "Campaign ID does not exist"})
        item = self.items[identifier]
        if method == "GET":
            return 200, {**item, "recipients": {"lists": item["recipients"]["listIds"], "exclusionLists": []}}
        if item["status"] != "draft":
            raise Refused(400, {"code": "invalid_parameter", "message": "Campaign is already sent"})
        if (method, action) == ("POST", "sendNow"):
            self.dispatch(identifier)
            return 204, None
        if method == "PUT":
            item |= {**body, "htmlContent": self.kept(body["htmlContent"])}
            return 204, None
        raise Refused(405, None)

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"
