"""The editors' page: its regions, the mail in its frame, and the deeds that change the edition."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from broadsheet.desk import Desk
from broadsheet.desk.editing import edition_called, id_of
from broadsheet.desk.exporting import archive_of, bundle_of, piece_to_paste, platform_names
from broadsheet.desk.opening import DATABASE_NAME, system_clock
from broadsheet.desk.proofing import Proof, looks_of, proof_of
from broadsheet.desk.searching import search
from broadsheet.desk.undoing import Steps, steps_of
from broadsheet.desk.watching import SourceFiles
from broadsheet.errors import BroadsheetError, EditionChanged, StoreBusy
from broadsheet.model import Bundle, Edition, Finding, RenderedEdition
from broadsheet.store import Store
from broadsheet.web.preview.beside import beside
from broadsheet.web.preview.current import CurrentConfig
from broadsheet.web.preview.deeds import Notice, do
from broadsheet.web.preview.door import LONGEST_BODY, Visitor
from broadsheet.web.preview.views import FORMS, MODES, view_of
from broadsheet.web.preview.wording import clock_time, language_for, spoken_date, spoken_number, words_for_script
from broadsheet.web.wording import PageLanguage, accepted

LONGEST_SEARCH = 200
BETWEEN_LOOKS, LONGEST_HOLD = 0.03, 1.0  # seconds: how often a change is looked for, how long a question waits
AT_REST = 0.01  # seconds that a story's file must not have changed to be taken in
SPARED = 3  # times as long as a look at the sources' files took, they are left alone
FINDINGS_HOLD = timedelta(minutes=1)  # of the same rendering; what hangs on the time is then looked at anew
REGIONS = ("state", "edition", "inbox", "hands")
# The page runs our one script and nothing else: no text of a story can become one, whatever it says.
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_STYLE = "preview.css"
_SCRIPTS = ("preview.js", "drag.js", "find.js", "copy.js", "sortable/sortable.min.js")
_STATIC = {_STYLE: "text/css", **dict.fromkeys(_SCRIPTS, "text/javascript")}

Work = Callable[[Desk, Request, dict[str, str]], Response]


class DeskPage:
    """The page of one edition of one project. A door tells it who has come in."""

    def __init__(
        self, folder: Path, publication: str, day: date, *, clock: Callable[[], datetime] = system_clock
    ) -> None:
        self._folder, self._publication, self._day, self._clock = folder, publication, day, clock
        self._current = CurrentConfig(folder, publication)
        self._last: tuple[Edition, str, datetime, RenderedEdition, tuple[Finding, ...]] | None = None
        self._watch: Store | None = None
        self._looked_at, self._seen_state = -1.0, ""
        self._templates = Environment(
            loader=PackageLoader("broadsheet.web.preview", "pages"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        place = files("broadsheet.web.preview") / "static"
        self._static = {name: (place / name).read_text(encoding="utf-8") for name in _STATIC}
        self._sources = SourceFiles(self._current.read())
        self._next_look, self._is_looking = 0.0, False
        with self._desk() as desk:
            self._edition_id = id_of(desk.config.publication(publication), day)

    @property
    def folder(self) -> Path:
        """Give the project's folder."""
        return self._folder

    # --- what is shown ---

    def page(self, desk: Desk, request: Request, form: dict[str, str], notice: str = "", status: int = 200) -> Response:
        """Show everything."""
        return self._document(self._look(desk), desk, request, notice, status)

    def regions(self, desk: Desk, request: Request, form: dict[str, str]) -> Response:
        """Give the parts of the page that change."""
        return JSONResponse(self._answer(desk, request))

    def mail(self, desk: Desk, request: Request, form: dict[str, str]) -> Response:
        """Show the mail alone, for the frame: the rendering `of` a hash that was looked at last, or the present one."""
        asked, known = request.query_params, self._last
        if known is None or not asked.get("of") or not known[3].hash.startswith(asked["of"]):
            proof = self._look(desk)
            if proof is None or proof.rendered is None:
                return PlainTextResponse("-\n", 404)
            shown = (proof.rendered, proof.findings)
        else:
            shown = known[3:]
        return view_of(desk, *shown, asked, self._language(request))

    def search(self, desk: Desk, request: Request, form: dict[str, str]) -> Response:
        """Find stories that the edition could carry."""
        proof = self._look(desk)
        if proof is None:
            return JSONResponse({"html": ""})
        found = search(desk, proof.edition, request.query_params.get("q", "")[:LONGEST_SEARCH])
        return JSONResponse({"html": self._part("found.html.j2", self._context(desk, request, proof, search=found))})

    def export(self, desk: Desk, request: Request, form: dict[str, str]) -> Response:
        """Give the bundle for a platform as one archive, or the `piece=body` of it that is pasted."""
        bundle = bundle_of(desk, edition_called(desk, self._edition_id), request.query_params.get("platform", ""))
        if request.query_params.get("piece") == "body":
            return self._to_paste(bundle, request)
        name = f"{bundle.edition}-{bundle.platform}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(archive_of(bundle), media_type="application/zip", headers=headers)

    def _to_paste(self, bundle: Bundle, request: Request) -> Response:
        piece, language = piece_to_paste(bundle), self._language(request)
        if request.headers.get("accept") != "application/json":
            return PlainTextResponse(piece.content, headers={"Content-Security-Policy": _PAGE})
        size = spoken_number(language.tag, len(piece.content) / 1000, 1)
        said = language.say("copied", platform=bundle.platform, file=piece.path, size=size)
        return JSONResponse({"text": piece.content.decode(), "said": said, "notes": bundle.notes})

    def login(self, request: Request, notice: str, status: int) -> Response:
        """Show the form to log in, with a notice by its name in the page's words."""
        language = self._language(request)
        text = self._templates.get_template("login.html.j2").render(
            language=language, w=language.words, notice=notice,
            title=self._current.read().publication(self._publication).title,
        )  # fmt: skip
        return HTMLResponse(text, status, {"Content-Security-Policy": _PAGE})

    # --- what is done ---

    def act(self, desk: Desk, request: Request, form: dict[str, str]) -> Response:
        """Do what a button says, and show how the edition stands then."""
        status, language = 200, self._language(request)
        try:
            done = do(desk, desk.config.publication(self._publication), self._edition_id, form, _visitor(request).name)
            notice = _said(done, language)
        except BroadsheetError as error:
            notice, status = _sentence(error), _status_of(error)
        if request.headers.get("accept") == "application/json":
            return JSONResponse(
                self._answer(desk, request) | {"notice": notice, "done": status == HTTPStatus.OK}, status
            )
        return self.page(desk, request, form, notice, status)

    # --- how ---

    def _look(self, desk: Desk) -> Proof | None:
        """Look at the edition, rendering it only when it, the theme or the configuration changed."""
        edition = desk.store.editions.get(self._edition_id)
        if edition is None:
            return None
        looks, now = looks_of(desk, desk.config.publication(self._publication)), desk.now()
        known = self._last
        again = known is not None and known[:2] == (edition, looks)
        if known and again and now - known[2] < FINDINGS_HOLD:
            return proof_of(desk, edition, known[3], known[4])
        proof = proof_of(desk, edition, known[3] if known and again else None)
        if proof.rendered:
            self._last = (edition, looks, now, proof.rendered, proof.findings)
        return proof

    def _language(self, request: Request) -> PageLanguage:
        tongue = self._current.read().publication(self._publication).language
        return language_for([*accepted(request.headers.get("accept-language", "")), tongue])

    def _answer(self, desk: Desk, request: Request) -> dict[str, object]:
        proof = self._look(desk)
        context = self._context(desk, request, proof)
        return {
            "regions": {name: self._part(f"{name}.html.j2", context) for name in REGIONS},
            "revision": proof.revision if proof else "",
            "hash": proof.rendered.hash if proof and proof.rendered else "",
        }

    def _document(self, proof: Proof | None, desk: Desk, request: Request, notice: str, status: int) -> Response:
        context = self._context(desk, request, proof, notice=notice, is_error=status != HTTPStatus.OK)
        return HTMLResponse(self._part("page.html.j2", context), status, {"Content-Security-Policy": _PAGE})

    def _part(self, template: str, context: dict[str, object]) -> str:
        return self._templates.get_template(template).render(context)

    def _context(self, desk: Desk, request: Request, proof: Proof | None, **more: object) -> dict[str, object]:
        """Give what the templates speak of."""
        publication, language = desk.config.publication(self._publication), self._language(request)
        visitor, trouble = _visitor(request), self._current.trouble
        edition = proof.edition if proof else None
        return {
            "publication": publication, "day": self._day, "edition_id": self._edition_id, "proof": proof,
            "edition": edition, "platforms": platform_names(), "visitor": visitor,
            "refused": [one for told in self._sources.refused.values() for one in told],
            "has_relay": desk.config.smtp is not None, "trouble": _sentence(trouble) if trouble else "",
            "w": language.words, "say": language.say, "language": language,
            "date": spoken_date(language.tag, self._day), "said_by_script": words_for_script(language),
            "number": partial(spoken_number, language.tag),
            "clock": lambda at: clock_time(at.astimezone(publication.zone), self._day),
            "steps": steps_of(desk, edition.id, visitor.name) if edition else Steps(), "forms": FORMS, "modes": MODES,
            **(beside(desk, proof) if proof else {}), **more,
        }  # fmt: skip

    @contextmanager
    def _desk(self) -> Iterator[Desk]:
        with Store(self._folder / DATABASE_NAME) as store:
            _ = store.suppressions
            yield Desk(config=self._current.read(), store=store, clock=self._clock)

    async def changes(self, request: Request) -> Response:
        """Answer once the state of database, theme or configuration is another `than` the page knows, or after a while.

        The page asks again at once, so that it hears of a change within the time between two looks.
        """
        known, until = request.query_params.get("than", ""), time.monotonic() + LONGEST_HOLD
        await self._look_at_sources()
        while (state := self._state()) == known and time.monotonic() < until:
            await asyncio.sleep(AT_REST if self._sources.is_restless else BETWEEN_LOOKS)
            await self._look_at_sources()
        return JSONResponse({"state": state})

    async def _look_at_sources(self) -> None:
        """Take in the story files that were saved. One page looks for all; a large folder is looked at less often."""
        if self._is_looking or time.monotonic() < self._next_look:
            return
        self._is_looking = True
        try:
            taken = await run_in_threadpool(self._take_in)
        finally:
            self._is_looking = False
        self._next_look = time.monotonic() + SPARED * taken

    def _take_in(self) -> float:
        """Take in what was saved. Gives the seconds that it took to look."""
        began = time.monotonic()
        files = self._sources.changed(self._current.read())
        taken = time.monotonic() - began
        if files:
            with suppress(BroadsheetError), self._desk() as desk:  # then they are taken in at the next look
                self._sources.take_in(desk, desk.config.publication(self._publication), self._day, files)
        return taken

    def _state(self) -> str:
        now = time.monotonic()
        if self._watch is None:  # opened by the thread that asks, and only there
            self._watch = Store(self._folder / DATABASE_NAME)
        if now - self._looked_at >= BETWEEN_LOOKS / 2:  # several pages share a look
            desk = Desk(config=self._current.read(), store=self._watch, clock=self._clock)
            looks = looks_of(desk, desk.config.publication(self._publication))
            self._looked_at, self._seen_state = now, f"{self._watch.pulse()}-{looks}-{self._sources.takes}"
        return self._seen_state

    # --- the application ---

    def _endpoint(self, work: Work) -> Callable[[Request], Awaitable[Response]]:
        def in_thread(request: Request, form: dict[str, str]) -> Response:
            try:
                with self._desk() as desk:
                    return work(desk, request, form)
            except BroadsheetError as error:
                if request.headers.get("accept") == "application/json":
                    return JSONResponse({"notice": _sentence(error)}, _status_of(error))
                language = self._language(request)
                text = self._templates.get_template("trouble.html.j2").render(
                    sentence=_sentence(error), language=language, w=language.words
                )  # fmt: skip
                return HTMLResponse(text, _status_of(error), {"Content-Security-Policy": _PAGE})

        async def endpoint(request: Request) -> Response:
            form: dict[str, str] = {}
            if request.method == "POST":
                sent = await request.form(max_files=0, max_fields=50, max_part_size=LONGEST_BODY)
                for name, value in sent.multi_items():  # ticked boxes share a name
                    if isinstance(value, str):
                        form[name] = f"{form[name]} {value}" if name in form else value
            return await run_in_threadpool(in_thread, request, form)

        return endpoint

    def app(self) -> Starlette:
        """Put the application together; `Door` stands in front of it."""

        def fixed(name: str) -> Route:
            return Route(f"/{name}", lambda request: Response(self._static[name], media_type=_STATIC[name]))

        @asynccontextmanager
        async def until_closed(app: Starlette) -> AsyncIterator[None]:
            yield
            if self._watch is not None:
                self._watch.close()

        return Starlette(
            routes=[
                Route("/", self._endpoint(self.page)),
                Route("/regions", self._endpoint(self.regions)),
                Route("/mail", self._endpoint(self.mail)),
                Route("/search", self._endpoint(self.search)),
                Route("/export", self._endpoint(self.export)),
                Route("/changes", self.changes),
                Route("/act", self._endpoint(self.act), methods=["POST"]),
                *(fixed(name) for name in _STATIC),
            ],
            lifespan=until_closed,
        )


def _visitor(request: Request) -> Visitor:
    visitor: Visitor = request.scope["visitor"]
    return visitor


def _said(notice: Notice, language: PageLanguage) -> str:
    places = {
        name: language.words[text] if text.startswith("verb_") else text for name, text in notice.places.items()
    }  # fmt: skip
    more = f" {language.words['done_cancelled']}" if notice.cancelled else ""
    return language.say(notice.name, **places) + more


def _sentence(error: BroadsheetError) -> str:
    text = error.message
    if not text.startswith(("http://", "https://")):
        text = text[:1].upper() + text[1:]
    return f"{text}{'' if text.endswith(('.', '!', '?')) else '.'} {error.advice}".strip()


def _status_of(error: BroadsheetError) -> int:
    if isinstance(error, EditionChanged):
        return HTTPStatus.CONFLICT
    return HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, StoreBusy) else HTTPStatus.UNPROCESSABLE_ENTITY
