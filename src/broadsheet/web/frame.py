"""What every public page is framed by: the template, its language, and the headers that keep it harmless."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from broadsheet.config import Publication
from broadsheet.desk.readers import Reader
from broadsheet.web.wording import PageLanguage

_PLAIN = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {}"
# An edition brings its own inline styles and its pictures; it still runs nothing and sends nothing.
_EDITION = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@dataclass(frozen=True, slots=True)
class Button:
    """A form of one button: where it posts, the field it sends, its words."""

    action: str
    name: str
    label: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link and its words."""

    href: str
    label: str


class Frame:
    """Make pages. `base_url` is where they are reached if the publication that they are about names no other."""

    def __init__(self, base_url: str, publications: Iterable[Publication]) -> None:
        self._base_url = base_url
        self._fronts = tuple(dict.fromkeys(self.base_url(one) for one in (None, *publications)))
        self._templates = Environment(
            loader=PackageLoader("broadsheet.web", "pages"), autoescape=True, undefined=StrictUndefined
        )

    def base_url(self, publication: Publication | None = None) -> str:
        """Tell where a publication's readers reach the pages, without a slash at the end."""
        return (publication.base_url if publication and publication.base_url else self._base_url).rstrip("/")

    def prefix(self, publication: Publication | None = None) -> str:
        """Tell the path under which a proxy serves the pages to a publication's readers, or ''."""
        return urlsplit(self.base_url(publication)).path

    def prefixes(self) -> set[str]:
        """List the paths under which proxies serve the pages."""
        return {urlsplit(front).path for front in self._fronts} - {""}

    def way_to(self, publication: Publication, request: Request) -> str:
        """Tell how a link to a publication's pages begins: on the same host where all are reached under one address."""
        return top_of(request) if len(self._fronts) == 1 else self.base_url(publication)

    def page(
        self,
        language: PageLanguage,
        title: str,
        *,
        template: str = "page.html.j2",
        reader: Reader | None = None,
        publication: Publication | None = None,
        request: Request | None = None,
        lines: Iterable[str] = (),
        buttons: Iterable[Button] = (),
        links: Iterable[Link] = (),
        notice: str = "",
        private: bool = True,
        framed: bool = False,
        status: int = 200,
        background: BackgroundTask | None = None,
        **more: object,
    ) -> Response:
        """Make a page: title by name, lines, forms of one button, links. `framed` lets other sites embed it.

        A page is about a publication or a reader, or `request` says what was asked for.
        """
        shown = publication or (reader.publication if reader else None)
        masthead = shown.title if shown else ""
        prefix = top_of(request) if request and not shown else self.prefix(shown)
        text = self._templates.get_template(template).render(
            language=language, words=language.words, prefix=prefix, masthead=masthead, reader=reader,
            title=language.say(title, publication=masthead), notice=notice, private=private, lines=list(lines),
            buttons=list(buttons), links=list(links), **more,
        )  # fmt: skip
        headers = {
            "Content-Security-Policy": _PLAIN.format("*" if framed else "'none'"),
            "Cache-Control": "no-store",
            "Content-Language": language.tag,
            **({"X-Robots-Tag": "noindex, nofollow"} if private else {}),
        }
        return HTMLResponse(text, status, headers, background=background)

    def edition(self, text: str) -> Response:
        """Show an edition as it stands, with its own styles, running nothing."""
        headers = {"Content-Security-Policy": _EDITION, "Cache-Control": "private, no-cache"}
        return HTMLResponse(text, headers=headers)

    def gone(self, language: PageLanguage, request: Request) -> Response:
        """Answer alike to what is forged, cut, too old, for another purpose, or nobody's any more."""
        return self.page(language, "gone_title", request=request, lines=[language.words["gone_text"]], status=404)


def top_of(request: Request) -> str:
    """Tell the way up from an address to where the pages begin, whatever host or path a proxy put in front of it."""
    return "/".join([".."] * (request.scope["path"].count("/") - 1)) or "."


class Guarded:
    """Take the proxy's path off (of several that fit, the longest), and put on the headers of every answer."""

    HEADERS = (
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    )

    def __init__(self, app: Callable[..., Awaitable[None]], prefixes: Iterable[str]) -> None:
        self._app = app
        self._prefixes = sorted(prefixes, key=len, reverse=True)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            kept = next((one for one in self._prefixes if f"{scope['path']}/".startswith(f"{one}/")), "")
            if kept == scope["path"]:
                await RedirectResponse(f"{kept}/", 308)(scope, receive, send)
                return
            if kept:
                scope = {**scope, "path": scope["path"][len(kept) :], "raw_path": None}

        async def send_guarded(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self.HEADERS]}
            await send(message)

        await self._app(scope, receive, send_guarded)
