"""A double of listmonk's API."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class ListmonkDouble(Double):
    key = "listmonk-token"
    account: ClassVar = {"list": "3", "user": "api_user", "template": "2"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"token api_user:{self.key}":
            raise Refused(403, {"message": "invalid API credentials"})
        if (method, path) == ("GET", "/api/bounces"):
            types = {"bounce": "hard", "complaint": "complaint", "": "soft"}
            bounces = [{"email": one, "type": types[state]} for one, state in self.people.items() if state in types]
            return 200, {"data": {"results": self._page(bounces, query), "total": len(bounces)}}
        if (method, path) == ("GET", "/api/subscribers"):
            if query.get("list_id") != "3" or query.get("subscription_status") != "unsubscribed":
                raise Refused(400, {"message": "this double answers for the list's unsubscribed only"})
            left = [{"email": one} for one, state in self.people.items() if state == "request"]
            return 200, {"data": {"results": self._page(left, query), "total": len(left)}}
        if (method, path) == ("GET", "/api/campaigns"):
            items = [] if self.blind else [{**one, "body": ""} for one in self.items.values()]
            return 200, {"data": {"results": items, "total": len(items), "per_page": 0, "page": 1}}
        if (method, path) == ("POST", "/api/campaigns"):
            item = {"id": self.number(), "status": "draft", **self._valid(body)}
            self.items[str(item["id"])] = item
            return 200, {"data": item}
        identifier, _, action = path.removeprefix("/api/campaigns/").partition("/")
        if identifier not in self.items:
            raise Refused(400, {"message": "campaign not found"})
        item = self.items[identifier]
        if method == "GET":
            return 200, {"data": item}
        if (method, action) == ("PUT", "status"):
            if body != {"status": "running"} or item["status"] != "draft":
                raise Refused(400, {"message": "only draft campaigns can be started"})
            self.dispatch(identifier)
            return 200, {"data": item}
        if method == "PUT":
            if item["status"] != "draft":
                raise Refused(400, {"message": "cannot update a running or a finished campaign"})
            item |= self._valid(body)
            return 200, {"data": item}
        raise Refused(405, {"message": "Method Not Allowed"})

    def _page(self, results: list[Item], query: dict[str, str]) -> list[Item]:
        number, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        return results[(number - 1) * size : number * size]

    def _valid(self, body: Any) -> Item:
        needs(body, "name", "subject", "lists", "messenger")
        if len(body["name"]) > 2000 or not all(isinstance(one, int) for one in body["lists"]):
            raise Refused(400, {"message": "invalid length for name, or lists"})
        known = r"\{\{ (?:\w+|\.Subscriber\.\w+(?: \| Safe)?|`[^`]*` \| Safe|if \.Subscriber\.FirstName|else|end) \}\}"
        if "{{" in re.sub(known, "", body["body"]):
            raise Refused(400, {"message": "error compiling campaign body: template: unexpected"})
        lists = [{"id": one, "name": "a list"} for one in body["lists"]]
        return {**body, "lists": lists, "body": self.kept(body["body"])}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "finished"
