"""Speak to a platform's API: JSON over HTTPS, every status a clear outcome, keys in no message.

A request that was surely not carried out may be made again here (429 with a short wait); one of which nobody knows
raises NoAnswer, and the caller asks before it does anything else.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx

from broadsheet import __version__
from broadsheet.errors import ConfigError, ExportError, PlatformBusy
from broadsheet.plural import number_of

TIMEOUT = 30.0
WAITS_AT_MOST = 30.0  # seconds that a platform may ask us to wait before we leave it for a later run
_NOT_YET = 2.0  # seconds before what is still being made is asked for again, where no time is named
_TRIES = 3
_ANSWER_AT_MOST = 20_000_000


class NoAnswer(Exception):
    """Say that a request got no usable answer: it may have been carried out, or not."""


class NotThere(Exception):
    """Say that what was asked for does not exist."""


class Api:
    """One platform's API at one address.

    `secrets` are what no message may show; `pause`, in seconds, is waited where a 429 names no time.
    """

    def __init__(
        self,
        title: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        auth: tuple[str, str] | httpx.Auth | None = None,
        secrets: Sequence[str] = (),
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        pause: float = 0.0,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ConfigError(
                f"{title}: the address {base_url!r} would show the key to everyone on the way",
                advice="Expected an address that begins with https://",
            )
        self.title, self._secrets, self._sleep = title, [secret for secret in secrets if secret], sleep
        self._pause = pause
        self._client = httpx.Client(
            base_url=base_url.rstrip("/"),
            headers={"User-Agent": f"broadsheet/{__version__}", "Accept": "application/json", **headers},
            auth=auth,
            timeout=timeout,
            follow_redirects=False,
            verify=parts.scheme == "https",  # the machine's own plain HTTP needs no certificates to be read
        )

    def get(self, path: str, **query: str | int) -> Any:
        """Ask for something. Raises NotThere, ExportError, PlatformBusy; NoAnswer when the platform is silent."""
        return self._read(self._ask("GET", path, query))

    def send(self, method: str, path: str, body: object, **query: str | int) -> Any:
        """Make or change something. Raises as `get` does; NoAnswer when it may or may not have been done."""
        kind = {"Content-Type": self._client.headers.get("accept", "application/json")}
        content = {} if body is None else {"content": json.dumps(body, ensure_ascii=False).encode(), "headers": kind}
        return self._read(self._ask(method, path, query, content))

    def send_form(self, method: str, path: str, fields: Mapping[str, str], **query: str | int) -> Any:
        """Do as `send`, with the fields of a form in place of JSON."""
        return self._read(self._ask(method, path, query, {"data": dict(fields)}))

    def get_file(self, path: str) -> str:
        """Read a file of text, such as HTML. Raises as `get` does."""
        return self._ask("GET", path, {}, {"headers": {"Accept": "*/*"}}).text

    def put_file(self, path: str, name: str, content: str) -> None:
        """Write a file of HTML, as the field `file` of a form. Raises as `send` does."""
        file = (name, content.encode(), "text/html; charset=utf-8")
        self._read(self._ask("PUT", path, {}, {"files": {"file": file}}))

    def _ask(
        self, method: str, path: str, query: Mapping[str, str | int], content: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        for tries_left in reversed(range(_TRIES)):
            answer = self._once(method, path, query, content or {})
            wait = _seconds(answer.headers.get("retry-after", "")) or (_NOT_YET if answer.is_success else self._pause)
            if not _may_be_repeated(answer, method) or not tries_left or wait > WAITS_AT_MOST:
                return self._judged(answer, method, path)
            self._sleep(wait)
        raise AssertionError("the last try always returns")

    def _once(
        self, method: str, path: str, query: Mapping[str, str | int], content: Mapping[str, Any]
    ) -> httpx.Response:
        try:
            return self._client.request(method, path, params=dict(query), **content)
        except httpx.ConnectError as error:
            raise PlatformBusy(
                f"{self.title} cannot be reached ({self.clean(str(error))})",
                advice="Check the network and the platform's `url` in broadsheet.toml, then try again.",
            ) from None
        except httpx.TransportError as error:
            raise NoAnswer(self.clean(str(error)) or type(error).__name__) from None

    def _read(self, answer: httpx.Response) -> Any:
        if answer.status_code == 204 or not answer.content:
            return {}
        try:
            return answer.json()
        except ValueError:
            raise NoAnswer(f"status {answer.status_code}, but the answer is cut off or no JSON") from None

    def _judged(self, answer: httpx.Response, method: str, path: str) -> httpx.Response:
        """Give an answer that says yes. Raises what every other one means."""
        status = answer.status_code
        if status == 202 and method == "GET":
            raise PlatformBusy(f"{self.title} is still making it", advice="Run the same command again in a minute.")
        if 200 <= status < 300:
            return answer
        words = self.clean(_words(answer))
        if status in (404, 410):
            raise NotThere(words or path)
        if status >= 500 and method == "GET":
            raise PlatformBusy(f"{self.title} is out of order (status {status}): {words}", advice="Try again later.")
        if status >= 500:
            raise NoAnswer(f"status {status}: {words}")
        if status == 429:
            wait = _seconds(answer.headers.get("retry-after", ""))
            raise PlatformBusy(
                f"{self.title} takes no more requests for now",
                advice=f"Run the same command again in {number_of(round(wait), 'second') if wait else 'some minutes'}.",
            )
        if status in (401, 403):
            raise ExportError(
                f"{self.title} refuses the key (status {status}): {words}",
                advice="Check the key and what it is allowed to do in the platform's settings.",
            )
        if status == 409:
            raise PlatformBusy(
                f"{self.title}: somebody else changed it at this moment (409): {words}", advice="Run it again."
            )
        if 300 <= status < 400:
            raise ExportError(
                f"{self.title} sends us to another address ({status})",
                advice="Put the platform's real address into `url` in broadsheet.toml.",
            )
        raise ExportError(
            f"{self.title} refuses what was sent (status {status}): {words}",
            advice="Check the platform's table in broadsheet.toml (list, sender), and its limits.",
        )

    def clean(self, words: str) -> str:
        """Take keys, controls and excess out of words that come from outside."""
        for secret in self._secrets:
            words = words.replace(secret, "…")
        return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", words).split())[:300]


def _may_be_repeated(answer: httpx.Response, method: str) -> bool:
    """Say whether to ask again after a while: it was not carried out (429), or is not there yet (202 to a question)."""
    return answer.status_code == 429 or (answer.status_code == 202 and method == "GET")


def _seconds(value: str) -> float:
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d+)?", value) else 0.0


def _words(answer: httpx.Response) -> str:
    """Find the sentence in an error's answer, wherever a platform puts it."""
    try:
        data = answer.json()
    except ValueError:
        return answer.text[:300]
    found: list[str] = []
    _collect(data, found)
    return "; ".join(dict.fromkeys(found))


def _collect(data: object, found: list[str]) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, str) and key in ("message", "detail", "title", "error", "context"):
                found.append(value)
            elif key == "errors" and isinstance(value, list) and all(isinstance(one, str) for one in value):
                found.extend(value)
            else:
                _collect(value, found)
    elif isinstance(data, list):
        for value in data:
            _collect(value, found)
