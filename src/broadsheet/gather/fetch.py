"""The only reader of the web."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

from broadsheet import __version__
from broadsheet.errors import SourceError
from broadsheet.gather.reading import LARGEST

USER_AGENT = f"broadsheet/{__version__} (+https://pypi.org/project/broadsheet/; news digest builder)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address answered: its bytes and where they came from after redirects."""

    url: str
    content: bytes


def fetch(url: str, *, source: str = "", timeout: float = 20.0) -> Fetched:
    """Read one address. Raises SourceError for whatever goes wrong."""
    try:
        with (
            httpx2.Client(follow_redirects=True, max_redirects=5, timeout=timeout) as client,
            client.stream("GET", url, headers={"User-Agent": USER_AGENT}) as answer,
        ):
            if answer.status_code >= 400:
                raise SourceError(f"the server answered {answer.status_code}", source=source, place=url)
            content = bytearray()
            for part in answer.iter_bytes():
                content += part
                if len(content) > LARGEST:
                    raise SourceError(f"is larger than {LARGEST // 1_000_000} MB", source=source, place=url)
            return Fetched(url=str(answer.url), content=bytes(content))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SourceError(f"cannot be fetched: {error or type(error).__name__}", source=source, place=url) from None
