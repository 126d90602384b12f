"""A double of beehiiv's API."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class BeehiivDouble(Double):
    """Built from beehiiv's description of its API: posts come to be in the background, and are told as rendered."""

    key = "bh-0123"
    account: ClassVar = {"list": "pub_00000000-0000-0000-0000-000000000000"}
    _FIELDS = ("title", "body_content", "email_settings", "web_settings", "post_template_id", "status")
    _EMAIL = (
        "email_subject_line", "email_preview_text", "display_title_in_email", "display_byline_in_email",
        "display_subtitle_in_email",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.not_yet = 0  # so many questions come before what was made is there
        self.fails = False  # what is made in the background comes to nothing

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, {"status": 401, "errors": [{"message": "Invalid API key", "code": "UNAUTHORIZED"}]})
        publication = f"/v2/publications/{self.account['list']}"
        posts = f"{publication}/posts"
        if (method, path) == ("GET", f"{publication}/subscriptions"):
            return 200, self._left(query)
        if (method, path) == ("GET", posts):
            slugs, limit = query["slugs[]"], int(query.get("limit", 10))
            if limit > 100 or query["status"] not in ("draft", "confirmed", "archived", "all"):
                raise Refused(400, {"errors": [{"message": "limit is at most 100"}]})
            found = [] if self.blind else [self._shown(one) for one in self.items.values() if one["slug"] == slugs]
            return 200, {"data": found[:limit], "limit": limit, "page": 1, "total_results": len(found)}
        if (method, path) == ("POST", posts):
            needs(body, "title", "body_content", only=self._FIELDS)
            if body.get("status") != "draft":
                raise Refused(400, {"errors": [{"message": "this double makes drafts only"}]})
            item = {"id": f"post_{self.number()}", "status": "draft", "slug": "", **self._valid(body)}
            self.items |= {} if self.fails else {item["id"]: item}
            return 201, {"data": {"id": item["id"]}}
        identifier = path.removeprefix(f"{posts}/")
        if identifier not in self.items:
            code = "POST_CREATION_FAILED" if self.fails else "NOT_FOUND"
            raise Refused(404, {"errors": [{"message": "Post not found", "code": code}]})
        if self.not_yet:
            self.not_yet -= 1
            return 202, {"status": "processing"}
        item = self.items[identifier]
        if method == "PATCH":
            self._change(item, body)
        elif method != "GET":
            raise Refused(405, None)
        shown = self._shown(item)
        told = {"content": {"free": {"email": self._rendered(item)}}} if "expand[]" in query else {}
        return 200, {"data": shown | told}

    def _left(self, query: dict[str, str]) -> Item:
        reason = {"inactive": "request", "invalid": "bounce"}[query["status"]]
        people = [one for one, why in self.people.items() if why == reason]
        limit, start = int(query.get("limit", 10)), int(query.get("cursor", "c0=").strip("c="))
        if limit > 100:
            raise Refused(400, {"errors": [{"message": "limit is at most 100"}]})
        more = start + limit < len(people)
        shown = [{"id": f"sub_{one}", "email": one, "status": query["status"]} for one in people[start : start + limit]]
        return {"data": shown, "has_more": more, "next_cursor": f"c{start + limit}=" if more else None}

    def _change(self, item: Item, body: Any) -> None:
        needs(body, only=self._FIELDS)
        if item["status"] != "draft":
            raise Refused(400, {"errors": [{"message": "The post was sent already."}]})
        state = body.pop("status", "draft")
        item |= self._valid(body)
        if state == "confirmed":
            self.dispatch(item["id"])

    def _valid(self, body: Item) -> Item:
        needs(body.get("email_settings", {}), only=self._EMAIL)
        slug = body.get("web_settings", {}).get("slug")
        return body | ({"slug": slug} if slug else {})

    def _shown(self, item: Item) -> Item:
        email = item["email_settings"]
        return {
            "id": item["id"], "title": item["title"], "status": item["status"], "slug": item["slug"],
            "subject_line": email["email_subject_line"], "preview_text": email["email_preview_text"],
            "audience": "free", "platform": "both",
        }  # fmt: skip

    def _rendered(self, item: Item) -> str:
        """Put the body into a template, and parameters at the end of each link, before its fragment."""
        body = self.kept(item["body_content"])
        more = "utm_source=beehiiv&amp;utm_medium=newsletter"

        def longer(link: re.Match[str]) -> str:
            address, sign, fragment = link[1].partition("#")
            return f'href="{address}{"&amp;" if "?" in address else "?"}{more}{sign}{fragment}"'

        inner = re.sub(r'href="(https?:[^"]+)"', longer, body)
        return f"<html><body><table>{inner}</table></body></html>"

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "confirmed"
