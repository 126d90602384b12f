"""Read a list of people from a file: rows that can be imported, and rows that are refused, by line and reason."""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from json.encoder import encode_basestring as quote
from pathlib import Path

from broadsheet.audience.addresses import (
    PLAIN_LENGTH,
    ROLES,
    NotAnAddress,
    is_disposable,
    is_plain_domain,
    is_plain_local,
    is_role,
    parse_address,
)
from broadsheet.audience.columns import Columns, find_columns, is_email_header
from broadsheet.audience.consent_words import NOTHING
from broadsheet.audience.dialect import Dialect, Reader, detect, open_text, rows_of
from broadsheet.audience.file_names import doubtful_word, standing_of_file_name, standing_of_loose_name
from broadsheet.audience.states import FALSE, TRUE, Standing, is_telling, standing_of_word, tidy
from broadsheet.audience.times import read_time
from broadsheet.audience.typos import suggest_domain
from broadsheet.audience.words import bare
from broadsheet.errors import AudienceError

SAMPLE_ROWS = 200
FEW = 10
MARKS = 1 << 23  # two mailboxes share a mark now and then; which were seen is a byte each
APOSTROPHE = "'"

# line, standing, mark, joined ('' if unknown), key, email, first and last name, language, timezone, attributes (JSON);
# the mark is the same for the same key, and its complement (below nought) where an earlier row had it
Row = tuple[int, int, int, str, str, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that was not imported: its line in the file, the column at fault, why, and its cells as they stood."""

    line: int
    column: str
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(slots=True)
class Notes:
    """What a person should look at in a list that was read: counted, with the first few by line."""

    role: int = 0
    disposable: int = 0
    surplus: int = 0
    typos: int = 0
    few_typos: list[tuple[int, str, str]] = field(default_factory=list)
    unknown_words: Counter[str] = field(default_factory=Counter)


class SubscriberFile:
    """A list in a file, with everything about its form found out. Read it as often as you like.

    `everybody` says where all its people stand at best, instead of what the file's name says; `hint` is what holds.
    Raises AudienceError when the file cannot be read, is no text, no column holds addresses, or only its name speaks of
    consent and can be read in two ways.
    """

    def __init__(self, path: Path, everybody: Standing | None = None) -> None:
        self.path = path
        self.dialect: Dialect = detect(path)
        with open_text(path, self.dialect.encoding) as handle:
            reader = rows_of(handle, self.dialect)
            try:
                sample = [(reader.line_num, row) for row in itertools.islice(reader, SAMPLE_ROWS)]
            except csv.Error as error:
                raise self._broken(error, reader) from None
        columns = find_columns(sample)
        if columns is None:
            raise AudienceError(
                "no column holds e-mail addresses",
                file=str(path),
                advice="Expected a header such as `email,first name,last name`, or a column of addresses.",
            )
        self.columns: Columns = columns
        self.hint: Standing | None = everybody
        if everybody is None:
            self.hint = self._said_by_name()
        self.rows_read = 0
        self.notes = Notes()

    def _said_by_name(self) -> Standing | None:
        """Read the file's name. Where nothing else speaks of consent a doubtful word in it is a question."""
        stem = self.path.stem
        said = standing_of_file_name(stem)
        if said is not None or self.columns.consent:
            return said
        said = standing_of_loose_name(stem)
        if said is None and (word := doubtful_word(stem)):
            raise AudienceError(
                f"the name says {word!r}, and no column says who may be written to",
                file=str(self.path),
                advice="Say what these people are: `--as unsubscribed` if they left, `--as active` if they did not.",
            )
        return said

    def rows(self, refuse: Callable[[Refusal], None]) -> Iterator[Row]:
        """Yield the rows that hold an address; hand the others to `refuse`. Memory stays flat."""
        self.rows_read, self.notes = 0, Notes()
        with open_text(self.path, self.dialect.encoding) as handle:
            reader = rows_of(handle, self.dialect)
            try:
                yield from self._rows(reader, refuse)
            except csv.Error as error:
                raise self._broken(error, reader) from None
            except OSError as error:
                raise AudienceError(f"cannot be read: {error.strerror}", file=str(self.path)) from None

    def not_imported(self, left_out: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Read again, and yield line, reason and cells of every row that is refused or was left out.

        `left_out` gives line and reason, by line.
        """
        waiting = next(left_out, None)
        with open_text(self.path, self.dialect.encoding) as handle:
            reader = rows_of(handle, self.dialect)
            end = 0
            for cells in reader:
                line, end = end + 1, reader.line_num
                if end <= self.columns.header_line or not any(cells):
                    continue
                while waiting is not None and waiting[0] < line:
                    waiting = next(left_out, None)
                reason = waiting[1] if waiting is not None and waiting[0] == line else None
                if reason is None and self.columns.email < len(cells):
                    try:
                        parse_address(cells[self.columns.email])
                    except NotAnAddress as fault:
                        reason = str(fault)
                elif reason is None:
                    reason = "it is empty"
                if reason is not None:
                    yield line, reason, tuple(cells)

    def _rows(self, reader: Reader, refuse: Callable[[Refusal], None]) -> Iterator[Row]:
        columns = self.columns
        width, email_at = len(columns.header), columns.email
        first_at, last_at, whole_at = columns.first_name, columns.last_name, columns.name
        language_at, timezone_at = columns.language, columns.timezone
        joined_at = columns.joined[0] if columns.joined else -1
        attributes = [(f"{quote(name)}:", at) for name, at in columns.attributes]
        undated = f"{quote(tidy(columns.header[joined_at]))}:" if columns.joined else ""
        says_more = bool(columns.consent)
        documents = [(at, tidy(columns.header[at])) for at in columns.documents]
        named = {name for name, _ in columns.attributes}
        base = (self.hint or Standing.ACTIVE).value
        header_line, end = columns.header_line, columns.header_line
        seen = bytearray(MARKS)
        for cells in reader:
            line, end = end + 1, reader.line_num
            if end <= header_line:
                end = header_line
                continue
            if not any(cells):
                continue
            if end > line:
                self._refuse_open_quote(cells, line)
            if len(cells) < width:
                cells += [""] * (width - len(cells))
            shifted = len(cells) > width and any(cells[width:])
            if shifted:
                self.notes.surplus += 1
            self.rows_read += 1
            written = cells[email_at]
            local, _, domain = written.rpartition("@")
            plain, oddity = _judged(domain)
            if plain and len(written) <= PLAIN_LENGTH and is_plain_local(local):
                key = email = written
            else:
                try:
                    address = parse_address(written)
                except NotAnAddress as fault:
                    reason = f"{shown(written)}: {fault}"
                    if is_email_header(written):
                        reason = self._second_header(cells, line)
                    refuse(Refusal(line=line, column=columns.email_name, reason=reason, cells=tuple(cells)))
                    continue
                key, email = address.key, address.email
                local, _, domain = key.rpartition("@")
                _, oddity = _judged(domain)
            first = cells[first_at].strip() if first_at >= 0 else ""
            last = cells[last_at].strip() if last_at >= 0 else ""
            if whole_at >= 0 and not first and not last:
                first, last = _cut(cells[whole_at])
            both = first + last
            if APOSTROPHE in both:
                first, last = bare(first), bare(last)
            if not both.isprintable():
                first, last = _printable(first), _printable(last)
            joined = read_time(cells[joined_at]) if joined_at >= 0 and cells[joined_at] else ""
            kept = []
            for name, at in attributes:
                if value := cells[at].strip():
                    kept.append(name + quote(value if value[0] != APOSTROPHE else bare(value)))
            for at, name in documents:
                if cells[at]:
                    kept += _opened(cells[at], name, named)
            if not joined and columns.joined:
                joined = self._joined(cells)
                if value := cells[joined_at].strip():  # a date that nobody can tell is kept as it stands
                    kept.append(f"{undated}{quote(value)}")
            standing = max(base, self._standing(cells).value) if says_more else base
            if shifted:
                standing = max(standing, _restriction_anywhere(cells, email_at).value)
            mark = hash(key) % MARKS
            if seen[mark]:
                mark = ~mark
            else:
                seen[mark] = 1
            yield (
                line,
                standing,
                mark,
                joined,
                key,
                email,
                first,
                last,
                cells[language_at].strip() if language_at >= 0 else "",
                cells[timezone_at].strip() if timezone_at >= 0 else "",
                f"{{{','.join(kept)}}}",
            )
            if local in ROLES or ("+" in local and is_role(key)):
                self.notes.role += 1
            if oddity:
                disposable, meant = oddity
                self.notes.disposable += disposable
                if meant:
                    self._note_typo(email, meant, line)

    def _standing(self, cells: list[str]) -> Standing:
        """Take the most restrictive of what the columns say. A status nobody taught us is not a consent: pending."""
        consent = self.columns.consent
        standing = Standing.ACTIVE
        for at in consent.status:
            word = cells[at]
            if word:
                found = standing_of_word(word)
                if found is None:
                    if word.strip():
                        self.notes.unknown_words[word.strip()[:40]] += 1
                        found = Standing.PENDING
                    else:
                        continue
                if found > standing:
                    standing = found
        for places, meaning in (
            (consent.left, Standing.UNSUBSCRIBED),
            (consent.bounced, Standing.BOUNCED),
            (consent.complained, Standing.COMPLAINED),
        ):
            for at in places:
                if cells[at]:
                    standing = max(standing, _event(cells[at], meaning))
        for places, meaning in ((consent.welcome, Standing.UNSUBSCRIBED), (consent.asked, Standing.PENDING)):
            for at in places:
                if cells[at] and meaning > standing and cells[at].strip().casefold() in FALSE:
                    standing = meaning
        for at in consent.ticked:
            if standing is Standing.ACTIVE and not cells[at].strip():
                standing = Standing.PENDING
        return standing

    def _second_header(self, cells: list[str], line: int) -> str:
        """Say that a header stands among the people. Another header would give the cells another meaning: stop."""
        if [cell.strip() for cell in cells[: len(self.columns.header)]] == list(self.columns.header):
            return "the header again"
        raise AudienceError(
            "another header stands here: these are two lists in one file",
            file=str(self.path),
            row=line,
            advice="Save what begins here as a file of its own, and import both. Nothing was changed.",
        )

    def _joined(self, cells: list[str]) -> str:
        for at in self.columns.joined:
            if cells[at] and (found := read_time(cells[at])):
                return found
        return ""

    def _note_typo(self, email: str, meant: str, line: int) -> None:
        self.notes.typos += 1
        if len(self.notes.few_typos) < FEW:
            self.notes.few_typos.append((line, email, f"{email.rpartition('@')[0]}@{meant}"))

    def _refuse_open_quote(self, cells: list[str], line: int) -> None:
        """Stop at a quotation mark that was opened and never closed: it would swallow people."""
        delimiter, width = self.dialect.delimiter, len(self.columns.header)
        for cell in cells:
            if "\n" not in cell and "\r" not in cell:
                continue
            for inner in cell.splitlines()[1:]:
                if "@" in inner and inner.count(delimiter) >= max(width - 1, 1):
                    raise AudienceError(
                        "a quotation mark opens here and swallows the lines that follow",
                        file=str(self.path),
                        row=line,
                        advice="Close it, or write it twice, and import again. Nothing was changed.",
                    )

    def _broken(self, error: csv.Error, reader: Reader) -> AudienceError:
        return AudienceError(f"cannot be read as CSV: {error}", file=str(self.path), row=reader.line_num)


@lru_cache(maxsize=8192)
def _judged(domain: str) -> tuple[bool, tuple[bool, str] | None]:
    """Tell whether a domain is a plain one in lower case, and what is odd about it: None for nearly all.

    Odd is a throw-away one, and one that was probably meant to be another.
    """
    disposable, meant = is_disposable(domain), suggest_domain(domain) or ""
    return is_plain_domain(domain) is not None, (disposable, meant) if disposable or meant else None


def _cut(name: str) -> tuple[str, str]:
    """Cut a whole name into given and family name. Of longer ones nobody knows where the family's begins."""
    first = " ".join(name.split())
    if first.count(" ") != 1:
        return first, ""
    given, family = first.split(" ")
    return given, family


@lru_cache(maxsize=4096)
def _event(text: str, meaning: Standing) -> Standing:
    """Read a flag, the time of an event, or its reason, which may say something worse: `HardBounce`.

    Nothing happened where it says no, 0, never, nothing, a time of all zeroes, or that the person is subscribed.
    """
    word = text.strip().casefold()
    if not word or word in FALSE or tidy(word) in NOTHING | FALSE or not re.search(r"[^\W0]", word):
        return Standing.ACTIVE
    if word in TRUE:
        return meaning
    found = standing_of_word(text)
    if found is Standing.ACTIVE and is_telling(text):
        return Standing.ACTIVE
    return max(meaning, found or meaning)


def _restriction_anywhere(cells: list[str], email: int) -> Standing:
    """Look in every cell of a row that has too many: a stray delimiter may have moved what speaks of consent."""
    said = [standing_of_word(cell) for at, cell in enumerate(cells) if at != email and is_telling(cell)]
    return max((standing for standing in said if standing is not None), default=Standing.ACTIVE)


def _opened(text: str, name: str, taken: set[str]) -> list[str]:
    """Make attributes of a JSON object, each as `"name":"value"`; what is none stays as it stands."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return [f"{quote(name)}:{quote(text.strip())}"]
    kept: dict[str, str] = {}
    for key, value in found.items():
        label = tidy(str(key))
        if label and value not in (None, "", [], {}):
            kept[f"{name}_{label}" if label in taken else label] = _as_text(value)
    return [f"{quote(label)}:{quote(value)}" for label, value in kept.items()]


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return _printable(value)
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(_as_text(one) for one in value)
    return json.dumps(value, ensure_ascii=False)


def _printable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def shown(text: str) -> str:
    """Write a cell into a sentence: short, and nothing in it that steers a terminal."""
    text = _printable(text)
    return f"{text[:60]!r}" if len(text) <= 60 else f"{text[:57]!r}..."


__all__ = ["Notes", "Refusal", "Row", "SubscriberFile", "shown"]
