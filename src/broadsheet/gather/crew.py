"""Read and clean documents in processes of their own: reading is work, and Python does one piece of it at a time."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context, parent_process

from broadsheet.errors import SourceError
from broadsheet.gather.clean import House, clean
from broadsheet.gather.reading import read_stories
from broadsheet.model import Story

WORTHWHILE = 40  # documents: for fewer, starting the processes costs more than they save


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The bytes of one document, and all that reading them needs."""

    content: bytes
    source: str
    place: str
    now: datetime
    format: str = "auto"
    base: str = ""
    charset: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    house: House = field(default_factory=House)


def read_document(document: Document) -> list[Story | SourceError]:
    """Read and clean all stories of a document; what gave none, and why, stands between them."""
    found: list[Story | SourceError] = []
    try:
        for raw in read_stories(
            io.BytesIO(document.content),
            source=document.source,
            place=document.place,
            format=document.format,
            base=document.base,
            charset=document.charset,
            columns=document.columns,
        ):
            try:
                found.append(
                    raw if isinstance(raw, SourceError) else clean(raw, now=document.now, house=document.house)
                )
            except SourceError as error:
                found.append(error.as_value())
    except SourceError as error:
        found.append(error.as_value())
    return found


def _leave_with_the_gathering() -> None:
    """End this process when the one that started it is gone, also where that was killed: nobody else would end it."""
    parent = parent_process()

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class Crew:
    """The processes. They are started when so many documents came that it pays; before, we read ourselves."""

    def __init__(self) -> None:
        self._size = min(os.cpu_count() or 1, 8)
        self._pool: ProcessPoolExecutor | None = None
        self._seen = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    @property
    def breadth(self) -> int:
        """Tell how many documents may be under way at a time: this bounds memory."""
        return self._size * 4 if self._pool else 1

    def read(self, document: Document) -> Future[list[Story | SourceError]]:
        """Begin to read a document. The future raises BrokenProcessPool where its process died."""
        self._seen += 1
        if self._seen > WORTHWHILE and self._size > 1:
            self._pool = self._pool or ProcessPoolExecutor(
                self._size, mp_context=get_context("spawn"), initializer=_leave_with_the_gathering
            )
            try:
                return self._pool.submit(read_document, document)
            except BrokenProcessPool:
                self._size = 1  # a document killed its process: the rest is read here
        done: Future[list[Story | SourceError]] = Future()
        done.set_result(read_document(document))
        return done
