"""gettext catalogues: the words of a language, read from the .po files that translators' tools write.

A message is found by its context, which names the word as templates and broadsheet.toml do, and its English text. The
files are read as they are, so that none has to be compiled; the plural rule is the standard library's gettext's.
Source: GNU gettext manual, "The Format of PO Files".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from gettext import c2py

from broadsheet.errors import ConfigError

_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s+)?"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_RULE = re.compile(r"^Plural-Forms:\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;\n]+)", re.MULTILINE)

Key = tuple[str, str]
"""Context and English text."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The translations of a file: by context and English text, one for each plural form, and which form a number takes.

    `plural` is None where the file states no rule.
    """

    messages: Mapping[Key, tuple[str, ...]]
    plural: Callable[[int], int] | None = None


@dataclass
class _Message:
    line: int
    is_fuzzy: bool = False
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.parts.get("msgctxt", ""), self.parts.get("msgid", "")

    @property
    def forms(self) -> tuple[str, ...]:
        return tuple(self.parts[name] for name in sorted(self.parts) if name.startswith("msgstr"))


def read_catalogue(text: str, file: str) -> Catalogue:
    """Read a .po file. Messages that are fuzzy or not wholly translated are left out.

    Raises ConfigError naming file and line.
    """
    messages = _messages(text, file)
    head = next((message.parts.get("msgstr", "") for message in messages if message.key == ("", "")), "")
    plural, count = None, 0
    if rule := _RULE.search(head):
        try:
            plural, count = c2py(rule[2]), int(rule[1])
        except ValueError as error:
            raise ConfigError(f"Plural-Forms cannot be read: {error}", file=file) from None
    found: dict[Key, tuple[str, ...]] = {}
    for message in messages:
        forms = message.forms
        if "msgid_plural" in message.parts and plural and len(forms) != count:
            raise ConfigError(
                f"{message.key[1]!r} has {len(forms)} forms, and Plural-Forms says {count}",
                file=file,
                line=message.line,
            )
        if message.key != ("", "") and not message.is_fuzzy and all(forms):
            found[message.key] = forms
    return Catalogue(found, plural)


def read_template(text: str, file: str) -> Mapping[Key, tuple[str, ...]]:
    """Read a .pot file: every message with its own English forms."""
    return {
        message.key: tuple(message.parts[name] for name in ("msgid", "msgid_plural") if name in message.parts)
        for message in _messages(text, file)
        if message.key != ("", "")
    }


def _messages(text: str, file: str) -> list[_Message]:
    messages: list[_Message] = []
    fuzzy, place = False, ""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        found = _LINE.fullmatch(line)
        if found is None or not (found[1] or place):
            raise ConfigError(
                f"cannot be read: {line[:60]}", file=file, line=number, advice='Expected msgid "…" or msgstr "…".'
            )
        if found[1]:
            begins = found[1] == "msgctxt" or (found[1] == "msgid" and place != "msgctxt")
            if begins:
                messages.append(_Message(number, fuzzy))
                fuzzy = False
            if not messages:
                raise ConfigError(f"{found[1]} stands before any msgid", file=file, line=number)
            place = found[1] + (found[2] or "")
            messages[-1].parts[place] = ""
        messages[-1].parts[place] += _ESCAPE.sub(_unescape, found[3])
    return messages


def _unescape(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "r": "\r"}.get(found[1], found[1])
