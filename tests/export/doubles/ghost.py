"""A double of Ghost's API."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class GhostDouble(Double):
    key = "5f3c:00ff11ee22dd33cc"
    account: ClassVar = {"list": "daily"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        self._authorise(headers.get("Authorization", ""))
        if (method, path) == ("GET", "/ghost/api/admin/members/"):
            return 200, self._members(int(query.get("page", 1)), int(query.get("limit", 15)))
        if (method, path) == ("GET", "/ghost/api/admin/posts/"):
            slug = query.get("filter", "").removeprefix("slug:")
            items = [] if self.blind else [one for one in self.items.values() if one["slug"] == slug]
            return 200, {"posts": items}
        if (method, path) == ("POST", "/ghost/api/admin/posts/"):
            post = self._post(body, query)
            taken = {one["slug"] for one in self.items.values()}
            slug = post.get("slug") or "untitled"
            slug = slug if slug not in taken else f"{slug}-2"
            item = {"id": f"p{self.number()}", "status": "draft", "updated_at": "1", **post, "slug": slug}
            self.items[item["id"]] = item
            return 201, {"posts": [item]}
        identifier = path.removeprefix("/ghost/api/admin/posts/").strip("/")
        if identifier not in self.items:
            raise Refused(404, {"errors": [{"message": "Post not found."}]})
        item = self.items[identifier]
        if method == "PUT" and "newsletter" in query:
            if body["posts"][0].get("updated_at") != item["updated_at"]:
                raise Refused(409, {"errors": [{"message": "Saving failed! Someone else is editing this post."}]})
            if query["newsletter"] != "daily" or body["posts"][0]["status"] != "published":
                raise Refused(404, {"errors": [{"message": "Newsletter not found."}]})
            item["updated_at"] = str(int(item["updated_at"]) + 1)
            self.dispatch(identifier)
            return 200, {"posts": [item]}
        if method == "PUT":
            post = self._post(body, query)
            if post.get("updated_at") != item["updated_at"]:
                raise Refused(409, {"errors": [{"message": "Saving failed! Someone else is editing this post."}]})
            item |= {**post, "updated_at": str(int(item["updated_at"]) + 1)}
        return 200, {"posts": [item]}

    def _members(self, page: int, limit: int) -> Item:
        if limit > 100:
            raise Refused(400, {"errors": [{"message": "limit is at most 100"}]})
        reasons = {"bounce": "fail", "complaint": "spam"}
        everyone = [
            {
                "id": f"m{number}", "email": email, "subscribed": state != "request",
                "newsletters": [] if state == "request" else [{"name": "Daily", "status": "active"}],
                "email_suppression": {"suppressed": True, "info": {"reason": reasons[state]}}
                if state in reasons else {"suppressed": False, "info": None},
            }
            for number, (email, state) in enumerate(self.people.items())
        ]  # fmt: skip
        pages = -(-len(everyone) // limit)
        pagination = {"page": page, "limit": limit, "pages": pages, "next": page + 1 if page < pages else None}
        return {"members": everyone[(page - 1) * limit : page * limit], "meta": {"pagination": pagination}}

    def _post(self, body: Any, query: dict[str, str]) -> Item:
        if query.get("source") != "html":
            raise Refused(422, {"errors": [{"message": "html is ignored without source=html"}]})
        post = body["posts"][0]
        needs(post, "title", status=422)
        if len(post.get("custom_excerpt") or "") > 300:
            raise Refused(422, {"errors": [{"message": "custom_excerpt exceeds 300 characters"}]})
        before, after = "<!--kg-card-begin: html-->", "<!--kg-card-end: html-->"
        if not post["html"].startswith(before):
            raise Refused(422, {"errors": [{"message": "not one card: Ghost would rewrite this HTML"}]})
        return {**post, "html": self.kept(post["html"].removeprefix(before).removesuffix(after).strip("\n"))}

    def _authorise(self, header: str) -> None:
        name, _, secret = self.key.partition(":")
        try:
            head, claims, seal = header.removeprefix("Ghost ").split(".")
            expected = hmac.new(bytes.fromhex(secret), f"{head}.{claims}".encode(), hashlib.sha256).digest()
            read = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, claims)]
            right = base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4)) == expected
        except ValueError:
            raise Refused(401, {"errors": [{"message": "Invalid token"}]}) from None
        if not right or read[0] != {"alg": "HS256", "typ": "JWT", "kid": name} or read[1]["aud"] != "/admin/":
            raise Refused(401, {"errors": [{"message": "Invalid token"}]})
        if read[1]["exp"] - read[1]["iat"] > 300:
            raise Refused(401, {"errors": [{"message": "maxAge exceeded"}]})

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"
