"""A double of Salesforce Marketing Cloud's API."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Item, Refused, TellingDouble, needs


class SalesforceDouble(TellingDouble):
    """Built from Salesforce's pages: a token first, assets by id or by a filter, customer keys that are unique."""

    key = "client-secret-0123"
    account: ClassVar = {"user": "client-id", "sender": "510006764"}
    quiet: ClassVar = ("/v2/token",)
    _TOKEN = "token-0123456789"
    _FIELDS = ("name", "data", "views", "category", "description", "customerKey", "assetType")

    def __init__(self) -> None:
        super().__init__()
        self.tokens = 0
        self.silent = 0  # so many requests for a token get no answer

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if (method, path) == ("POST", "/v2/token"):
            return self._token(body)
        if headers.get("Authorization") != f"Bearer {self._TOKEN}":
            raise Refused(401, {"message": "Not Authorized", "errorcode": 0, "documentation": ""})
        if (method, path) == ("GET", "/asset/v1/content/assets"):
            found = re.fullmatch(r"customerKey eq '([\w-]+)'", query.get("$filter", ""))
            if not found:
                raise Refused(400, {"message": "Invalid filter", "errorcode": 30003})
            items = [] if self.blind else [one for one in self.items.values() if one["customerKey"] == found[1]]
            shown = [{key: one[key] for key in ("id", "customerKey", "assetType", "name", "status")} for one in items]
            return 200, {"count": len(shown), "page": 1, "pageSize": 50, "links": {}, "items": shown}
        if (method, path) == ("POST", "/asset/v1/content/assets"):
            needs(body, "name", "assetType", only=self._FIELDS)
            needs(body["assetType"], "id")
            if len(body["customerKey"]) > 36 or any(
                one["customerKey"] == body["customerKey"] for one in self.items.values()
            ):
                raise self._invalid("CustomerKey must be unique, of 36 characters at most.")
            item = {"id": self.number(), "status": {"id": 1, "name": "Draft"}, **self._valid(body)}
            self.items[str(item["id"])] = item
            return 201, item
        identifier = path.removeprefix("/asset/v1/content/assets/")
        if identifier not in self.items:
            raise Refused(404, {"message": "Not Found", "errorcode": 30404})
        item = self.items[identifier]
        if method == "PATCH":
            needs(body, only=self._FIELDS)
            item |= self._valid({**item, **body})
        elif method != "GET":
            raise Refused(405, None)
        return 200, item

    def _token(self, body: Any) -> Answer:
        self.tokens += 1
        if self.silent:
            self.silent -= 1
            raise Refused(503, None)
        needs(body, "grant_type", "client_id", "client_secret", only=("account_id", "scope", *body))
        if (body["client_id"], body["client_secret"], body["account_id"]) != ("client-id", self.key, "510006764"):
            raise Refused(401, {"error": "invalid_client", "error_description": "Invalid client ID."})
        return 200, {
            "access_token": self._TOKEN, "token_type": "Bearer", "expires_in": 1079, "scope": "email_write",
            "soap_instance_url": f"{self.url}/", "rest_instance_url": f"{self.url}/",
        }  # fmt: skip

    def _valid(self, body: Item) -> Item:
        if len(body["name"]) > 200:
            raise self._invalid("Name must be of 200 characters at most.")
        if set(body["views"]) - {"html", "text", "subjectline", "preheader"}:
            raise self._invalid("No such view.")
        html = body["views"]["html"]
        return {**body, "views": {**body["views"], "html": {**html, "content": self.kept(html["content"])}}}

    def _invalid(self, words: str) -> Refused:
        return Refused(
            400, {"message": "Validation Errors", "errorcode": 10006, "validationErrors": [{"message": words}]}
        )
