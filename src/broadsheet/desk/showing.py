"""Show an edition on the web, for platforms that take it from an address only.

Its pages lie in the folder of the project's pictures, which is public. The name of each is a digest of what it holds,
so that nobody can guess it, and a page that the web once showed never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from broadsheet.desk.opening import Desk
from broadsheet.desk.whole_file import write_whole
from broadsheet.errors import ConfigError, PlatformBusy

Look = Callable[[Desk, str], bytes | None]
"""Reads an address; None where it cannot be read."""

PAGES = "editions"


def show_edition(desk: Desk, html: str, text: str, look: Look | None = None) -> tuple[str, str]:
    """Put an edition's pages into the public folder, and give their addresses once the web shows just them.

    Raises ConfigError where no folder is public, and PlatformBusy as long as the web does not show both pages.
    """
    pictures = desk.config.pictures
    if not pictures.url:
        raise ConfigError(
            "this platform takes an edition from an address on the web only, and no folder of the project is public",
            key="pictures.url",
            advice='Add the table [pictures] with url = "https://…", where the web sees the folder of pictures.',
        )
    pages = {_name(html, ".html"): html.encode(), _name(text, ".txt"): text.encode()}
    folder = desk.folder / pictures.folder / PAGES
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, page in pages.items():
            if not (folder / name).exists():
                write_whole(folder / name, page)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written to: {error.strerror}", key="pictures.folder") from None
    for_html, for_text = (f"{pictures.url}/{PAGES}/{name}" for name in pages)
    copy = f"Copy the folder {pictures.folder}/{PAGES} to {pictures.url}, then run the same command again."
    for address, page in zip((for_html, for_text), pages.values(), strict=True):
        shown = (look or look_up)(desk, address)
        if shown is None:
            raise PlatformBusy(f"the web does not show the edition yet, at {address}", advice=copy)
        if shown != page:
            raise PlatformBusy(
                f"the web shows something else than the edition, at {address}",
                advice=f"{copy} If it is there, something on the way changes pages; have it leave {PAGES}/ alone.",
            )
    return for_html, for_text


def _name(content: str, suffix: str) -> str:
    return f"{hashlib.sha256(content.encode()).hexdigest()[:32]}{suffix}"


def look_up(desk: Desk, address: str) -> bytes | None:
    """Read what the web shows at an address, within the bounds of gathering; None where it cannot be read."""
    from broadsheet.gather.fetch import Fetcher, FetchError, Limits, Request

    settings = desk.config.gathering
    allowed = tuple(host.lower() for host in settings.allow_hosts)
    with Fetcher(Limits(seconds=settings.timeout, allowed_hosts=allowed)) as fetcher:
        try:
            return fetcher.fetch(Request(url=address)).content
        except FetchError:
            return None
