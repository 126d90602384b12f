"""A double of GetResponse's API."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class GetResponseDouble(Double):
    """Built from GetResponse's own client library and description of its API, version 3; it knows no change."""

    key = "gr0123"
    account: ClassVar = {"list": "V", "sender": "p"}
    beside = False  # what is sent stays a draft, and a broadcast stands beside it
    _FIELDS = (
        "type", "name", "subject", "content", "campaign", "fromField", "replyTo", "sendSettings", "sendOn", "flags",
        "editor", "attachments",
    )  # fmt: skip
    _SHOWN = ("newsletterId", "href", "name", "type", "status", "subject", "createdOn")

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("X-Auth-Token") != f"api-key {self.key}":
            raise Refused(401, {"httpStatus": 401, "code": 1014, "message": "Problem during authentication process"})
        if (method, path) == ("GET", "/v3/newsletters"):
            return 200, self._listed(query)
        if (method, path) == ("POST", "/v3/newsletters"):
            number = self.number()
            item = {"id": f"N{number}", "createdOn": f"2026-11-24T05:00:00.{number}+0000", **self._valid(body)}
            self.items[item["id"]] = item | {"status": "enabled"}
            return 201, self._shown(self.items[item["id"]])
        if (method, path) == ("POST", "/v3/newsletters/send-draft"):
            needs(body, "messageId", "sendSettings", only=("messageId", "sendSettings", "sendOn"))
            item = self._of(body["messageId"])
            if item["type"] != "draft" or not body["sendSettings"].get("selectedCampaigns"):
                raise Refused(400, {"httpStatus": 400, "code": 1000, "message": "Not a draft, or no readers"})
            self.dispatch(item["id"])
            return 201, self._shown(item)
        identifier = path.removeprefix("/v3/newsletters/")
        item = self._of(identifier)
        if method == "DELETE":
            del self.items[identifier]
            return 204, None
        if method != "GET":
            raise Refused(404, {"httpStatus": 404, "code": 1013, "message": "No such way"})
        return 200, self._shown(item)

    def _of(self, identifier: str) -> Item:
        if identifier not in self.items:
            raise Refused(404, {"httpStatus": 404, "code": 1013, "message": "Resource not found"})
        return self.items[identifier]

    def _listed(self, query: dict[str, str]) -> list[Item]:
        page, size = int(query.get("page", 1)), int(query.get("perPage", 100))
        if size > 1000 or query["query[type]"] not in ("draft", "broadcast", "splittest", "automation"):
            raise Refused(400, {"httpStatus": 400, "code": 1000, "message": "General error of validation process"})
        fields = [field for field in query["fields"].split(",") if field in self._SHOWN]
        there = [] if self.blind else [one for one in self.items.values() if one["type"] == query["query[type]"]]
        newest = there[::-1] if query["sort[createdOn]"] == "DESC" else there
        shown = [self._shown(one) for one in newest]
        return [{field: one[field] for field in fields} for one in shown[(page - 1) * size : page * size]]

    def _valid(self, body: Any) -> Item:
        needs(body, "name", "subject", "content", "campaign", "fromField", "sendSettings", only=self._FIELDS)
        if body.get("type") != "draft":
            raise Refused(400, {"httpStatus": 400, "code": 1000, "message": "this double makes drafts only"})
        needs(body["campaign"], "campaignId", only=("campaignId",))
        needs(body["fromField"], "fromFieldId", only=("fromFieldId",))
        needs(body["content"], "html", "plain", only=("html", "plain"))
        if len(body["name"]) > 128:
            raise Refused(400, {"httpStatus": 400, "code": 1003, "message": "Field value too long"})
        return {**body, "content": {**body["content"], "html": self.kept(body["content"]["html"])}}

    def _shown(self, item: Item) -> Item:
        address = f"https://api.getresponse.com/v3/newsletters/{item['id']}"
        shown = {key: item[key] for key in item if key != "id"}
        empty: dict[str, list[str]] = {"selectedSegments": [], "selectedContacts": [], "excludedCampaigns": []}
        return shown | {
            "newsletterId": item["id"],
            "href": address,
            "campaign": {**item["campaign"], "href": "https://api.getresponse.com/v3/campaigns/V", "name": "daily"},
            "sendSettings": {**empty, **item["sendSettings"]},
        }

    def mark_sent(self, identifier: str) -> None:
        if self.beside:
            self.items["B1"] = self.items[identifier] | {"id": "B1", "type": "broadcast"}
        else:
            self.items[identifier] |= {"type": "broadcast", "status": "sent"}
