"""A double of ActiveCampaign's API."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class ActiveCampaignDouble(Double):
    """Built from ActiveCampaign's pages on version 1 and 3, and from programs that use both in this way.

    Version 1 takes forms and says no with the status 200; version 3 takes JSON.
    """

    key = "ac0123456789"
    account: ClassVar = {"list": "4"}
    _MESSAGE = (
        "format", "subject", "fromemail", "fromname", "reply2", "priority", "charset", "encoding", "htmlconstructor",
        "html", "textconstructor", "text", "p[4]",
    )  # fmt: skip
    _CAMPAIGN = ("type", "name", "sdate", "status", "public", "segmentid", "tracklinks", "trackreads", "p[4]")

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, Item] = {}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        is_known = headers.get("Api-Token") == self.key
        if path == "/admin/api.php":
            if not is_known:
                return 200, self._no("You are not authorized to access this file")
            try:
                return 200, self._old(method, query, body)
            except Refused as refusal:
                return 200, self._no(refusal.document["message"])
        if not is_known:
            raise Refused(403, {"message": "No Result found for Subscriber with id 0"})
        if (method, path) == ("GET", "/api/3/contacts"):
            return 200, {"contacts": self._left(query), "meta": {"total": "-"}}
        found = re.fullmatch(r"/api/3/(campaigns|messages)/(\d+)(?:/(campaignMessages|campaignLists))?", path)
        kept = {"campaigns": self.items, "messages": self.messages}[found[1]] if found else {}
        if not found or found[2] not in kept:
            raise Refused(404, {"message": "No Result found"})
        item = kept[found[2]]
        if (method, found[1]) == ("PUT", "messages"):
            needs(body["message"], only=("fromname", "fromemail", "reply2", "subject", "html", "text"))
            item |= {**body["message"], "html": self.kept(body["message"]["html"])}
        elif method != "GET":
            raise Refused(405, {"message": "Method Not Allowed"})
        if found[3] == "campaignMessages":
            return 200, {"campaignMessages": [{"messageid": one, "message": one} for one in item["messages"]]}
        if found[3] == "campaignLists":
            return 200, {"campaignLists": [{"listid": one, "list": one} for one in item["lists"]]}
        if found[1] == "messages":
            return 200, {"message": item}
        return 200, {"campaign": {key: item[key] for key in item if key not in ("messages", "lists")}}

    def _old(self, method: str, query: dict[str, str], body: Any) -> Item:
        action, output = query["api_action"], query["api_output"]
        if output != "json" or (method == "POST") is (action == "campaign_list"):
            return self._no("this double answers in JSON, and lists by GET")
        if action == "campaign_list":
            mark = query["filters[name]"]
            found = [] if self.blind else [one for one in self.items.values() if mark in one["name"]]
            shown = {
                str(number): {key: one[key] for key in ("id", "name", "status")} for number, one in enumerate(found)
            }
            return (
                {**shown, "result_code": 1, "result_message": "Success"}
                if found
                else self._no("Failed: Nothing is returned")
            )
        number = str(self.number())
        if action == "message_add":
            needs(body, "subject", "fromemail", "fromname", "html", "p[4]", only=self._MESSAGE)
            self.messages[number] = {"id": number, **body, "html": self.kept(body["html"])}
        elif action == "campaign_create":
            message = next((re.sub(r"\D", "", key) for key in body if key.startswith("m[")), "")
            needs(body, "type", "name", "sdate", only=(*self._CAMPAIGN, f"m[{message}]"))
            if body["status"] != "0" or body[f"m[{message}]"] != "100" or message not in self.messages:
                return self._no("this double makes drafts only, of a message that is there")
            shown = {"name": body["name"], "status": body["status"], "segmentid": body["segmentid"]}
            self.items[number] = {"id": number, **shown, "messages": [message], "lists": [body["p[4]"]]}
        else:
            return self._no(f"Unknown action {action}")
        return {"id": int(number), "result_code": 1, "result_message": "Added", "result_output": "json"}

    def _no(self, words: str) -> Item:
        return {"result_code": 0, "result_message": words, "result_output": "json"}

    def _left(self, query: dict[str, str]) -> list[Item]:
        if query["listid"] != "4" or query["orders[id]"] != "ASC" or int(query["limit"]) > 100:
            raise Refused(422, {"message": "this double answers for one list, by id, 100 at most"})
        wanted = {"2": "request", "3": "bounce"}[query["status"]]
        people = [
            {"id": str(number), "email": one}
            for number, (one, why) in enumerate(self.people.items(), 1)
            if why == wanted
        ]
        return [one for one in people if int(one["id"]) > int(query["id_greater"])][: int(query["limit"])]

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "5"
