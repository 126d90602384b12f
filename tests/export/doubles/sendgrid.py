"""A double of SendGrid's API."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class SendgridDouble(Double):
    key = "SG.0123"
    account: ClassVar = {"list": "ca1a-11", "sender": "5", "group": "17"}
    _LISTS: ClassVar = {"bounces": "bounce", "spam_reports": "complaint", "invalid_emails": "-", "unsubscribes": "-"}
    _CONTENT = (
        "subject", "html_content", "plain_content", "generate_plain_content", "editor", "sender_id",
        "suppression_group_id", "custom_unsubscribe_url", "design_id", "ip_pool",
    )  # fmt: skip

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, {"errors": [{"field": None, "message": "authorization required"}]})
        if path.startswith(("/v3/asm/", "/v3/suppression/")):
            return self._suppressions(path, query)
        identifier, _, action = path.removeprefix("/v3/marketing/singlesends").strip("/").partition("/")
        if not identifier and method == "GET":
            size, start = int(query.get("page_size", 10)), int(query.get("page_token", "t0")[1:])
            items = [] if self.blind else list(self.items.values())
            token = f"{self.url}{path}?page_size={size}&page_token=t{start + size}"
            shown = [{key: one[key] for key in one if key != "email_config"} for one in items[start : start + size]]
            return 200, {"result": shown, "_metadata": {"next": token} if start + size < len(items) else {}}
        if not identifier and method == "POST":
            item = {"id": f"s{self.number()}", "status": "draft", "created_at": f"{self.number()}", **self._valid(body)}
            self.items[item["id"]] = item
            return 201, item
        if identifier not in self.items:
            raise Refused(404, {"errors": [{"message": "not found"}]})
        item = self.items[identifier]
        if (method, action) == ("PUT", "schedule"):
            content = item["email_config"]
            if body != {"send_at": "now"} or not content.get("sender_id") or not content.get("suppression_group_id"):
                raise Refused(400, {"errors": [{"message": "sender_id and suppression_group_id are required"}]})
            if item["status"] != "draft":
                raise Refused(400, {"errors": [{"message": "single send is not a draft"}]})
            self.dispatch(identifier)
            return 201, {"send_at": "now", "status": "scheduled"}
        if method == "PATCH":
            if item["status"] != "draft":
                raise Refused(400, {"errors": [{"message": "single send is not a draft"}]})
            item |= self._valid(body)
        return 200, item

    def _suppressions(self, path: str, query: dict[str, str]) -> Answer:
        if path == "/v3/asm/groups/17/suppressions":
            return 200, [one for one, state in self.people.items() if state == "request"]
        kind = path.removeprefix("/v3/suppression/")
        if kind not in self._LISTS or int(query["limit"]) > 500:
            raise Refused(404, {"errors": [{"message": "not found"}]})
        entries = [{"created": 1, "email": one} for one, state in self.people.items() if state == self._LISTS[kind]]
        return 200, entries[int(query["offset"]) :][: int(query["limit"])]

    def _valid(self, body: Any) -> Item:
        needs(body, "name", only=("name", "categories", "send_at", "send_to", "email_config"))
        needs(body["email_config"], "subject", only=self._CONTENT)
        if len(body["name"]) > 100:
            raise Refused(400, {"errors": [{"field": "name", "message": "name must be at most 100 characters"}]})
        content = body["email_config"]
        return {**body, "email_config": {**content, "html_content": self.kept(content["html_content"])}}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "triggered"
