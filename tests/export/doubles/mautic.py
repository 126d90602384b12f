"""A double of Mautic's API."""

from __future__ import annotations

import base64
import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class MauticDouble(Double):
    key = "mautic-password"
    account: ClassVar = {"list": "4", "user": "api"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"api:{self.key}":
            raise Refused(401, {"errors": [{"code": 401, "message": "Authorization denied."}]})
        if (method, path) == ("GET", "/api/contacts"):
            return 200, self._contacts(query)
        if (method, path) == ("GET", "/api/emails"):
            start, limit = int(query.get("start", 0)), int(query.get("limit", 30))
            items = [] if self.blind else list(self.items.values())
            page = {str(one["id"]): one for one in items[start : start + limit]}
            return 200, {"total": len(items), "emails": page or []}
        if (method, path) == ("POST", "/api/emails/new"):
            needs(body, "name", "subject", "emailType", "lists")
            item = {"id": self.number(), "isPublished": True, "sentCount": 0, **body}
            item["customHtml"] = self.kept(item["customHtml"])
            self.items[str(item["id"])] = item
            return 201, {"email": item}
        found = re.fullmatch(r"/api/emails/(\d+)(/edit)?", path)
        if not found or found[1] not in self.items:
            raise Refused(404, {"errors": [{"code": 404, "message": "Item was not found."}]})
        item = self.items[found[1]]
        if method == "PATCH" and found[2] and body == {"isPublished": True}:
            if not item["isPublished"]:  # its job sends to those who did not get it yet
                self.dispatch(found[1])
        elif method == "PATCH" and found[2]:
            item |= {**body, "customHtml": self.kept(body["customHtml"])}
        return 200, {"email": item}

    def _contacts(self, query: dict[str, str]) -> Item:
        if (query["where[0][col]"], query["where[0][expr]"], query["orderBy"]) != ("id", "gt", "id"):
            raise Refused(400, {"errors": [{"code": 400, "message": "this double filters by id only"}]})
        contacts = {}
        for number, (email, state) in enumerate(self.people.items(), 1):
            entry = {"id": number, "reason": {"request": 1, "bounce": 2}.get(state, 0), "channel": "email"}
            texts = {"id": number, "reason": 1, "channel": "sms"}  # to whom no short message may be sent
            contacts[str(number)] = {
                "id": number, "fields": {"core": {}, "all": {"email": email}},
                "doNotContact": [texts, entry] if state else [texts],
            }  # fmt: skip
        after, limit = int(query["where[0][val]"]), int(query["limit"])
        page = dict(list(contacts.items())[after : after + limit])
        return {"total": str(len(contacts)), "contacts": page or []}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier] |= {"sentCount": 12, "isPublished": True}
