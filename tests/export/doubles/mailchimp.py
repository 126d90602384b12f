"""A double of Mailchimp's API."""

from __future__ import annotations

import base64
import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Refused, needs


class MailchimpDouble(Double):
    key = "0123456789abcdef-us6"
    account: ClassVar = {"list": "a1b2c3"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        user = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if user.partition(":")[2] != self.key:
            raise Refused(401, {"title": "API Key Invalid", "detail": "Your API key may be invalid"})
        if (method, path) == ("GET", "/3.0/campaigns"):
            count, offset = int(query.get("count", 10)), int(query.get("offset", 0))
            if count > 1000:
                raise Refused(400, {"detail": "count must be at most 1000"})
            items = [] if self.blind else list(self.items.values())[::-1]
            return 200, {"campaigns": items[offset : offset + count], "total_items": len(items)}
        if (method, path) == ("POST", "/3.0/campaigns"):
            needs(body, "type")
            needs(body["recipients"], "list_id")
            needs(body["settings"], "subject_line", "title", "from_name", "reply_to")
            item = {
                "id": f"c{self.number()}", "status": "save", "settings": body["settings"], "content": {},
                "recipients": body["recipients"],
            }  # fmt: skip
            self.items[item["id"]] = item
            return 200, item
        if path.startswith("/3.0/lists/a1b2c3/"):
            kind = path.rpartition("/")[2]
            states = {"unsubscribed": "request", "cleaned": "bounce"}
            wanted = "complaint" if kind == "abuse-reports" else states[query["status"]]
            count, offset = int(query.get("count", 10)), int(query.get("offset", 0))
            page = [{"email_address": one} for one, state in self.people.items() if state == wanted]
            return 200, {kind.replace("-", "_"): page[offset : offset + count], "total_items": len(page)}
        found = re.fullmatch(r"/3\.0/campaigns/(\w+)(/content|/actions/send)?", path)
        if not found or found[1] not in self.items:
            raise Refused(404, {"title": "Resource Not Found"})
        item = self.items[found[1]]
        if method == "GET":
            shown = ("id", "status", "settings", "recipients")
            return 200, item["content"] if found[2] else {key: item[key] for key in shown}
        if item["status"] != "save":
            raise Refused(400, {"detail": "Campaign has been sent"})
        if method == "POST" and found[2] == "/actions/send":
            if not item["content"].get("html"):
                raise Refused(400, {"detail": "Your Campaign is not ready to send."})
            self.dispatch(found[1])
            return 204, None
        if method == "PATCH" and not found[2]:
            item["settings"] |= body["settings"]
            return 200, item
        if method == "PUT" and found[2]:
            needs(body, "html")
            item["content"] = {"html": self.kept(body["html"]), "plain_text": body.get("plain_text", "")}
            return 200, item["content"]
        raise Refused(405, {"title": "Method Not Allowed"})

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"
