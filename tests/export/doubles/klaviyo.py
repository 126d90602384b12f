"""A double of Klaviyo's API."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class KlaviyoDouble(Double):
    key = "pk_0123"
    account: ClassVar = {"list": "Y6nRLr"}

    def __init__(self) -> None:
        super().__init__()
        self.templates: dict[str, Item] = {}
        self.messages: dict[str, Item] = {}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Klaviyo-API-Key {self.key}":
            raise Refused(401, {"errors": [{"title": "Missing or invalid private key."}]})
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", headers.get("revision", "")):
            raise Refused(400, {"errors": [{"detail": "revision is required"}]})
        if method != "GET" and headers.get("Content-Type") != "application/vnd.api+json":
            raise Refused(415, {"errors": [{"detail": "Unsupported media type"}]})
        data = body["data"] if body else {}
        kind, _, rest = path.removeprefix("/api/").partition("/")
        if kind == "profiles":
            return 200, self._profiles(query)
        if kind == "campaigns":
            return self._campaigns(method, rest, query, data)
        if kind == "templates":
            return self._templates(method, rest, query, data)
        if kind == "campaign-send-jobs":
            needs(data, "type", "id", only=("type", "id"))
            if self.items[data["id"]]["attributes"]["status"] != "Draft":
                raise Refused(409, {"errors": [{"detail": "Campaign is already being sent."}]})
            self.dispatch(data["id"])
            return 202, {"data": {**data, "attributes": {"status": "queued"}}}
        if kind == "campaign-message-assign-template":
            needs(data, "type", "id", "relationships")
            template = self.templates[data["relationships"]["template"]["data"]["id"]]
            self.messages[data["id"]]["template"] = json.loads(json.dumps(template))  # a copy, as Klaviyo makes one
            return 200, {"data": {"type": "campaign-message", "id": data["id"]}}
        return self._messages(method, rest, data)

    def _campaigns(self, method: str, rest: str, query: dict[str, str], data: Item) -> Answer:
        if not rest and method == "GET":
            found = re.fullmatch(
                r"equals\(messages\.channel,'email'\),contains\(name,'(.*)'\)", query.get("filter", "")
            )
            if not found:
                raise Refused(400, {"errors": [{"detail": "A channel filter is required to list campaigns."}]})
            items = [one for one in self.items.values() if found[1] in one["attributes"]["name"] and not self.blind]
            return 200, {"data": items[::-1], "links": {"next": None}}
        if not rest:
            needs(data, "type", "attributes")
            needs(data["attributes"], "name", "audiences", "campaign-messages")
            needs(data["attributes"]["audiences"], "included")
            definition = data["attributes"]["campaign-messages"]["data"][0]["attributes"]["definition"]
            needs(definition, "channel")
            message, campaign = f"m{self.number()}", f"k{self.number()}"
            content = {"attributes": {"definition": definition}, "campaign": campaign}
            self.messages[message] = {"type": "campaign-message", "id": message, **content}
            attributes = {
                "name": data["attributes"]["name"], "status": "Draft", "audiences": data["attributes"]["audiences"]
            }  # fmt: skip
            self.items[campaign] = {"type": "campaign", "id": campaign, "attributes": attributes}
            return 201, {"data": self.items[campaign]}
        identifier, _, part = rest.partition("/")
        if identifier not in self.items:
            raise Refused(404, {"errors": [{"detail": "A campaign with this id does not exist."}]})
        if part:
            return 200, {"data": [one for one in self.messages.values() if one["campaign"] == identifier]}
        return 200, {"data": self.items[identifier]}

    def _profiles(self, query: dict[str, str]) -> Item:
        size = int(query.get("page[size]", 20))
        if size > 100 or query.get("additional-fields[profile]") != "subscriptions":
            raise Refused(400, {"errors": [{"detail": "page size, or subscriptions that were not asked for"}]})
        marketing = "subscriptions.email.marketing"
        everywhere = f"greater-than({marketing}.suppression.timestamp,1970-01-01T00:00:00Z)"
        states = {
            everywhere: {"bounce": "HARD_BOUNCE", "complaint": "SPAM_COMPLAINT"},
            f"equals({marketing}.list_suppressions.list_id,'Y6nRLr')": {"request": "UNSUBSCRIBE"},
        }.get(query.get("filter", ""))
        if states is None:
            raise Refused(400, {"errors": [{"detail": "Invalid filter provided."}]})
        field = "suppression" if query["filter"] == everywhere else "list_suppressions"
        found = [
            {
                "type": "profile", "id": one,
                "attributes": {
                    "email": one, "subscriptions": {"email": {"marketing": {field: [{"reason": states[state]}]}}}
                },
            }
            for one, state in self.people.items() if state in states
        ]  # fmt: skip
        start = int(query.get("page[cursor]", "c0")[1:])
        following = f"{self.url}/api/profiles?page%5Bcursor%5D=c{start + size}" if start + size < len(found) else None
        return {"data": found[start : start + size], "links": {"next": following}}

    def _templates(self, method: str, rest: str, query: dict[str, str], data: Item) -> Answer:
        if method == "GET":
            found = re.fullmatch(r"equals\(name,'(.*)'\)", query["filter"])
            items = [one for one in self.templates.values() if found and one["attributes"]["name"] == found[1]]
            return 200, {"data": items}
        needs(data, "type", "attributes")
        if not rest:
            needs(data["attributes"], "name", "editor_type")
            rest = f"t{self.number()}"
            self.templates[rest] = {"type": "template", "id": rest, "attributes": {}}
        attributes = {**data["attributes"], "html": self.kept(data["attributes"]["html"])}
        self.templates[rest]["attributes"] |= attributes
        return 201, {"data": self.templates[rest]}

    def _messages(self, method: str, rest: str, data: Item) -> Answer:
        identifier, _, part = rest.partition("/")
        message = self.messages[identifier]
        if part == "template":
            if "template" not in message:
                raise Refused(404, {"errors": [{"detail": "no template"}]})
            return 200, {"data": message["template"]}
        if method == "PATCH":
            needs(data, "type", "id", "attributes")
            message["attributes"] |= data["attributes"]
        return 200, {"data": message}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["attributes"]["status"] = "Sent"
