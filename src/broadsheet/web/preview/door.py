"""The door of the editors' page: who may come in. Other sites cannot, by whatever name they call this machine.

The Host is checked, so that a foreign name that resolves to this machine reaches nothing (DNS rebinding); the Origin of
what changes something, so that a foreign page cannot post here (CSRF); and a key, which the printed link brings once
and a cookie keeps, so that other users of this machine stay outside.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from hmac import compare_digest
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

LONGEST_BODY = 64 * 1024
_READS = ("GET", "HEAD")
_HEADERS = (
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cache-control", b"no-store"),
)
_OUTSIDE = "This page is for the editor who started it. Open the link that `broadsheet preview` printed.\n"


class Door:
    """Let in whoever brings the key. `port` is where the page is served, on the loopback address alone."""

    def __init__(self, app: Callable[..., Awaitable[None]], port: int) -> None:
        self._app = app
        self._hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
        self._cookie = f"broadsheet-preview-{port}"
        self._token, self._session = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.link = f"http://127.0.0.1:{port}/open?token={self._token}"

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            await send(message)

        answer = self._refusal(Request(scope))
        await (answer or self._app)(scope, receive, send_guarded)

    def _refusal(self, request: Request) -> Response | None:
        """Give the answer to whoever does not come in, and to the first visit, which brings the key."""
        headers = request.headers
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("This address is not served here.\n", 421)
        if request.url.path == "/open" and request.method in _READS:
            return self._first_visit(request)
        if not _same(request.cookies.get(self._cookie, ""), self._session):
            return PlainTextResponse(_OUTSIDE, 403)
        if request.method not in _READS:
            if headers.get("origin", "") != f"http://{headers['host']}" or _is_foreign(headers):
                return PlainTextResponse("Another site cannot act here.\n", 403)
            length = headers.get("content-length", "")
            if not length.isdecimal():
                return PlainTextResponse("The length must be told.\n", 411)
            if int(length) > LONGEST_BODY:
                return PlainTextResponse("That is too long.\n", 413, {"Connection": "close"})
        return None

    def _first_visit(self, request: Request) -> Response:
        if not _same(request.query_params.get("token", ""), self._token):
            return PlainTextResponse(_OUTSIDE, 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
        return answer


def _same(given: str, ours: str) -> bool:
    return compare_digest(given.encode("utf-8", "replace"), ours.encode())


def _is_foreign(headers: Headers) -> bool:
    return headers.get("sec-fetch-site", "same-origin") != "same-origin"
