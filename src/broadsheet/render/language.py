"""The words of the frame ("Unsubscribe", "Also reported by"), dates and lists in the publication's language.

Ten languages are built in, dates included, so that a rendering is the same with and without Babel. For any other
language Babel (the extra `i18n`) writes the dates, and the publication's `words` table gives the words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from broadsheet.errors import ConfigError

BUILT_IN = ("ar", "de", "en", "es", "fr", "it", "ja", "pl", "pt", "uk")
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku-arab", "ps", "sd", "syr", "ug", "ur", "yi"))


@dataclass(frozen=True)
class Language:
    """A language as a rendering needs it. `tag` is BCP 47's; `missing` names words that were taken from English."""

    tag: str
    direction: str
    words: Mapping[str, str]
    comma: str
    last: str
    dates: Mapping[str, Any]
    missing: tuple[str, ...] = ()

    def join(self, names: Sequence[str]) -> str:
        """Write a list as a sentence does: "A, B and C"."""
        if len(names) < 2:
            return "".join(names)
        return self.last.format(first=self.comma.join(names[:-1]), last=names[-1])

    def full_date(self, day: date) -> str:
        """Write a date with its weekday."""
        if not self.dates:
            return _by_babel(self.tag, day)
        region = self.tag.partition("-")[2].upper()
        pattern: str = self.dates.get("in", {}).get(region, self.dates["full"])
        return pattern.format(
            weekday=self.dates["weekdays"][day.weekday()],
            day=day.day,
            month=self.dates["months"][day.month - 1],
            year=day.year,
        )


def language(tag: str, words: Mapping[str, str] | None = None) -> Language:
    """Find a language by its tag ("de", "en-GB"), with a publication's own words over the built-in ones.

    Raises ConfigError for a tag that is none, an unknown word, and a language that is neither built in nor Babel's.
    """
    tag = tag.replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        raise ConfigError(f"{tag!r} is no language", key="language", advice="Write a tag such as `en` or `pt-BR`.")
    english, base = _catalogue("en"), tag.partition("-")[0].lower()
    known = _catalogue(base) if base in BUILT_IN else None
    own = dict(words or {})
    if unknown := sorted(set(own) - set(english["words"])):
        raise ConfigError(
            f"no word is called {unknown[0]!r}", key="words", advice=f"Known ones: {', '.join(english['words'])}."
        )
    for name, text in own.items():
        if _places(text) - _places(english["words"][name]):
            raise ConfigError(
                f"{text!r} names a place that does not exist here", key=f"words.{name}",
                advice=f"The English one reads: {english['words'][name]}",
            )  # fmt: skip
    missing: tuple[str, ...] = ()
    if known is None:
        _by_babel(tag, date(2000, 1, 1))
        missing = tuple(name for name in english["words"] if name not in own)
    catalogue = known or english
    return Language(
        tag=tag,
        direction="rtl" if base in _RIGHT_TO_LEFT else "ltr",
        words={**english["words"], **catalogue["words"], **own},
        comma=catalogue["lists"]["comma"],
        last=catalogue["lists"]["last"] if known else "{first}, {last}",
        dates=known["dates"] if known else {},
        missing=missing,
    )


@cache
def _catalogue(base: str) -> dict[str, Any]:
    return tomllib.loads((files("broadsheet.render.words") / f"{base}.toml").read_text("utf-8"))


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{([^}]*)\}", text)) | ({"{"} if text.count("{") != text.count("}") else set())


def _by_babel(tag: str, day: date) -> str:
    try:
        from babel import Locale, UnknownLocaleError
        from babel.dates import format_date
    except ImportError:
        raise ConfigError(
            f"the language {tag!r} is not built in", key="language",
            advice=f"Built in: {', '.join(BUILT_IN)}. For others: pip install 'broadsheet[i18n]'.",
        ) from None  # fmt: skip
    try:
        return format_date(day, "full", Locale.parse(tag, sep="-"))
    except (UnknownLocaleError, ValueError):
        raise ConfigError(
            f"no language is called {tag!r}", key="language", advice="Write a tag such as `nl`."
        ) from None
