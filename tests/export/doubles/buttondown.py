"""A double of Buttondown's API."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class ButtondownDouble(Double):
    key = "buttondown-key"
    account: ClassVar[dict[str, str]] = {}
    _FIELDS = ("subject", "body", "status", "metadata", "description", "slug", "filters", "email_type", "template")

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Token {self.key}":
            raise Refused(401, {"detail": "Invalid token."})
        if (method, path) == ("GET", "/v1/subscribers"):
            states = {"unsubscribed": "request", "undeliverable": "bounce", "complained": "complaint"}
            page = int(query.get("page", 1))
            left = [{"email_address": one} for one, state in self.people.items() if state == states[query["type"]]]
            following = f"{path}?page={page + 1}" if len(left) > page * 100 else None
            return 200, {"results": left[(page - 1) * 100 : page * 100], "count": len(left), "next": following}
        if (method, path) == ("GET", "/v1/emails"):
            page, items = int(query.get("page", 1)), list(self.items.values())[::-1]
            items = [] if self.blind else items
            following = f"{path}?page={page + 1}" if len(items) > page * 100 else None
            results = [{key: one[key] for key in one if key != "body"} for one in items[(page - 1) * 100 : page * 100]]
            return 200, {"results": results, "count": len(items), "next": following}
        if (method, path) == ("POST", "/v1/emails"):
            needs(body, "subject", status=422, only=self._FIELDS)
            item = {"id": f"em_{self.number()}", "status": "about_to_send", "metadata": {}, **self._valid(body)}
            self.items[item["id"]] = item
            return 201, item
        identifier = path.rpartition("/")[2]
        if identifier not in self.items:
            raise Refused(404, {"detail": "Not found."})
        item = self.items[identifier]
        if method == "GET":
            return 200, item
        if method == "PATCH" and body == {"status": "about_to_send"}:
            if headers.get("X-Buttondown-Live-Dangerously") != "true":
                raise Refused(400, {"code": "sending_requires_confirmation", "detail": "Confirm your first email."})
            if item["status"] != "draft":
                raise Refused(400, {"detail": "This email was sent already."})
            self.dispatch(identifier)
            return 200, item
        if method == "PATCH":
            needs(body, status=422, only=self._FIELDS)
            item |= self._valid(body)
            return 200, item
        raise Refused(405, None)

    def _valid(self, body: Any) -> Item:
        if str(body.get("body", "")).startswith("---"):
            raise Refused(400, {"code": "body_invalid", "detail": "body may not start with ---"})
        return {**body, "body": self.kept(body["body"])}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"
