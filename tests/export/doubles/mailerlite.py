"""A double of MailerLite's API."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class MailerliteDouble(Double):
    """Built from MailerLite's pages for developers: lists by state, and tells no HTML."""

    key = "eyJ0-mailerlite"
    account: ClassVar = {"list": "42"}
    _STATES: ClassVar = {"unsubscribed": "request", "bounced": "bounce", "junk": "complaint"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, {"message": "Unauthenticated."})
        if (method, path) == ("GET", "/api/subscribers"):
            limit, start = int(query.get("limit", 25)), int(query.get("cursor", 0))
            state = self._STATES[query["filter[status]"]]
            left = [
                {"email": one, "status": query["filter[status]"]} for one, why in self.people.items() if why == state
            ]
            following = str(start + limit) if start + limit < len(left) else None
            return 200, {"data": left[start : start + limit], "meta": {"next_cursor": following}}
        if (method, path) == ("GET", "/api/campaigns"):
            state, page = query.get("filter[status]", "ready"), int(query.get("page", 1))
            limit = min(int(query.get("limit", 25)), 50)  # fewer than are asked for
            items = [] if self.blind else [self._shown(one) for one in self.items.values() if one["status"] == state]
            return 200, {"data": items[(page - 1) * limit : page * limit], "meta": {"total": len(items)}}
        if (method, path) == ("POST", "/api/campaigns"):
            item = {"id": str(self.number()), "status": "draft", **self._valid(body)}
            item["created_at"] = f"2026-11-24 05:00:00.{item['id']}"
            self.items[item["id"]] = item
            return 201, {"data": self._shown(item)}
        identifier, _, action = path.removeprefix("/api/campaigns/").partition("/")
        if identifier not in self.items:
            raise Refused(404, {"message": "Resource not found."})
        item = self.items[identifier]
        if method == "GET":
            return 200, {"data": self._shown(item)}
        if item["status"] != "draft":
            raise Refused(422, {"message": "Only draft campaigns can be changed."})
        if (method, action) == ("POST", "schedule"):
            if body != {"delivery": "instant"}:
                raise Refused(422, {"message": "The delivery field is required."})
            self.dispatch(identifier)
        elif method == "PUT":
            item |= self._valid(body)
        return 200, {"data": self._shown(item)}

    def _valid(self, body: Any) -> Item:
        needs(body, "name", "type", "emails", status=422, only=("name", "type", "emails", "groups", "segments"))
        (email,) = body["emails"]
        known = ("subject", "from_name", "from", "reply_to", "content")
        needs(email, "subject", "from_name", "from", status=422, only=known)
        if len(body["name"]) > 255 or len(email["subject"]) > 255 or body["type"] != "regular":
            raise Refused(422, {"message": "The given data was invalid."})
        return {**body, "emails": [{**email, "content": self.kept(email["content"])}]}

    def _shown(self, item: Item) -> Item:
        emails = [{key: one[key] for key in one if key != "content"} | {"plain_text": "-"} for one in item["emails"]]
        rules = [[{"operator": "in_any", "args": ["groups", item["groups"]]}]] if item.get("groups") else []
        shown = ("id", "name", "type", "status", "created_at")
        return {**{key: item.get(key) for key in shown}, "emails": emails, "filter": rules}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"
