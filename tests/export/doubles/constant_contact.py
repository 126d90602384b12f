"""A double of Constant Contact's API."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class ConstantContactDouble(Double):
    """Built from the schema of the V3 API: names are unique, deleted campaigns stay listed, the content is apart."""

    key = "ctct-token-0123"
    account: ClassVar = {"list": "da10f460-3072"}
    _CONTENT = ("from_name", "from_email", "reply_to_email", "subject", "html_content")
    _OPTIONAL = ("preheader", "physical_address_in_footer")

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, {"error_key": "unauthorized", "error_message": "Unauthorized"})
        if (method, path) == ("GET", "/v3/contacts"):
            if query["status"] != "unsubscribed":
                raise Refused(400, [{"error_message": "this double answers for the unsubscribed only"}])
            left = [
                {"contact_id": one, "email_address": {"address": one, "permission_to_send": "unsubscribed"}}
                for one, state in self.people.items() if state == "request"
            ]  # fmt: skip
            return 200, self._page("contacts", path, left, query)
        if (method, path) == ("GET", "/v3/emails"):
            listed = [] if self.blind else [self._shown(one) for one in self.items.values()]
            for one in listed:
                del one["campaign_activities"]
            return 200, self._page("campaigns", path, listed, query)
        if (method, path) == ("POST", "/v3/emails"):
            return 200, self._made(body)
        activity = re.fullmatch(r"/v3/emails/activities/a-([\w-]+?)(/schedules)?", path)
        identifier = activity[1] if activity else path.removeprefix("/v3/emails/")
        if identifier not in self.items:
            raise Refused(404, [{"error_key": "not_found", "error_message": "The resource was not found."}])
        item = self.items[identifier]
        if not activity:
            return 200, self._shown(item)
        if method == "GET":
            told = {key: item[key] for key in item if key not in ("name", "html_content")}
            return 200, told | ({"html_content": item["html_content"]} if query.get("include") else {})
        if item["current_status"] != "Draft":
            raise Refused(400, [{"error_message": "The activity is not in DRAFT status."}])
        if method == "POST" and activity[2]:
            if body != {"scheduled_date": "0"} or not item.get("contact_list_ids"):
                raise Refused(400, [{"error_message": "contact_list_ids are required before scheduling"}])
            self.dispatch(identifier)
            return 201, []
        if method == "PUT" and not activity[2]:
            known = (*self._CONTENT, *self._OPTIONAL, "contact_list_ids", "segment_ids")
            needs(body, "from_name", "from_email", "reply_to_email", "subject", only=known)
            # What is left out is taken away, but for the content.
            item |= {"preheader": "", "contact_list_ids": [], "segment_ids": []} | self._kept(body)
            return 200, item
        raise Refused(405, None)

    def _made(self, body: Any) -> Item:
        needs(body, "name", "email_campaign_activities", only=("name", "email_campaign_activities"))
        (activity,) = body["email_campaign_activities"]
        needs(activity, "format_type", *self._CONTENT, only=("format_type", *self._CONTENT, *self._OPTIONAL))
        if activity["format_type"] != 5 or len(body["name"]) > 80 or len(activity.get("preheader", "")) > 200:
            raise Refused(400, [{"error_message": "format_type must be 5, a name at most 80 characters"}])
        if any(one["name"] == body["name"] for one in self.items.values()):
            raise Refused(409, [{"error_message": "Another campaign has this name."}])
        number = self.number()
        item = {
            "campaign_id": f"c-{number}", "name": body["name"], "current_status": "Draft",
            "created_at": f"2026-11-24T05:00:00.{number:05}Z", **self._kept(activity),
        }  # fmt: skip
        self.items[item["campaign_id"]] = item
        return self._shown(item)

    def _shown(self, item: Item) -> Item:
        activities = [
            {"campaign_activity_id": f"p-{item['campaign_id']}", "role": "permalink"},
            {"campaign_activity_id": f"a-{item['campaign_id']}", "role": "primary_email"},
        ]
        shown = ("campaign_id", "name", "current_status", "created_at")
        return {**{key: item[key] for key in shown}, "campaign_activities": activities}

    def _kept(self, activity: Item) -> Item:
        html = {"html_content": self.kept(activity["html_content"])} if "html_content" in activity else {}
        return activity | html

    def _page(self, kind: str, path: str, everything: list[Item], query: dict[str, str]) -> Item:
        limit, start = int(query.get("limit", 50)), int(query.get("cursor", 0))
        if limit > 500:
            raise Refused(400, [{"error_message": "limit must be at most 500"}])
        more = "&".join(f"{key}={query[key]}" for key in query if key != "cursor")
        following = {"next": {"href": f"{path}?{more}&cursor={start + limit}"}}
        return {
            kind: everything[start : start + limit],
            "_links": following if start + limit < len(everything) else {},
        }

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["current_status"] = "Done"
