"""A double of Iterable's API."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Item, Refused, TellingDouble, needs


class IterableDouble(TellingDouble):
    """Built from Iterable's API description: an upsert changes every template of the client's id, campaigns' too."""

    key = "0a1b2c3d4e5f"
    account: ClassVar[dict[str, str]] = {}
    _CONTENT = ("name", "subject", "fromName", "fromEmail", "replyToEmail", "html", "plainText", "preheaderText")

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Api-Key") != self.key:
            raise Refused(401, {"code": "BadApiKey", "msg": "Invalid API key", "params": None})
        if (method, path) == ("GET", "/api/templates/getByClientTemplateId"):
            found = [] if self.blind else self._of(query["clientTemplateId"])
            shown = ("templateId", "campaignId")
            return 200, {"templates": [{key: one[key] for key in shown if key in one} for one in found]}
        if (method, path) == ("GET", "/api/templates/email/get"):
            return 200, self._known(int(query["templateId"]))
        if (method, path) == ("POST", "/api/templates/email/upsert"):
            needs(body, "clientTemplateId", only=("clientTemplateId", *self._CONTENT))
            name = body["clientTemplateId"]
            if not self._of(name):
                self.items[name] = {"templateId": self.number(), "clientTemplateId": name}
            for item in self._of(name):
                item |= {**body, "html": self.kept(body["html"])}
            return 200, {"code": "Success", "msg": "", "params": None}
        if (method, path) == ("POST", "/api/templates/email/update"):
            needs(body, "templateId", only=("templateId", *self._CONTENT))
            self._known(body["templateId"]).update({**body, "html": self.kept(body["html"])})
            return 200, {"code": "Success", "msg": "", "params": None}
        raise Refused(404, {"code": "NotFound", "msg": "no such path"})

    def _of(self, name: str) -> list[Item]:
        return [one for one in self.items.values() if one["clientTemplateId"] == name]

    def _known(self, number: int) -> Item:
        for item in self.items.values():
            if item["templateId"] == number:
                return item
        raise Refused(400, {"code": "BadParams", "msg": "no such template"})
