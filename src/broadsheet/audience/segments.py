"""Segments: a small, safe language that says which readers are meant.

    country == "DE" and joined < 2026-01-01
    "Politics" in sections or not language in ["en", "fr"]
    city contains "ham" and orders >= 3 and vip

Names are a reader's attributes, and ``email``, ``domain``, ``first_name``, ``last_name``, ``language``, ``timezone``,
``joined`` (a date) and ``sections`` (a list). Text is compared without regard to case; a number or a date is compared
with what the attribute reads as. A reader who has no such value matches nothing but ``!=``. A bare name asks whether
there is a value that does not say no. Nothing is evaluated as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from broadsheet.audience.states import FALSE
from broadsheet.errors import AudienceError
from broadsheet.model import Recipient

Value = str | float | date
Predicate = Callable[[Recipient], bool]
LOOKS_LIKE = """A segment looks like: country == "DE" and joined < 2026-01-01"""
LONGEST, DEEPEST = 2000, 40

BUILT_IN: dict[str, Callable[[Recipient], str | date | tuple[str, ...] | None]] = {
    "email": lambda reader: reader.email,
    "domain": lambda reader: reader.email.rpartition("@")[2],
    "first_name": lambda reader: reader.first_name,
    "last_name": lambda reader: reader.last_name,
    "language": lambda reader: reader.language,
    "timezone": lambda reader: reader.timezone,
    "joined": lambda reader: reader.joined_on,
    "sections": lambda reader: reader.sections,
}
_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2})|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<op>==|!=|<=|>=|<|>)|(?P<mark>[()\[\],])|(?P<word>[^\W\d]\w*))"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that was read: its text with one space between words, what it asks for by name, and the question."""

    text: str
    names: frozenset[str]
    matches: Predicate


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse_segment(text: str) -> Segment:
    """Read a segment. Raises AudienceError that says where it cannot be understood and what was expected there."""
    if len(text) > LONGEST:
        raise AudienceError(f"a segment has at most {LONGEST} characters")
    reader = _Reader(text)
    matches = reader.either(0)
    if reader.here is not None:
        raise reader.fault("`and`, `or` or the end")
    return Segment(reader.text, frozenset(reader.names), matches)


