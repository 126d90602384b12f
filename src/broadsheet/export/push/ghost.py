"""Drafts at Ghost: a post with one HTML card. The mark stands in its slug, which Ghost keeps unique.

The Admin API's key is an id and a secret; each request carries a token signed with it (RFC 7519, HS256) that lives for
five minutes. A change must name the `updated_at` it builds on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Generator
from typing import Any

import httpx2 as httpx

from broadsheet.errors import ConfigError
from broadsheet.export.pull.departures import Departure, Page
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_BEFORE, _AFTER = "<!--kg-card-begin: html-->", "<!--kg-card-end: html-->"
_EXCERPT_AT_MOST = 300
_PEOPLE = 100


def open_account(access: Access) -> Ghost:
    """Open the site."""
    name, colon, secret = access.key.partition(":")
    if not colon or not re.fullmatch(r"(?:[0-9a-fA-F]{2})+", secret):
        raise ConfigError(
            "expected an Admin API key: an id, a colon and a secret", key=f"platforms.{access.name}",
            advice="Copy the whole Admin API key of a custom integration from Ghost's settings.",
        )  # fmt: skip
    clock = access.options.pop("epoch", time.time)
    url = access.need("url", "the site's address")
    token = Token(name, bytes.fromhex(secret), clock)
    headers = {"Accept-Version": "v5.0"}
    api = Api("Ghost", url, headers, auth=token, secrets=[access.key, secret], **access.options)
    return Ghost(api, access.account.list)


class Token(httpx.Auth):
    """Show a token of its own with each request."""

    def __init__(self, key_id: str, secret: bytes, epoch: Callable[[], float]) -> None:
        self._key_id, self._secret, self._epoch = key_id, secret, epoch

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign, and send once."""
        request.headers["Authorization"] = f"Ghost {signed(self._key_id, self._secret, self._epoch)}"
        yield request


def signed(key_id: str, secret: bytes, epoch: Callable[[], float]) -> str:
    """Make the token that a request shows."""
    now = int(epoch())
    head = _part(json.dumps({"alg": "HS256", "typ": "JWT", "kid": key_id}).encode())
    claims = _part(json.dumps({"iat": now, "exp": now + 300, "aud": "/admin/"}).encode())
    seal = hmac.new(secret, f"{head}.{claims}".encode(), hashlib.sha256).digest()
    return f"{head}.{claims}.{_part(seal)}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Ghost:
    """The posts of a site."""

    title = "Ghost"
    audience = ""  # a draft names none: the newsletter is named when it is sent

    def __init__(self, api: Api, newsletter: str) -> None:
        self._api, self._newsletter = api, newsletter

    def find(self, mark: str) -> list[Remote]:
        """Look for the slug that the mark makes."""
        posts = self._api.get("/ghost/api/admin/posts/", filter=f"slug:{_slug(mark)}", formats="html")["posts"]
        return [_remote(post) for post in posts]

    def create(self, draft: Draft) -> str:
        """Make the post, whole."""
        post = {**_body(draft), "status": "draft", "slug": _slug(draft.mark)}
        answer = self._api.send("POST", "/ghost/api/admin/posts/", {"posts": [post]}, source="html")
        return str(answer["posts"][0]["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything, on top of what stands there now."""
        now = self._api.get(f"/ghost/api/admin/posts/{remote_id}/")["posts"][0]
        post = {**_body(draft), "updated_at": now["updated_at"]}
        self._api.send("PUT", f"/ghost/api/admin/posts/{remote_id}/", {"posts": [post]}, source="html")

    def send(self, remote_id: str) -> None:
        """Publish the post with a newsletter, which is what sends it, on top of what stands there now."""
        if not self._newsletter:
            raise ConfigError(
                "expected the newsletter's slug", key="platforms.ghost.list",
                advice='Add list = "…" to the table [platforms.ghost] of broadsheet.toml.',
            )  # fmt: skip
        now = self._api.get(f"/ghost/api/admin/posts/{remote_id}/")["posts"][0]
        post = {"status": "published", "updated_at": now["updated_at"]}
        path = f"/ghost/api/admin/posts/{remote_id}/"
        self._api.send("PUT", path, {"posts": [post]}, newsletter=self._newsletter)

    def departures(self, at: str) -> Page:
        """Tell to whom Ghost sends no more: who complained, bounced, or is subscribed to no newsletter."""
        page = int(at or 1)
        answer = self._api.get("/ghost/api/admin/members/", limit=_PEOPLE, page=page, order="created_at asc")
        told = []
        for member in answer["members"]:
            suppression = member.get("email_suppression") or {}
            if suppression.get("suppressed"):
                why = (suppression.get("info") or {}).get("reason")
                reason = SuppressionReason.COMPLAINT if why == "spam" else SuppressionReason.BOUNCE
                told.append(Departure(email=member["email"], reason=reason))
            elif not member["subscribed"]:
                told.append(Departure(email=member["email"], reason=SuppressionReason.REQUEST))
        more = answer["meta"]["pagination"].get("next")
        return Page(departures=tuple(told), following=str(more or ""))

    def read(self, remote_id: str) -> Remote | None:
        """Read the post."""
        try:
            return _remote(self._api.get(f"/ghost/api/admin/posts/{remote_id}/", formats="html")["posts"][0])
        except NotThere:
            return None


def _body(draft: Draft) -> dict[str, object]:
    return {
        "title": draft.subject,
        "html": f"{_BEFORE}\n{draft.html}\n{_AFTER}",
        "custom_excerpt": draft.preheader[:_EXCERPT_AT_MOST] or None,
        "email_only": True,
    }


def _slug(mark: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", mark.lower()).strip("-")


def _remote(post: dict[str, Any]) -> Remote:
    return Remote(
        id=post["id"], is_draft=post["status"] == "draft", state=post["status"], subject=post["title"],
        html=post.get("html") or "",
    )  # fmt: skip
