"""Doubles of Mailgun's API."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, ClassVar
from urllib.parse import quote

from tests.export.doubles.double import Answer, Item, Refused, TellingDouble, needs


class MailgunDouble(TellingDouble):
    key = "key-0123"
    account: ClassVar[dict[str, str]] = {"list": "mg.example.com"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"api:{self.key}":
            raise Refused(401, {"message": "Forbidden"})
        kind = path.removeprefix("/v3/mg.example.com/")
        state = {"bounces": "bounce", "complaints": "complaint", "unsubscribes": "request"}.get(kind)
        if method != "GET" or state is None:
            raise Refused(404, {"message": "Domain not found"})
        size = self.size(query.get("limit", "100"))
        people = self.who(state)
        after = people.index(query["address"]) + 1 if query.get("page") == "next" else 0
        items: list[Item] = [
            {"address": one, "created_at": "Fri, 21 Oct 2011 11:02:55 UTC"} for one in people[after:][:size]
        ]
        if kind == "unsubscribes":
            items = [{**item, "tags": ["*"]} for item in items]
            items = [{"address": "one-tag@example.com", "tags": ["sport"]}, *items] if not after else items
        last = quote(items[-1]["address"]) if items else ""
        following = f"https://api.mailgun.net{path}?page=next&address={last}&limit={size}"
        return 200, {"items": items, "paging": {"next": following}}


class MailgunTemplatesDouble(TellingDouble):
    """Built from Mailgun's description of its API: forms, a name once and in small letters, versions by their tag."""

    key = "key-0123"
    account: ClassVar[dict[str, str]] = {"list": "mg.example.com"}
    tells_headers = True
    _VERSION = ("template", "headers", "comment", "active")

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"api:{self.key}":
            raise Refused(401, {"message": "Forbidden"})
        found = re.fullmatch(r"/v3/mg\.example\.com/templates(?:/([a-z0-9._~-]+))?(?:/versions/([\w.~-]+))?", path)
        if not found:
            raise Refused(404, {"message": "Domain not found"})
        name, tag = found.groups()
        if (method, name) == ("POST", None):
            needs(body, "name", "template", only=("name", "description", "tag", "createdBy", *self._VERSION))
            if not re.fullmatch(r"[\w.~-]+", body["name"]) or body["name"].lower() in self.items:
                raise Refused(400, {"message": f"template {body['name']} already exists, or is no name"})
            name = body["name"].lower()
            version = {"tag": body.get("tag") or "initial", **self._valid(body)}
            self.items[name] = {"name": name, "description": body["description"], "versions": {version["tag"]: version}}
            return 200, {"template": {"name": name}, "message": "template has been stored"}
        if name not in self.items or (method == "GET" and not tag and self.blind):
            raise Refused(404, {"message": "template not found"})
        item = self.items[name]
        if not tag:
            return 200, {"template": {"name": item["name"], "description": item["description"]}}
        if tag not in item["versions"]:
            raise Refused(404, {"message": "version not found"})
        if method == "PUT":
            needs(body, only=self._VERSION)
            item["versions"][tag] |= self._valid(body)
            return 200, {"template": {"name": name, "tag": tag}, "message": "version has been updated"}
        if method != "GET":
            raise Refused(405, None)
        version = item["versions"][tag]
        shown = {key: version[key] for key in version if key != "headers" or self.tells_headers}
        return 200, {"template": {"name": name, "description": item["description"], "version": shown}}

    def _valid(self, body: Any) -> Item:
        if len(body["template"].encode()) > 100_000:
            raise Refused(400, {"message": "template is larger than 100Kb"})
        told = json.loads(body["headers"])
        needs(told, only=("From", "Subject", "Reply-To"))
        return {"template": self.kept(body["template"]), "headers": {key.lower(): told[key] for key in told}}
