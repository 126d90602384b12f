"""Doubles of platforms that take an edition as a named template: built like those of `doubles`."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.export.doubles import Answer, Item, Refused, needs
from tests.export.telling_doubles import SesDouble, TellingDouble


class SesTemplatesDouble(SesDouble):
    """Built from the API reference of SES, version 2: a template's name is its only handle."""

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        self._authorise(method, path, query, headers)
        if (method, path) == ("POST", "/v2/email/templates"):
            needs(body, "TemplateName", "TemplateContent", only=("TemplateName", "TemplateContent"))
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", body["TemplateName"]):
                raise Refused(400, {"message": "BadRequestException"})
            if body["TemplateName"] in self.items:
                raise Refused(400, {"message": "AlreadyExistsException: the template already exists"})
            self.items[body["TemplateName"]] = {"name": body["TemplateName"], **self._content(body)}
            return 200, {}
        name = unquote(path.removeprefix("/v2/email/templates/"))
        if name not in self.items or self.blind:
            raise Refused(404, {"message": f"NotFoundException: Template {name} doesn't exist."})
        if method == "GET":
            return 200, {"TemplateName": name, "TemplateContent": self.items[name]["content"]}
        if method == "PUT":
            needs(body, "TemplateContent", only=("TemplateContent",))
            self.items[name] |= self._content(body)
            return 200, {}
        raise Refused(405, {"message": "MethodNotAllowed"})

    def _content(self, body: Any) -> Item:
        content = body["TemplateContent"]
        needs(content, "Subject", "Html", "Text", only=("Subject", "Html", "Text"))
        return {"content": {**content, "Html": self.kept(content["Html"])}}


class PostmarkTemplatesDouble(TellingDouble):
    """Built from Postmark's API description: the list tells no content, and what is not there is a 422."""

    key = "server-token-0"
    account: ClassVar[dict[str, str]] = {}
    _CONTENT = ("Name", "Alias", "Subject", "HtmlBody", "TextBody")

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("X-Postmark-Server-Token") != self.key:
            raise Refused(401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."})
        if (method, path) == ("GET", "/templates"):
            count, offset = int(query["Count"]), int(query["Offset"])
            items = [] if self.blind else list(self.items.values())
            shown = [{key: one[key] for key in ("TemplateId", "Alias", "Name", "Active")} for one in items]
            return 200, {"TotalCount": len(items), "Templates": shown[offset : offset + count]}
        if (method, path) == ("POST", "/templates"):
            needs(body, "Name", "Subject", "Alias", status=422, only=self._CONTENT)
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", body["Alias"]) or body["Alias"] in self.items:
                raise Refused(422, {"ErrorCode": 1122, "Message": "The alias is not valid, or taken."})
            number = self.number()
            item = {**body, "TemplateId": number, "Active": True, "HtmlBody": self.kept(body["HtmlBody"])}
            self.items[body["Alias"]] = item
            return 200, {key: item[key] for key in ("TemplateId", "Alias", "Name", "Active")}
        name = path.removeprefix("/templates/")
        if name not in self.items:
            raise Refused(
                422, {"ErrorCode": 1101, "Message": "The 'TemplateId' associated with this request is not valid"}
            )
        if method == "PUT":
            needs(body, "Name", "Subject", status=422, only=self._CONTENT)
            self.items[name] |= {**body, "HtmlBody": self.kept(body["HtmlBody"])}
        return 200, self.items[name]


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
