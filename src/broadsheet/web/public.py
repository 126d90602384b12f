"""The public pages: leaving, preferences, sign-up, an edition in the browser, the archive.

GET and HEAD change nothing: link scanners and prefetchers follow every link. What changes something is a POST with a
signed token in its address, as RFC 8058 asks for one-click. A page needs no script, no cookie and no login.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from broadsheet.config import Publication, load_config
from broadsheet.desk import Desk, archive, readers
from broadsheet.desk.opening import DATABASE_NAME, system_clock
from broadsheet.desk.readers import Invitation, Reader
from broadsheet.errors import BroadsheetError, ConfigError, StoreBusy
from broadsheet.store import Store
from broadsheet.web.approval import ApprovalPages
from broadsheet.web.frame import Button, Frame, Guarded, Link
from broadsheet.web.limits import RateLimit
from broadsheet.web.wording import PageLanguage, accepted, best_language, names_of_languages

LONGEST_BODY = 64 * 1024
# A sender writes all day long. SQLite's own waiting backs off to a tenth of a second and may never get its turn against
# it; asking again every few milliseconds does.
PATIENCE, LONGEST_WAIT = 0.02, 30.0
ASKS_AN_HOUR = 10
_ROBOTS = "User-agent: *\n" + "".join(f"Disallow: /{path}/\n" for path in "upcve")
ASKS_AN_HOUR_IN_ALL = 2000

Work = Callable[[Desk, Request, FormData], Response]


class PublicPages:
    """The pages of one project. `base_url` is where readers reach them, for publications that name none of their own.

    A path in it, or in that of a publication, may be stripped by the proxy.
    """

    def __init__(self, folder: Path, base_url: str, *, clock: Callable[[], datetime] = system_clock) -> None:
        self._folder, self._clock = folder, clock
        self._config = load_config(folder)
        self._frame = Frame(base_url, self._config.publications.values())
        self._approval = ApprovalPages(self._frame)
        self._one_writer = threading.Lock()
        self._by_place = RateLimit(ASKS_AN_HOUR, timedelta(hours=1))
        self._in_all = RateLimit(ASKS_AN_HOUR_IN_ALL, timedelta(hours=1))
        self._style = (files("broadsheet.web.pages") / "style.css").read_text(encoding="utf-8")
        with self._desk():  # the database is made, and the secret too, before the first request
            pass

    @contextmanager
    def _desk(self, patience: float | None = None) -> Iterator[Desk]:
        with Store(self._folder / DATABASE_NAME, patience=patience) as store:
            desk = Desk(config=self._config, store=store, clock=self._clock)
            _ = store.suppressions
            yield desk

    # --- leaving ---

    def leave_page(self, desk: Desk, request: Request, _: FormData) -> Response:
        """Ask whether to leave, with one button; change nothing."""
        reader = readers.reader_by_unsubscribe_link(desk, request.path_params["token"])
        if reader is None:
            return self._gone(request)
        language = self._language(request, reader)
        if reader.has_left:
            return self._frame.page(
                language, "left_title", reader=reader, lines=[self._say(language, "left_already", reader)]
            )
        token = readers.signer_of(desk).preferences_url(self._frame.prefix(reader.publication), reader.subscription.id)
        return self._frame.page(
            language, "leave_title", reader=reader,
            lines=[self._say(language, "leave_question", reader), language.words["leave_nothing_yet"]],
            buttons=[Button("", "leave", language.words["leave_button"])],
            links=[Link(token, language.words["choose_instead"])],
        )  # fmt: skip

    def leave(self, desk: Desk, request: Request, form: FormData) -> Response:
        """End a subscription: by a mail program's one click (RFC 8058), or by the button."""
        reader = readers.reader_by_unsubscribe_link(desk, request.path_params["token"])
        if reader is None:
            return self._gone(request)
        one_click = form.get("List-Unsubscribe") == "One-Click"
        undo = readers.leave(desk, reader, one_click=one_click)
        if one_click:
            return PlainTextResponse("Unsubscribed\n")
        language, prefix = self._language(request, reader), self._frame.prefix(reader.publication)
        return self._frame.page(
            language, "left_title", reader=reader, lines=[self._say(language, "left_text", reader)],
            buttons=[Button(f"{prefix}/undo/{undo}", "undo", language.words["undo_button"], quiet=True)],
        )  # fmt: skip

    def undo(self, desk: Desk, request: Request, _: FormData) -> Response:
        """Take a leaving back."""
        reader = readers.come_back(desk, request.path_params["token"])
        if reader is None:
            return self._gone(request)
        language = self._language(request, reader)
        return self._frame.page(language, "back_title", reader=reader, lines=[self._say(language, "back_text", reader)])

    # --- preferences ---

    def preferences_page(self, desk: Desk, request: Request, _: FormData, notice: str = "") -> Response:
        """Show what a reader chose."""
        reader = readers.reader_by_preferences_link(desk, request.path_params["token"])
        if reader is None:
            return self._gone(request)
        language = self._language(request, reader)
        if reader.has_left:
            return self._frame.page(
                language, "left_title", reader=reader, lines=[self._say(language, "left_already", reader)]
            )
        leaving = readers.signer_of(desk).unsubscribe_url(
            self._frame.prefix(reader.publication), reader.subscription.id
        )
        return self._frame.page(
            language, "preferences_title", template="preferences.html.j2", reader=reader, action="",
            notice=language.words[notice] if notice else "", languages=names_of_languages(),
            links=[Link(leaving, language.words["stop_instead"])],
        )  # fmt: skip

    def save_preferences(self, desk: Desk, request: Request, form: FormData) -> Response:
        """Keep what a reader chose."""
        reader = readers.reader_by_preferences_link(desk, request.path_params["token"])
        if reader is None or reader.has_left:
            return self.preferences_page(desk, request, form)
        known = dict(names_of_languages())
        wish = str(form.get("language", ""))
        readers.choose(
            desk, reader,
            sections=[str(value) for value in form.getlist("section")],
            cadence=str(form.get("cadence", "")),
            paused_until=_day(str(form.get("paused_until", ""))),
            language=wish if wish in known else reader.subscriber.language,
        )  # fmt: skip
        return self.preferences_page(desk, request, form, notice="saved")

    # --- joining ---

    def join_page(self, desk: Desk, request: Request, form: FormData, notice: str = "", wrong: str = "") -> Response:
        """Show the form to join; other sites may embed it."""
        publication = self._publication(request)
        language = self._language(request, publication=publication)
        return self._frame.page(
            language, "join_title", template="join.html.j2", publication=publication, action="",
            stamp=readers.form_stamp(desk), email=str(form.get("email", ""))[:254],
            wrong=language.words[wrong] if wrong else "", notice=language.words[notice] if notice else "",
            links=[
                Link(f"{self._frame.prefix(publication)}/archive/{publication.name}", language.words["archive_link"])
            ],
            private=False, framed=True,
        )  # fmt: skip

    def join(self, desk: Desk, request: Request, form: FormData) -> Response:
        """Send a mail that asks to confirm, and answer the same whether or not one was sent."""
        publication = self._publication(request)
        language = self._language(request, publication=publication, wish=str(form.get("language", "")))
        email = str(form.get("email", "")).strip()
        place = request.client.host if request.client else ""
        now = desk.now()
        if not (self._by_place.allows(place, now) and self._in_all.allows("", now)):
            return self._frame.page(
                language,
                "many_title",
                publication=publication,
                lines=[language.words["many_text"]],
                status=429,
            )
        if not readers.is_address(email):
            return self.join_page(desk, request, form, wrong="join_bad_address")
        trapped = bool(form.get("website"))
        if not trapped and not readers.is_fresh(desk, str(form.get("stamp", ""))):
            return self.join_page(desk, request, form, notice="join_again")
        invitation = None
        if not trapped:
            invitation = readers.ask_to_join(
                desk, publication, email, base_url=self._frame.base_url(publication), language=language.tag,
                wording=language.consent_version, source=f"form {request.url.path}",
            )  # fmt: skip
        return self._frame.page(
            language, "asked_title", publication=publication, lines=[language.words["asked_text"]], framed=True,
            background=BackgroundTask(self._invite, invitation, language),
        )  # fmt: skip

    def _invite(self, invitation: Invitation | None, language: PageLanguage) -> None:
        if invitation is None:
            return
        title = invitation.publication.title
        with self._desk() as desk:
            readers.send_invitation(
                desk,
                invitation,
                language.say("mail_subject", publication=title),
                language.say("mail_text", publication=title, url=invitation.url),
            )

    def confirm_page(self, desk: Desk, request: Request, _: FormData) -> Response:
        """Ask to confirm, with one button; change nothing."""
        reader = readers.reader_by_confirmation(desk, request.path_params["token"])
        if reader is None:
            return self._gone(request)
        language = self._language(request, reader)
        question = language.say("confirm_question", publication=reader.publication.title, email=reader.subscriber.email)
        return self._frame.page(
            language, "confirm_title", reader=reader, lines=[question],
            buttons=[Button("", "confirm", language.words["confirm_button"])],
        )  # fmt: skip

    def confirm(self, desk: Desk, request: Request, _: FormData) -> Response:
        """Make a subscription active."""
        reader = readers.reader_by_confirmation(desk, request.path_params["token"])
        if reader is None:
            return self._gone(request)
        language = self._language(request, reader)
        if not readers.confirm(desk, reader, wording=language.consent_version):
            return self._gone(request)
        return self._frame.page(
            language, "confirmed_title", reader=reader, lines=[self._say(language, "confirmed_text", reader)]
        )

    # --- editions ---

    def view(self, desk: Desk, request: Request, _: FormData) -> Response:
        """Show an edition as its reader got it."""
        found = archive.view_for_reader(desk, request.path_params["token"], self._frame.base_url)
        return self._gone(request) if found is None else self._frame.edition(found)

    def archived(self, desk: Desk, request: Request, _: FormData) -> Response:
        """Show a sent edition to anybody."""
        day = _day(request.path_params["day"])
        publication = self._publication(request)
        found = archive.view_in_archive(desk, publication, day, self._frame.base_url(publication)) if day else None
        return self._gone(request) if found is None else self._frame.edition(found)

    def archive_page(self, desk: Desk, request: Request, _: FormData) -> Response:
        """List the sent editions."""
        publication = self._publication(request)
        language = self._language(request, publication=publication)
        links = [
            Link(
                f"{self._frame.prefix(publication)}/archive/{publication.name}/{line.date}",
                f"{line.date} · {line.subject}",
            )
            for line in archive.sent_editions(desk, publication)
        ]
        return self._frame.page(
            language, "archive_title", publication=publication, links=links, private=False,
            lines=[] if links else [language.words["archive_empty"]],
        )  # fmt: skip

    def home(self, desk: Desk, request: Request, _: FormData) -> Response:
        """List the publications."""
        language = self._language(request)
        links = [
            Link(
                f"{self._frame.way_to(publication, request)}/s/{publication.name}",
                language.say("join_title", publication=publication.title),
            )
            for publication in self._config.publications.values()
        ]
        return self._frame.page(language, "home_title", request=request, links=links, private=False)

    # --- how a page is made ---

    def _publication(self, request: Request) -> Publication:
        try:
            return self._config.publication(request.path_params["publication"])
        except ConfigError:
            raise HTTPException(404) from None

    def _languages(self) -> list[str]:
        return [publication.language for publication in self._config.publications.values()]

    def _language(
        self, request: Request, reader: Reader | None = None, *, publication: Publication | None = None, wish: str = ""
    ) -> PageLanguage:
        wishes = [request.query_params.get("lang", ""), wish]
        if reader is not None:
            wishes.append(reader.subscriber.language)
            publication = reader.publication
        wishes += accepted(request.headers.get("accept-language", ""))
        wishes += [publication.language] if publication else self._languages()
        return best_language(wishes)

    def _say(self, language: PageLanguage, name: str, reader: Reader) -> str:
        return language.say(name, publication=reader.publication.title)

    # --- the application ---

    def _endpoint(self, work: Work, *, writes: bool = False) -> Callable[[Request], Awaitable[Response]]:
        def in_thread(request: Request, form: FormData) -> Response:
            until = time.monotonic() + LONGEST_WAIT
            while time.monotonic() < until:
                try:
                    if writes:
                        with self._one_writer, self._desk(PATIENCE) as desk:
                            return work(desk, request, form)
                    with self._desk() as desk:
                        return work(desk, request, form)
                except StoreBusy:
                    continue
            response = self._failed(request, StoreBusy("the database is busy"))
            response.headers["Retry-After"] = "30"
            return response

        async def endpoint(request: Request) -> Response:
            form = FormData()
            if request.method == "POST":
                if int(request.headers.get("content-length") or 0) > LONGEST_BODY:
                    await _drain(request)
                    raise HTTPException(413)
                form = await request.form(max_files=0, max_fields=200, max_part_size=LONGEST_BODY)
            return await run_in_threadpool(in_thread, request, form)

        return endpoint

    def routes(self) -> list[Route]:
        """List the addresses of the pages."""

        def shown(path: str, work: Work) -> Route:
            return Route(path, self._endpoint(work), methods=["GET"])

        def changed(path: str, work: Work) -> Route:
            return Route(path, self._endpoint(work, writes=True), methods=["POST"])

        def fixed(text: str, kind: str) -> Callable[[Request], Response]:
            headers = {"Cache-Control": "public, max-age=3600"}
            return lambda request: Response(text, media_type=kind, headers=headers)

        return [
            shown("/u/{token}", self.leave_page), changed("/u/{token}", self.leave),
            changed("/undo/{token}", self.undo),
            shown("/p/{token}", self.preferences_page), changed("/p/{token}", self.save_preferences),
            shown("/s/{publication}", self.join_page), changed("/s/{publication}", self.join),
            shown("/c/{token}", self.confirm_page), changed("/c/{token}", self.confirm),
            shown("/v/{token}", self.view),
            shown("/e/{token}", self._approval.page), changed("/e/{token}", self._approval.approve),
            shown("/e/{token}/mail", self._approval.mail),
            shown("/archive/{publication}", self.archive_page),
            shown("/archive/{publication}/{day}", self.archived),
            shown("/", self.home),
            Route("/style.css", fixed(self._style, "text/css")),
            Route("/robots.txt", fixed(_ROBOTS, "text/plain")),
            Route("/health", fixed("ok\n", "text/plain")),
        ]  # fmt: skip

    def app(self) -> Callable[..., Awaitable[None]]:
        """Put the application together: the pages, and the headers that every answer carries."""
        pages = Starlette(
            routes=self.routes(), exception_handlers={404: self._not_found, BroadsheetError: self._failed}
        )
        pages.router.redirect_slashes = False  # it knows nothing of the path that a proxy took off
        return Guarded(pages, self._frame.prefixes())

    def _gone(self, request: Request) -> Response:
        return self._frame.gone(self._language(request), request)

    def _not_found(self, request: Request, _: Exception) -> Response:
        return self._gone(request)

    def _failed(self, request: Request, _: Exception) -> Response:
        language = self._language(request)
        return self._frame.page(
            language, "busy_title", request=request, lines=[language.words["busy_text"]], status=503
        )


async def _drain(request: Request) -> None:
    """Read what a client insists on sending, within reason, so that it hears the answer and not a closed door."""
    read = 0
    async for part in request.stream():
        read += len(part)
        if read > 20 * LONGEST_BODY:
            return


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
