"""The door of a shared preview: a login, a signed session that expires, and an end to guessing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from broadsheet.errors import ConfigError
from broadsheet.web.limits import RateLimit
from broadsheet.web.preview.accounts import Accounts
from broadsheet.web.preview.door import LONGEST_BODY, READS, App, Door, Visitor
from broadsheet.web.preview.standings import Standings

SESSION = timedelta(hours=12)
TRIES, IN_ALL, SPAN = 8, 60, timedelta(minutes=15)
OPEN_TO_ALL = ("/preview.css",)

Form = Callable[[Request, str, int], Response]
"""Makes the page with the login form: of a request, the name of a notice in the page's words, and a status."""


class SharedDoor(Door):
    """Let in whoever logs in. `is_secure` says that readers reach the page over TLS: then the cookie goes no other way.

    Sessions are signed with a key of this process: they end with it, after twelve hours, when one logs out, and when
    one is locked out. What `standings` say of a person holds from their next request on.
    """

    def __init__(
        self, app: App, origins: Iterable[str], accounts: Accounts, form: Form, clock: Callable[[], datetime],
        *, is_secure: bool, standings: Standings,
    ) -> None:  # fmt: skip
        super().__init__(app, origins)
        self._standings = standings
        self._accounts, self._form, self._clock, self._is_secure = accounts, form, clock, is_secure
        self._cookie = "__Host-broadsheet-desk" if is_secure else "broadsheet-desk"
        self._signer = URLSafeSerializer(secrets.token_bytes(32), salt="broadsheet.session")
        self._by_place, self._in_all = RateLimit(TRIES, SPAN), RateLimit(IN_ALL, SPAN)
        self._ended: set[str] = set()

    async def enter(self, request: Request) -> Visitor | Response:
        """Know a session, or ask for name and password. Nobody comes in while it cannot be read who is locked out."""
        try:
            return await self._entered(request)
        except ConfigError as error:
            return PlainTextResponse(f"{error.message}\n", 503)

    async def _entered(self, request: Request) -> Visitor | Response:
        path = request.url.path
        if path == "/login":
            return self._form(request, "", 200) if request.method in READS else await self._log_in(request)
        found = self._session(request)
        if path == "/logout" and request.method not in READS:
            return self._log_out(found)
        if found is not None:
            return Visitor(found[0], found[1], by_login=True)
        if path in OPEN_TO_ALL and request.method in READS:
            return Visitor("", is_editor=False)
        if path == "/" and request.method in READS:
            return RedirectResponse("/login", 303)
        return PlainTextResponse("Log in first.\n", 401)

    async def _log_in(self, request: Request) -> Response:
        now = self._clock()
        place = request.client.host if request.client else ""
        if not (self._by_place.allows(place, now) and self._in_all.allows("", now)):
            answer = self._form(request, "too_many_tries", 429)
            answer.headers["Retry-After"] = str(int(SPAN.total_seconds()))
            return answer
        sent = await request.form(max_files=0, max_fields=5, max_part_size=LONGEST_BODY)
        account = self._accounts.find(str(sent.get("name", "")), str(sent.get("password", "")))
        if account is None or self._standings.of(account.name) == "locked":
            return self._form(request, "wrong_login", 403)
        session = [account.name, int((now + SESSION).timestamp()), secrets.token_urlsafe(12)]
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            self._cookie, str(self._signer.dumps(session)), httponly=True, samesite="strict", secure=self._is_secure,
            max_age=int(SESSION.total_seconds()), path="/",
        )  # fmt: skip
        return answer

    def _log_out(self, found: tuple[str, bool, str] | None) -> Response:
        if found is not None:
            self._ended.add(found[2])
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(self._cookie, path="/", secure=self._is_secure, httponly=True, samesite="strict")
        return answer

    def _session(self, request: Request) -> tuple[str, bool, str] | None:
        """Read the session: name, whether that is an editor, and the session's own mark; None where there is none."""
        try:
            name, until, mark = self._signer.loads(request.cookies.get(self._cookie, ""))
        except (BadSignature, ValueError, TypeError):
            return None
        account = self._accounts.called(name)
        if account is None or self._clock().timestamp() > until or mark in self._ended:
            return None
        standing = self._standings.of(account.name)
        if standing == "locked":
            self._ended.add(mark)  # for good: it does not begin again once its person is let in
            return None
        return account.name, account.is_editor and standing != "viewer", mark
