"""Tell what form a document has and read its stories. What cannot be read comes back as a value beside the others."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import BinaryIO

from broadsheet.errors import SourceError
from broadsheet.gather.encoding import data_text, decode
from broadsheet.model import RawStory

BY_SUFFIX: Mapping[str, str] = {
    ".txt": "wire", ".md": "markdown", ".markdown": "markdown", ".xml": "feed", ".rss": "feed", ".atom": "feed",
    ".rdf": "feed", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv",
}  # fmt: skip
LARGEST = 10_000_000  # bytes of one feed or story file; tables are read row by row and have no such limit
_STREAMED = ("csv", "jsonl")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|script)[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel|item|entry)[\s>]", re.IGNORECASE)


def read_stories(
    stream: BinaryIO,
    *,
    source: str,
    place: str,
    format: str = "auto",
    base: str = "",
    charset: str = "",
    columns: Mapping[str, str] | None = None,
) -> Iterator[RawStory | SourceError]:
    """Read the stories of one document. `base` is its address, for relative links; `charset` what its server
    said of it.

    Gives a SourceError for each item that cannot be read. Raises SourceError when that is true of the whole document.
    """
    kind = format
    if kind == "auto":
        kind = BY_SUFFIX.get(PurePath(place).suffix.lower(), "") or "auto"
    if kind not in _STREAMED:
        data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise SourceError(f"is larger than {LARGEST // 1_000_000} MB", source=source, place=place)
        if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
            raise SourceError("is empty", source=source, place=place)
        if kind == "auto":
            kind = sniff(data)
        if kind in _STREAMED:
            stream = io.BytesIO(data)
    if kind == "jsonl":
        from broadsheet.gather.rows import read_jsonl

        yield from read_jsonl(stream, source=source, place=place, columns=columns)
    elif kind == "csv":
        from broadsheet.gather.rows import read_csv

        yield from read_csv(stream, source=source, place=place, columns=columns)
    elif kind == "json":
        from broadsheet.gather.jsonfeed import read_json

        yield from read_json(data_text(data), source=source, place=place, base=base, columns=columns)
    elif kind == "markdown":
        from broadsheet.gather.markdown import read_markdown

        yield read_markdown(decode(data), source=source, place=place)
    elif kind == "feed":
        yield from _read_feed(data, source=source, place=place, base=base, charset=charset)
    else:
        from broadsheet.gather.wire import read_wire

        yield read_wire(decode(data), source=source, place=place)


def sniff(data: bytes) -> str:
    """Tell a document's form by its first bytes."""
    head = data[:4000].lstrip(b"\x00 \t\r\n\xef\xbb\xbf\xfe\xff")
    if head.replace(b"\x00", b"")[:1] == b"<":
        return "feed"
    if head[:1] in b"{[":
        first, _, rest = data.lstrip(b"\xef\xbb\xbf \r\n").partition(b"\n")
        return "jsonl" if first.rstrip().endswith(b"}") and rest.lstrip()[:1] == b"{" else "json"
    return "wire"


def _read_feed(data: bytes, *, source: str, place: str, base: str, charset: str) -> Iterator[RawStory | SourceError]:
    from broadsheet.gather.feeds import read_feed

    head = data[:2000].lstrip()
    if head[:1] in (b"{", b"["):
        from broadsheet.gather.jsonfeed import read_json

        yield from read_json(data_text(data), source=source, place=place, base=base)
        return
    if _HTML.search(head) and not _FEED.search(data[:100_000]):
        raise SourceError(
            "is a web page, not a feed", source=source, place=place,
            advice="Look for the feed's own address; `broadsheet source add` with the site's address finds it.",
        )  # fmt: skip
    yield from read_feed(data, source=source, place=place, base=base, charset=charset)
