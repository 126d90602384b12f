"""How a list is written: encoding, delimiter and header are found from the first bytes; nobody is asked."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from broadsheet.errors import AudienceError

SAMPLE_BYTES = 256 * 1024
DELIMITERS = (",", ";", "\t", "|")
_AT = re.compile(r"[^\s@]+@[^\s@]+")
_IN_SINGLE_QUOTES = re.compile(r"(?:^|[,;\t|])[ ]*'[^'\s@]+@[^'\s@]+'[ ]*(?=[,;\t|]|$)")
# Bytes that are letters in MacRoman, but marks or nothing in Windows-1252 (0x80 is the euro sign there).
_MAC_LETTERS = frozenset(
    b"\x81\x82\x83\x84\x86\x87\x88\x89\x8a\x8b\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99"
)
_MAC_LETTERS |= frozenset(b"\x9a\x9b\x9c\x9d\x9e\x9f\x80\x85\xe5\xe7\xe9\xea\xed\xee\xf2\xf3")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written. `encoding` is Python's name; utf-8-sig and utf-16 mean that a byte order mark is there.

    `wrapped` says that each line is one quoted cell that holds a row: a spreadsheet took the whole line for a text.
    `quote` is what stands around a cell: a script or a database's dump may take the single quotation mark.
    """

    encoding: str
    delimiter: str
    wrapped: bool = False
    quote: str = '"'


def detect(file: Path) -> Dialect:
    """Find encoding and delimiter of a file. Raises AudienceError for a file that cannot be read or is no text."""
    try:
        with file.open("rb") as handle:
            sample = handle.read(SAMPLE_BYTES)
            whole = not handle.read(1)
            encoding = _encoding(sample, whole=whole)
            if encoding == "utf-8" and not whole:
                encoding = _reread(handle, sample)
    except OSError as error:
        raise AudienceError(
            f"cannot be read: {error.strerror}", file=str(file), advice="Check the name and that it may be read."
        ) from None
    if not sample.strip():
        raise AudienceError("the file is empty", file=str(file), advice="Export the list again.")
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    if _looks_binary(sample, text):
        raise AudienceError(
            "this is no CSV file (it looks binary)",
            file=str(file),
            advice="Save the spreadsheet as CSV first, or unpack the archive.",
        )
    wrapped = _unwrapped(text)
    quote = quote_of(text)
    return Dialect(encoding, delimiter_of(text if wrapped is None else wrapped, quote), wrapped is not None, quote)


