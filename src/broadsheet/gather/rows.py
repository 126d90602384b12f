"""Tables: CSV and JSON Lines, read row by row so that their size does not matter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from broadsheet.errors import SourceError
from broadsheet.gather.encoding import encoding_of
from broadsheet.gather.facts import NAMES, story_of
from broadsheet.gather.jsonfeed import object_story
from broadsheet.model import RawStory
from broadsheet.plural import number_of

_SAMPLE = 256_000  # bytes from which encoding and delimiter are told
LONGEST_LINE = 5_000_000  # bytes of one JSON line


def read_jsonl(
    stream: BinaryIO, *, source: str, place: str, columns: Mapping[str, str] | None = None
) -> Iterator[RawStory | SourceError]:
    """Read one story a line; a line that is none is refused by its number, and the others go on."""
    number = position = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        where = f"{place}:{number}"
        if len(line) > LONGEST_LINE:
            while (more := stream.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
                pass
            yield SourceError(f"is a line of more than {LONGEST_LINE:,} bytes", source=source, place=where)
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            yield SourceError("is not valid JSON", source=source, place=where)
            continue
        story = object_story(item, source=source, place=where, columns=columns)
        if isinstance(story, RawStory):
            story = replace(story, position=position)
            position += 1
        yield story


def read_csv(
    stream: BinaryIO, *, source: str, place: str, columns: Mapping[str, str] | None = None
) -> Iterator[RawStory | SourceError]:
    """Read one story a row under a line of column names. Raises SourceError where no column can be the title."""
    sample = stream.read(_SAMPLE)
    stream.seek(0)
    if not sample.strip():
        raise SourceError("is empty", source=source, place=place)
    encoding = "utf-16" if sample[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding_of(sample)
    text = io.TextIOWrapper(
        stream, encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline=""
    )
    head = text.readline()
    delimiter = max(",;\t|", key=head.count)
    text.seek(0)
    csv.field_size_limit(LONGEST_LINE)
    rows = csv.reader(text, delimiter=delimiter)
    try:
        names = [name.strip() for name in next(rows)]
        known = {name.lower().replace(" ", "_").replace("-", "_"): name for name in names}
        wanted = (columns or {}).get("title")
        if (wanted not in names) if wanted else not any(name in known for name in NAMES["title"]):
            raise SourceError(
                f"has no column called {wanted or 'title'!r}: it has {', '.join(names[:20]) or 'none'}",
                source=source, place=place,
                advice='Say which column is the title in broadsheet.toml: columns = { title = "..." }.',
            )  # fmt: skip
        plain = [name.lower().replace(" ", "_").replace("-", "_") for name in names]
        position = 0
        for row in rows:
            if not any(row):
                continue
            where = f"{place}:{rows.line_num}"
            if len(row) > len(names):
                yield SourceError(
                    f"has {number_of(len(row), 'field')} under {number_of(len(names), 'column name')}",
                    source=source,
                    place=where,
                )
                continue
            facts = dict(zip(plain, row, strict=False)) | dict(zip(names, row, strict=False))
            try:
                yield replace(story_of(facts, source=source, place=where, columns=columns), position=position)
                position += 1
            except SourceError as error:
                yield error
    except csv.Error as error:
        raise SourceError(f"cannot be read on from line {rows.line_num}: {error}", source=source, place=place) from None
    except StopIteration:
        raise SourceError("is empty", source=source, place=place) from None
    finally:
        text.detach()
