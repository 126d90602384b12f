"""The doors of the editors' page: who may come in. Other sites cannot, by whatever name they call this machine.

The Host is checked, so that a foreign name that resolves to this machine reaches nothing (DNS rebinding); the Origin of
what changes something, so that a foreign page cannot post here (CSRF); and who asks: on this machine by a key, which
the printed link brings once and a cookie keeps, so that its other users stay outside; elsewhere by a login.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

LONGEST_BODY = 64 * 1024
READS = ("GET", "HEAD")
_HEADERS = (
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cache-control", b"no-store"),
)
_OUTSIDE = "This page is for the editor who started it. Open the link that `broadsheet preview` printed.\n"

App = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who has come in: the name for the log, whether they may change anything, and whether they can log out."""

    name: str
    is_editor: bool = True
    by_login: bool = False


class Door(ABC):
    """Stand in front of the page. `origins` are how the page is addressed, such as "http://127.0.0.1:8800".

    Whoever is let in is told to the page as `scope["visitor"]`. A visitor who is no editor may read, and nothing else.
    """

    def __init__(self, app: App, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._hosts = frozenset(origin.partition("://")[2] for origin in self._origins)

    @abstractmethod
    async def enter(self, request: Request) -> Visitor | Response:
        """Tell who asks, or answer those who do not come in."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            await send(message)

        request = Request(scope, receive)
        found = self._foreign(request) or await self.enter(request)
        if isinstance(found, Visitor):
            if request.method in READS or found.is_editor:
                await self._app({**scope, "visitor": found}, receive, send_guarded)
                return
            found = PlainTextResponse("You may look, and change nothing.\n", 403)
        await found(scope, receive, send_guarded)

    def _foreign(self, request: Request) -> Response | None:
        """Answer whoever calls this place by another name, or acts from another place."""
        headers = request.headers
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("This address is not served here.\n", 421)
        if request.method not in READS:
            origin = headers.get("origin", "").lower()
            ours = origin in self._origins and origin.partition("://")[2] == headers["host"].lower()
            if not ours or _is_foreign(headers):
                return PlainTextResponse("Another site cannot act here.\n", 403)
            length = headers.get("content-length", "")
            if not length.isdecimal():
                return PlainTextResponse("The length must be told.\n", 411)
            if int(length) > LONGEST_BODY:
                return PlainTextResponse("That is too long.\n", 413, {"Connection": "close"})
        return None


class OwnDoor(Door):
    """Let in whoever brings the key. `port` is where the page is served, on the loopback address alone."""

    def __init__(self, app: App, port: int, by: str) -> None:
        super().__init__(app, (f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")))
        self._cookie, self._visitor = f"broadsheet-preview-{port}", Visitor(by)
        self._token, self._session = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.link = f"http://127.0.0.1:{port}/open?token={self._token}"

    async def enter(self, request: Request) -> Visitor | Response:
        """Know the cookie, or take the key at the first visit."""
        if request.url.path == "/open" and request.method in READS:
            if not same(request.query_params.get("token", ""), self._token):
                return PlainTextResponse(_OUTSIDE, 403)
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
            return answer
        if not same(request.cookies.get(self._cookie, ""), self._session):
            return PlainTextResponse(_OUTSIDE, 403)
        return self._visitor


def same(given: str, ours: str) -> bool:
    """Compare what was given with a secret, in a time that tells nothing."""
    return compare_digest(given.encode("utf-8", "replace"), ours.encode())


def _is_foreign(headers: Headers) -> bool:
    return headers.get("sec-fetch-site", "same-origin") != "same-origin"
