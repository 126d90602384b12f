"""A double of Keila's API."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Refused, needs


class KeilaDouble(Double):
    key = "keila-key"
    account: ClassVar = {"sender": "ms_1", "list": "sgm_1"}
    _FIELDS = (
        "subject", "text_body", "json_body", "mjml_body", "html_body", "mjml_content", "html_content", "text_content",
        "settings", "template_id", "sender_id", "segment_id", "data", "preview_text",
    )  # fmt: skip

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(403, {"errors": [{"status": 403, "title": "Not authorized"}]})
        if (method, path) == ("GET", "/api/v1/contacts"):
            states = {"unsubscribed": "request", "unreachable": "bounce"}
            wanted = states[json.loads(query["filter"])["status"]]
            page, size = int(query["paginate[page]"]), int(query["paginate[page_size]"])
            left = [{"email": one} for one, state in self.people.items() if state == wanted]
            meta = {"page": page, "page_count": -(-len(left) // size), "count": len(left)}
            return 200, {"meta": meta, "data": left[page * size : (page + 1) * size]}
        if (method, path) == ("GET", "/api/v1/campaigns"):
            items = [] if self.blind else list(self.items.values())
            return 200, {"meta": {"page": 0, "page_count": 1, "count": len(items)}, "data": items}
        if (method, path) == ("POST", "/api/v1/campaigns"):
            needs(body["data"], "subject", "settings", only=self._FIELDS)
            needs(body["data"]["settings"], "type", only=("type", "do_not_track"))
            item = {"id": f"mc_{self.number()}", "sent_at": None, "scheduled_for": None, **body["data"]}
            item["html_body"] = self.kept(item["html_body"])
            self.items[item["id"]] = item
            return 200, {"data": item}
        identifier, _, action = path.removeprefix("/api/v1/campaigns/").partition("/")
        if identifier not in self.items:
            raise Refused(404, {"errors": [{"status": 404, "title": "Not found"}]})
        item = self.items[identifier]
        if (method, action) == ("POST", "actions/send"):
            if not item["sent_at"] and item.get("sender_id"):  # Keila says yes all the same: its job finds out
                self.dispatch(identifier)
            return 202, {"data": {"campaign_id": identifier, "delivery_queued": True}}
        if method in ("PATCH", "PUT"):
            needs(body["data"], only=self._FIELDS)
            item |= {**body["data"], "html_body": self.kept(body["data"]["html_body"])}
        return 200, {"data": item}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["sent_at"] = "2026-11-24T06:00:00Z"
