"""A double of Customer.io's API."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class CustomerIoDouble(Double):
    """Built from Customer.io's reference of the App API: content apart from the newsletter, no state but sent_at."""

    key = "app-key-0123"
    account: ClassVar = {"list": "42", "template": "3"}
    _CONTENT = ("subject", "body", "body_plain", "preheader_text")
    _WHOLE = ("name", "type", "recipients", "from", "from_id", "layout_id", "subscription_topic_id", *_CONTENT)
    _KINDS: ClassVar = {"spam_reports": "complaint", "bounces": "bounce", "invalid_emails": "-"}

    def __init__(self) -> None:
        super().__init__()
        self.layout = "{{ content }}"

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, {"errors": [{"detail": "unauthorized"}]})
        if path.startswith(("/v1/esp/", "/v1/customers")):
            return 200, self._left(method, path, query, body)
        if (method, path) == ("GET", "/v1/newsletters"):
            limit, start = int(query.get("limit", 50)), int(query.get("start") or 0)
            items = [] if self.blind else list(self.items.values())[::-1]
            following = {"next": str(start + limit)} if start + limit < len(items) else {}
            return 200, {"newsletters": [self._shown(one) for one in items[start : start + limit]], **following}
        if (method, path) == ("POST", "/v1/newsletters"):
            needs(body, "name", "type", "recipients", "subject", "body", only=self._WHOLE)
            if len(body["name"]) > 190 or ("from" in body) == ("from_id" in body) or body["type"] != "email":
                raise Refused(400, {"errors": [{"detail": "name is too long, or from and from_id are both set"}]})
            number = self.number()
            content = {"id": number + 50_000, "layout": self.layout, **self._kept(body)}
            item = {
                "id": number, "name": body["name"], "type": "email", "contents": [content], "sent_at": None,
                "recipient_segment_ids": [body["recipients"]["segment"]["id"]],
            }  # fmt: skip
            self.items[str(number)] = item
            return 200, {"newsletter": self._shown(item)}
        found = re.fullmatch(r"/v1/newsletters/(\d+)(/contents|/contents/(\d+)|/send)?", path)
        if not found or found[1] not in self.items:
            raise Refused(404, None)
        item = self.items[found[1]]
        if method == "GET":
            return 200, {"contents": item["contents"]} if found[2] else {"newsletter": self._shown(item)}
        if item["sent_at"]:
            raise Refused(400, {"errors": [{"detail": "the newsletter was already sent"}]})
        if (method, found[2]) == ("POST", "/send"):
            self.dispatch(found[1])
            return 200, {}
        if method == "PUT" and found[3]:
            (content,) = [one for one in item["contents"] if str(one["id"]) == found[3]]
            needs(body, only=self._CONTENT)
            content |= self._kept(body)
            return 200, {"content": content}
        raise Refused(405, None)

    def _left(self, method: str, path: str, query: dict[str, str], body: Any) -> Item:
        limit = int(query["limit"])
        if limit > 1000:
            raise Refused(400, {"errors": [{"detail": "limit is at most 1000"}]})
        if path == "/v1/customers":
            asked = {"filter": {"attribute": {"field": "unsubscribed", "operator": "eq", "value": "true"}}}
            if method != "POST" or body != asked:
                raise Refused(400, {"errors": [{"detail": "this double answers for the unsubscribed only"}]})
            start = int(query.get("start", 0))
            people = [{"cio_id": one, "id": None, "email": one} for one, why in self.people.items() if why == "request"]
            people = [{"cio_id": "-", "id": "no-address", "email": None}, *people]
            following = {"next": str(start + limit)} if start + limit < len(people) else {"next": ""}
            return {"identifiers": people[start : start + limit], "ids": [], **following}
        kind = path.removeprefix("/v1/esp/suppression/")
        offset = int(query["offset"])
        entries = [{"email": one, "created": 1} for one, why in self.people.items() if why == self._KINDS[kind]]
        return {"category": kind, "suppressions": entries[offset : offset + limit]}

    def _kept(self, body: Item) -> Item:
        return {key: self.kept(body[key]) if key == "body" else body[key] for key in self._CONTENT if key in body}

    def _shown(self, item: Item) -> Item:
        return {
            **{key: item[key] for key in item if key != "contents"},
            "content_ids": [one["id"] for one in item["contents"]],
        }

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["sent_at"] = 1481653929