def _unwrapped(text: str) -> str | None:
    """Take the quotation marks off lines that are one quoted cell each; None where they are not."""
    lines = [line for line in text.splitlines() if line.strip()][: -1 if len(text) > SAMPLE_BYTES // 2 else None]
    if not lines or not all(line.startswith('"') and line.rstrip(",; \t").endswith('"') for line in lines):
        return None
    try:
        cells = [next((cell for cell in row if cell), "") for row in csv.reader(lines) if sum(map(bool, row)) == 1]
    except csv.Error:
        return None
    if len(cells) < len(lines) or not any("@" in cell and any(d in cell for d in DELIMITERS) for cell in cells):
        return None
    return "\n".join(cells)


def open_text(file: Path, encoding: str) -> io.TextIOWrapper:
    """Open a list for reading. Bytes that the encoding does not know become U+FFFD, and are refused in addresses."""
    return file.open(encoding=encoding, errors="replace", newline="")


class Reader(Protocol):
    """What csv.reader gives: rows, and the number of the line that was read last."""

    @property
    def line_num(self) -> int:
        """Give the number of lines read so far."""
        ...

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


def rows_of(handle: Iterable[str], dialect: Dialect) -> Reader:
    """Read rows: CR, LF and CRLF end a line, and NULs are dropped."""
    if dialect.wrapped:
        return _Unwrapping(csv.reader(_lines(handle)), dialect.delimiter)
    return csv.reader(_lines(handle), delimiter=dialect.delimiter, quotechar=dialect.quote)


class _Unwrapping:
    """Read the row within the only cell of a row."""

    def __init__(self, outer: Reader, delimiter: str) -> None:
        self._outer, self._delimiter = outer, delimiter

    @property
    def line_num(self) -> int:
        return self._outer.line_num

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        return next(csv.reader(next(self._outer)[:1], delimiter=self._delimiter), [])


def _lines(handle: Iterable[str]) -> Iterator[str]:
    for line in handle:
        yield line.replace("\0", "") if "\0" in line else line


def _encoding(sample: bytes, *, whole: bool) -> str:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = sample[:4096]
    if len(head) >= 4 and head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(sample, final=whole)
    except UnicodeDecodeError:
        return _single_byte(sample)
    return "utf-8"


def _reread(handle: io.BufferedReader, sample: bytes) -> str:
    """Read on to the end: one late byte that is not UTF-8 means that the whole file is something else."""
    handle.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        while block := handle.read(1024 * 1024):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        found = bytes(error.object[error.start : error.start + SAMPLE_BYTES])
        return _single_byte(sample + found)
    return "utf-8"


def _single_byte(sample: bytes) -> str:
    """Tell Latin-1, Windows-1252 and MacRoman apart by what the high bytes between letters would mean."""
    high = Counter(byte for byte in sample if byte >= 0x80)
    inside = Counter(
        found[0]
        for found in re.findall(rb"(?<=[A-Za-z])[\x80-\xff](?=[a-z])|(?<=[ ,;\t\"])[\x80-\xff](?=[a-z])", sample)
    )
    as_mac = sum(count for byte, count in inside.items() if byte < 0xA0)
    as_latin = sum(count for byte, count in inside.items() if byte >= 0xC0)
    # 0x8a, 0x8c, 0x8e, 0x9a, 0x9c, 0x9e and 0x9f are letters in Windows-1252 too, but rare ones.
    if as_mac > as_latin and any(byte not in b"\x8a\x8c\x8e\x9a\x9c\x9e\x9f\x92" for byte in inside if byte < 0xA0):
        return "mac_roman"
    return "cp1252" if any(0x80 <= byte < 0xA0 for byte in high) else "latin-1"


def _looks_binary(sample: bytes, text: str) -> bool:
    if sample.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"SQLite format 3")):
        return True
    odd = sum(1 for letter in text[:4096] if letter < " " and letter not in "\t\r\n\0\x0b\x0c\x1a")
    return odd > len(text[:4096]) // 20


def quote_of(text: str) -> str:
    """Find the quotation mark: the single one where half of the lines have an address in a pair of it."""
    lines = [line for line in text.splitlines()[:400] if "@" in line]
    single = sum(1 for line in lines if _IN_SINGLE_QUOTES.search(line))
    return "'" if single and single * 2 >= len(lines) else '"'


def delimiter_of(text: str, quote: str = '"') -> str:
    """Find the delimiter that cuts the sample into the most even rows of more than one field."""
    lines = list(_complete_lines(text))[:400]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        score = _evenness(lines, delimiter, quote)
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def _complete_lines(text: str) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    if len(lines) > 20:
        lines.pop()  # the sample may have cut it
    return iter(lines)


def _evenness(lines: list[str], delimiter: str, quote: str) -> float:
    """Score: the share of rows with the commonest width above one, and a little for width and addresses alone."""
    try:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows)
    if not rows:
        return 0.0
    width, count = max(((w, c) for w, c in widths.items() if w > 1), key=lambda wc: (wc[1], wc[0]), default=(1, 0))
    if width == 1:
        return 0.0
    header = 0.25 if len(rows[0]) == width else 0.0
    cells = [cell.strip() for row in rows[:100] for cell in row]
    addresses = sum(1 for cell in cells if _AT.fullmatch(cell)) / len(rows[:100])
    glued = sum(1 for cell in cells if "@" in cell and any(other in cell for other in DELIMITERS)) / len(rows[:100])
    return count / len(rows) + header + min(addresses, 1.0) / 2 - min(glued, 1.0) + min(width, 20) / 1000
