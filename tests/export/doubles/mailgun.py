"""A double of Mailgun's API."""

from __future__ import annotations

import base64
from typing import Any, ClassVar
from urllib.parse import quote

from tests.export.doubles.double import Answer, Item, Refused, TellingDouble


class MailgunDouble(TellingDouble):
    key = "key-0123"
    account: ClassVar[dict[str, str]] = {"list": "mg.example.com"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"api:{self.key}":
            raise Refused(401, {"message": "Forbidden"})
        kind = path.removeprefix("/v3/mg.example.com/")
        state = {"bounces": "bounce", "complaints": "complaint", "unsubscribes": "request"}.get(kind)
        if method != "GET" or state is None:
            raise Refused(404, {"message": "Domain not found"})
        size = self.size(query.get("limit", "100"))
        people = self.who(state)
        after = people.index(query["address"]) + 1 if query.get("page") == "next" else 0
        items: list[Item] = [
            {"address": one, "created_at": "Fri, 21 Oct 2011 11:02:55 UTC"} for one in people[after:][:size]
        ]
        if kind == "unsubscribes":
            items = [{**item, "tags": ["*"]} for item in items]
            items = [{"address": "one-tag@example.com", "tags": ["sport"]}, *items] if not after else items
        last = quote(items[-1]["address"]) if items else ""
        following = f"https://api.mailgun.net{path}?page=next&address={last}&limit={size}"
        return 200, {"items": items, "paging": {"next": following}}
