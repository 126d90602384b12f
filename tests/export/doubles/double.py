"""Doubles of platforms' APIs: real HTTP servers in this process, strict about what they are sent.

Each is built from the platform's own documents or source (docs/export.md says which) and answers only what is written
there: a missing field, an unknown one or a wrong key is refused as the platform refuses it. A double can be told to
fail: to lose its answer, to cut it off, to be out of order, to ask for patience, with or without doing what was asked.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, Any]
Item = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, document: Any) -> None:
        super().__init__(status)
        self.status, self.document = status, document


class Double:
    """What all share. `faults` is taken from, one for each writing request; `plan` may also name reading ones."""

    key: ClassVar[str]
    account: ClassVar[dict[str, str]]
    quiet: ClassVar[tuple[str, ...]] = ()  # paths that fail by no plan and are not noted: what is asked for a token

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.people: dict[str, str] = {}  # address -> request, bounce, complaint; or "" for one who stays
        self.faults: deque[str] = deque()
        self.read_faults: deque[str] = deque()
        self.retry_after = ""
        self.url = ""
        self.blind = False  # a search does not see what is there yet
        self.cuts = 0  # keep only so many characters of HTML
        self.requests: list[tuple[str, str]] = []
        self.sends: list[str] = []  # what was asked to be sent, and carried out
        self.tardy = False  # what is being sent still shows as a draft
        self.raw = b""  # the body of the request that is answered
        self.lock = threading.Lock()
        self._numbers = iter(range(101, 10_000))

    def number(self) -> int:
        return next(self._numbers)

    def kept(self, html: str) -> str:
        return html[: self.cuts] if self.cuts else html

    def show_edition(self, html: str, text: str) -> tuple[str, str]:
        """Show an edition on the web, where a platform takes editions from there."""
        raise NotImplementedError

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        raise NotImplementedError

    def mark_sent(self, identifier: str) -> None:
        raise NotImplementedError

    def dispatch(self, identifier: str) -> None:
        """Send what stands there."""
        self.sends.append(identifier)
        if not self.tardy:
            self.mark_sent(identifier)

    def crowd(self, mark: str, count: int) -> None:
        """Let drafts of other people stand before ours, which is the only one so far."""
        [(identifier, item)] = self.items.items()
        text = json.dumps(item).replace(mark, "by hand").replace("-".join(re.findall(r"\w+", mark)), "by-hand")
        ours = re.compile(rf'(?<=id": )("?){identifier}"?')
        others = {
            str(number): json.loads(ours.sub(rf"\g<1>{number}\g<1>", text)) for number in range(20_000, 20_000 + count)
        }
        self.items = {**others, **self.items}

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on a free port; gives the address."""
        double = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: Any) -> None:
                pass

            def do_any(self) -> None:
                double.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any  # noqa: N815 - http.server's names

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            self.url = f"http://127.0.0.1:{server.server_address[1]}"
            yield self.url
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        raw = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        faults = self.read_faults if request.command == "GET" else self.faults
        is_quiet = parts.path in self.quiet
        with self.lock:
            self.requests += [] if is_quiet else [(request.command, parts.path)]
            self.raw = raw
            fault = faults.popleft() if faults and not is_quiet else ""
            if fault in ("drop", "busy", "down"):
                status, document = {"drop": (0, None), "busy": (429, {"message": "slow down"}), "down": (503, None)}[
                    fault
                ]
            elif fault.isdigit():
                status, document = int(fault), {"message": f"refused with the key {self.key} in it"}
            else:
                try:
                    body = read_body(raw, request.headers.get("Content-Type", ""))
                    query = dict(parse_qsl(parts.query))
                    status, document = self.answer(request.command, parts.path, query, body, request.headers)
                except Refused as refusal:
                    status, document = refusal.status, refusal.document
        if fault in ("lose", "drop"):
            request.close_connection = True
            request.connection.close()
            return
        if fault == "break":
            status, document = 500, {"message": "something broke, after the work was done"}
        # A file is given as it is, everything else as JSON.
        content = (
            document if isinstance(document, bytes) else b"" if document is None else json.dumps(document).encode()
        )
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        if status in (202, 429) and self.retry_after:
            request.send_header("Retry-After", self.retry_after)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[: len(content) // 2] if fault == "cut" else content)
        if fault == "cut":
            request.close_connection = True


def read_body(raw: bytes, kind: str) -> Any:
    """Read JSON, or a form: its fields by name, an uploaded file as its text."""
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    if kind.startswith("multipart/form-data"):
        form = BytesParser(policy=policy.HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw)
        return {part.get_param("name", header="Content-Disposition"): part.get_content() for part in form.iter_parts()}
    return json.loads(raw) if raw else None


def needs(body: Any, *fields: str, status: int = 400, only: tuple[str, ...] = ()) -> None:
    """Refuse a body that lacks a field, or holds one that is not known."""
    if not isinstance(body, dict):
        raise Refused(status, {"message": "expected an object"})
    for field in fields:
        if body.get(field) in (None, "", []):
            raise Refused(status, {"message": f"{field} is required"})
    for field in body if only else ():
        if field not in only:
            raise Refused(status, {"message": f"unexpected field {field}"})


class TellingDouble(Double):
    """One that only tells. `page_most` is the most that it gives at once."""

    page_most = 1000

    def mark_sent(self, identifier: str) -> None:
        raise NotImplementedError

    def who(self, *states: str) -> list[str]:
        """List those who left for these reasons."""
        return [one for one, state in self.people.items() if state in states]

    def size(self, value: str) -> int:
        """Read a page's size, and refuse one that is too large."""
        if int(value) > self.page_most:
            raise Refused(400, {"message": f"at most {self.page_most} at once"})
        return int(value)