class _Reader:
    """Recursive descent: either > both > one > comparison."""

    def __init__(self, text: str) -> None:
        self.names = set[str]()
        self._tokens = _tokens(text)
        self._next = 0

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self._tokens)

    @property
    def here(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def fault(self, expected: str) -> AudienceError:
        here = self.here
        place = f"at character {here.at + 1}, {here.text!r}" if here else "at its end"
        return AudienceError(
            f"the segment cannot be understood {place}: expected {expected}",
            advice=LOOKS_LIKE,
        )

    def take(self, *texts: str) -> bool:
        here = self.here
        if here is not None and here.kind != "text" and here.text in texts:
            self._next += 1
            return True
        return False

    def either(self, depth: int) -> Predicate:
        parts = [self.both(depth)]
        while self.take("or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else lambda reader: any(part(reader) for part in parts)

    def both(self, depth: int) -> Predicate:
        parts = [self.one(depth)]
        while self.take("and"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else lambda reader: all(part(reader) for part in parts)

    def one(self, depth: int) -> Predicate:
        if depth > DEEPEST:
            raise AudienceError("the segment is nested too deeply")
        if self.take("not"):
            inner = self.one(depth + 1)
            return lambda reader: not inner(reader)
        if self.take("("):
            inner = self.either(depth + 1)
            if not self.take(")"):
                raise self.fault("`)`")
            return inner
        return self.comparison()

    def comparison(self) -> Predicate:
        here = self.here
        if here is None:
            raise self.fault("a name")
        if here.kind in ("text", "number"):
            value = self.value()
            if not self.take("in"):
                raise self.fault("`in` after a value")
            name = self.name()
            return lambda reader: _has(_fact(reader, name), value)
        name = self.name()
        if self.take("contains"):
            value = self.value()
            return lambda reader: _contains(_fact(reader, name), str(value))
        if self.take("in"):
            values = self.values()
            return lambda reader: any(_compare(_fact(reader, name), "==", value) for value in values)
        here = self.here
        if here is not None and here.kind == "op":
            self._next += 1
            value, sign = self.value(), here.text
            return lambda reader: _compare(_fact(reader, name), sign, value)
        return lambda reader: _says_something(_fact(reader, name))

    def name(self) -> str:
        here = self.here
        if here is None or here.kind != "word" or here.text in ("and", "or", "not", "in", "contains"):
            raise self.fault("the name of an attribute")
        self._next += 1
        name = here.text.casefold()
        self.names.add(name)
        return name

    def value(self) -> Value:
        here = self.here
        if here is None or here.kind not in ("text", "number", "date", "word"):
            raise self.fault('a value: "text", a number or a date such as 2026-01-01')
        self._next += 1
        if here.kind == "number":
            return float(here.text)
        if here.kind == "date":
            try:
                return date.fromisoformat(here.text)
            except ValueError:
                self._next -= 1
                raise self.fault("a date that exists") from None
        if here.kind == "word" and here.text not in ("true", "false", "yes", "no"):
            self._next -= 1
            raise self.fault(f'a value; text stands in quotation marks: "{here.text}"')
        return re.sub(r"\\(.)", r"\1", here.text[1:-1]) if here.kind == "text" else here.text

    def values(self) -> list[Value]:
        if not self.take("["):
            raise self.fault("`[`")
        values = [self.value()]
        while self.take(","):
            values.append(self.value())
        if not self.take("]"):
            raise self.fault("`,` or `]`")
        return values


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise AudienceError(
                f"the segment cannot be understood at character {start + 1}: {text[start : start + 10]!r}",
                advice=LOOKS_LIKE,
            )
        tokens.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        at = match.end()
    return tokens


def _fact(reader: Recipient, name: str) -> str | date | tuple[str, ...] | None:
    built_in = BUILT_IN.get(name)
    return built_in(reader) if built_in else reader.attributes.get(name)


def _compare(fact: str | date | tuple[str, ...] | None, sign: str, value: Value) -> bool:
    if isinstance(fact, tuple):
        return _has(fact, value) is (sign == "==") if sign in ("==", "!=") else False
    left = _same_kind(fact, value)
    if left is None:
        return sign == "!="
    right: Value = value.casefold() if isinstance(value, str) else value
    if sign == "==":
        return left == right
    if sign == "!=":
        return left != right
    return _ORDER[sign](left, right)


_ORDER: dict[str, Callable[[Value, Value], bool]] = {
    "<": lambda left, right: left < right,  # type: ignore[operator]  # _same_kind made them one kind
    "<=": lambda left, right: left <= right,  # type: ignore[operator]  # as above
    ">": lambda left, right: left > right,  # type: ignore[operator]  # as above
    ">=": lambda left, right: left >= right,  # type: ignore[operator]  # as above
}


def _same_kind(fact: str | date | None, value: Value) -> Value | None:
    """Read a fact as what it is compared with; None where it is nothing of the kind."""
    if fact is None or fact == "":
        return None
    if isinstance(value, date):
        if isinstance(fact, date):
            return fact
        try:
            return date.fromisoformat(fact[:10])
        except ValueError:
            return None
    text = fact.isoformat() if isinstance(fact, date) else fact
    if isinstance(value, float):
        try:
            return float(text)
        except ValueError:
            return None
    return text.casefold()


def _has(fact: str | date | tuple[str, ...] | None, value: Value) -> bool:
    """Tell whether a list holds a value. A text is a list by its commas, as platforms write tags."""
    wanted = str(value).casefold()
    if isinstance(fact, tuple):
        return any(one.casefold() == wanted for one in fact)
    if isinstance(fact, str):
        return any(one.strip().strip('"').casefold() == wanted for one in re.split(r"[,;|]", fact))
    return False


def _contains(fact: str | date | tuple[str, ...] | None, value: str) -> bool:
    if isinstance(fact, tuple):
        return _has(fact, value)
    return isinstance(fact, str) and value.casefold() in fact.casefold()


def _says_something(fact: str | date | tuple[str, ...] | None) -> bool:
    if isinstance(fact, str):
        return bool(fact) and fact.casefold() not in FALSE
    return bool(fact)
