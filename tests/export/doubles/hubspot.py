"""A double of HubSpot's API."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import unquote

from tests.export.doubles.double import Answer, Item, Refused, TellingDouble, needs


class HubspotDouble(TellingDouble):
    """Built from HubSpot's pages on its Source Code API: files by path, written as a form and read as they are."""

    key = "pat-eu1-0123"
    account: ClassVar[dict[str, str]] = {}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, {"status": "error", "message": "Authentication credentials not found."})
        kind, _, name = path.removeprefix("/cms/v3/source-code/draft/").partition("/")
        if kind not in ("content", "metadata") or "/" in name:
            raise Refused(404, {"status": "error", "message": "No such resource"})
        file = unquote(name)
        if (method, kind) == ("PUT", "content"):
            if not headers.get("Content-Type", "").startswith("multipart/form-data"):
                raise Refused(415, {"status": "error", "message": "Unsupported Media Type"})
            needs(body, "file", only=("file",))
            if "templateType: email" not in body["file"].partition("-->")[0]:
                raise Refused(400, {"status": "error", "message": "The file's template type is missing."})
            self.items.setdefault(file, {"path": file, "createdAt": self.number()})
            self.items[file]["html"] = self.kept(body["file"])
            return 200, self._metadata(self.items[file])
        if file not in self.items or (kind == "metadata" and self.blind):
            raise Refused(404, {"status": "error", "message": "File not found", "category": "OBJECT_NOT_FOUND"})
        if method != "GET":
            raise Refused(405, None)
        if kind == "metadata":
            return 200, self._metadata(self.items[file])
        return 200, self.items[file]["html"].encode()

    def _metadata(self, item: Item) -> Item:
        name = item["path"].rpartition("/")[2]
        return {"id": item["path"], "name": name, "folder": False, "createdAt": item["createdAt"], "updatedAt": 1}
