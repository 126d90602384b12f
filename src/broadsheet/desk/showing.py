"""Show a page on the web, for platforms that take an edition from an address only.

The page lies in the folder of the project's pictures, which is public. Its name is a digest of what it holds, so that
nobody can guess it, and a page that the web once showed never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from broadsheet.desk.opening import Desk
from broadsheet.desk.whole_file import write_whole
from broadsheet.errors import ConfigError, PlatformBusy

PAGES = "editions"


def show_page(desk: Desk, suffix: str, content: str, look: Callable[[Desk, str], bytes | None] | None = None) -> str:
    """Put a page into the public folder, and give its address once the web shows just that.

    `look` reads an address, None where it cannot be read. Raises ConfigError where no folder is public, and
    PlatformBusy as long as the web does not show the page.
    """
    pictures = desk.config.pictures
    if not pictures.url:
        raise ConfigError(
            "this platform takes an edition from an address on the web only, and no folder of the project is public",
            key="pictures.url",
            advice='Add the table [pictures] with url = "https://…", where the web sees the folder of pictures.',
        )
    page = content.encode()
    name = f"{hashlib.sha256(page).hexdigest()[:32]}{suffix}"
    folder = desk.folder / pictures.folder / PAGES
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / name).exists():
            write_whole(folder / name, page)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written to: {error.strerror}", key="pictures.folder") from None
    address = f"{pictures.url}/{PAGES}/{name}"
    if (look or _look)(desk, address) != page:
        raise PlatformBusy(
            f"the web does not show the edition yet, at {address}",
            advice=f"Copy the folder {pictures.folder}/{PAGES} to {pictures.url}, then run the same command again.",
        )
    return address


def _look(desk: Desk, address: str) -> bytes | None:
    from broadsheet.gather.fetch import Fetcher, FetchError, Limits, Request

    settings = desk.config.gathering
    with Fetcher(Limits(seconds=settings.timeout, allowed_hosts=settings.allow_hosts)) as fetcher:
        try:
            return fetcher.fetch(Request(url=address)).content
        except FetchError:
            return None
