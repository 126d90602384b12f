"""The words of the frame ("Unsubscribe", "Also reported by"), dates and lists in the publication's language.

Ten languages are built in as gettext catalogues, dates included, so that a rendering is the same with and without
Babel. A project adds languages, or says any word its own way, by catalogues in its folder `locale/` and by the
publication's `words`. Dates of a language that no catalogue has are Babel's (the extra `i18n`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from broadsheet.errors import ConfigError
from broadsheet.render.catalogues import Catalogue, Key, read_catalogue, read_template

BUILT_IN = ("ar", "de", "en", "es", "fr", "it", "ja", "pl", "pt", "uk")
NOT_WORDS = frozenset(("list", "date", "month", "weekday"))
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku-arab", "ps", "sd", "syr", "ug", "ur", "yi"))
_UPRIGHT = _RIGHT_TO_LEFT | frozenset(("am", "bn", "hi", "ja", "ka", "km", "ko", "ta", "th", "yue", "zh"))
_COMMA, _LAST = ("list", ", "), ("list", "{first} and {last}")
_DATE = ("date", "{weekday}, {month} {day}, {year}")


@dataclass(frozen=True, eq=False)
class Language:
    """A language as a rendering needs it. `tag` is BCP 47's; `missing` names words that were taken from English."""

    tag: str
    direction: str
    forms: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]
    comma: str
    last: str
    date_pattern: str
    months: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def has_italics(self) -> bool:
        """Tell whether the script of the language slants: a browser would only tilt others."""
        return self.tag.partition("-")[0].lower() not in _UPRIGHT

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Give the words as templates see them, those that go with a number in the form for many."""
        return {name: forms[-1] for name, forms in self.forms.items()}

    @cached_property
    def calendar(self) -> frozenset[str]:
        """Give the names of months and weekdays, in small letters."""
        return frozenset(name.casefold() for name in (*self.months, *self.weekdays))

    def say(self, name: str, count: int = 1, **places: str) -> str:
        """Give a word in the form that a number takes, with its places filled; `{count}` is the number."""
        forms = self.forms[name]
        return forms[min(self.plural(count), len(forms) - 1)].format(count=count, **places)

    def join(self, names: Sequence[str]) -> str:
        """Write a list as a sentence does: "A, B and C"."""
        if len(names) < 2:
            return "".join(names)
        return self.last.format(first=self.comma.join(names[:-1]), last=names[-1])

    def full_date(self, day: date) -> str:
        """Write a date with its weekday."""
        if not self.months:
            return _by_babel(self.tag, day)
        return self.date_pattern.format(
            weekday=self.weekdays[day.weekday()], day=day.day, month=self.months[day.month - 1], year=day.year
        )


def language(tag: str, words: Mapping[str, str] | None = None, folder: Path | None = None) -> Language:
    """Find a language by its tag ("de", "en-GB"): `words` goes before the catalogues of `folder`, those before ours.

    Raises ConfigError for a tag that is none, an unknown word, a catalogue that cannot be read, and a language that is
    neither in a catalogue nor Babel's.
    """
    tag = tag.replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        raise ConfigError(f"{tag!r} is no language", key="language", advice="Write a tag such as `en` or `pt-BR`.")
    return _language(tag, tuple((words or {}).items()), _catalogues(tag, folder))


@lru_cache(maxsize=32)
def _language(tag: str, words: tuple[tuple[str, str], ...], catalogues: tuple[Catalogue, ...]) -> Language:
    english, base = _english(), tag.partition("-")[0].lower()
    own = _own_words(dict(words), english)
    found: dict[Key, tuple[str, ...]] = dict(english) if base == "en" else {}
    plural: Callable[[int], int] = _one_or_many
    for catalogue in catalogues:
        found |= catalogue.messages
        plural = catalogue.plural or plural
    known = {key[0]: forms for key, forms in found.items() if key[0] not in NOT_WORDS}
    months, weekdays = _translated(found, "month"), _translated(found, "weekday")
    has_dates = all((*months, *weekdays)) and _DATE in found
    if not has_dates:
        _by_babel(tag, date(2000, 1, 1))
    names = {key[0]: forms for key, forms in english.items() if key[0] not in NOT_WORDS}
    return Language(
        tag=tag,
        direction="rtl" if base in _RIGHT_TO_LEFT else "ltr",
        forms={**names, **known, **own},
        plural=plural,
        comma=found.get(_COMMA, (", ",))[0],
        last=found.get(_LAST, ("{first}, {last}",))[0],
        date_pattern=found[_DATE][0] if has_dates else "",
        months=months if has_dates else (),
        weekdays=weekdays if has_dates else (),
        missing=tuple(name for name in names if name not in known and name not in own),
    )


def _own_words(words: Mapping[str, str], english: Mapping[Key, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    originals = {key[0]: forms for key, forms in english.items() if key[0] not in NOT_WORDS}
    if unknown := sorted(set(words) - set(originals)):
        raise ConfigError(
            f"no word is called {unknown[0]!r}", key="words", advice=f"Known ones: {', '.join(originals)}."
        )
    for name, text in words.items():
        _check_places(text, originals[name], key=f"words.{name}")
    return {name: (text,) for name, text in words.items()}


def _check_places(text: str, originals: tuple[str, ...], *, key: str, file: str = "") -> None:
    allowed = set().union(*(_places(original) for original in originals))
    if _places(text) - allowed:
        raise ConfigError(
            f"{text!r} names a place that does not exist here", key=key, file=file,
            advice=f"The English one reads: {originals[-1]}",
        )  # fmt: skip


def _catalogues(tag: str, folder: Path | None) -> tuple[Catalogue, ...]:
    """Find the catalogues of a tag, the weakest first: ours of "pt", ours of "pt_BR", then the project's two."""
    steps = tag.split("-")
    steps = [steps[0].lower(), *(step.title() if len(step) == 4 else step.upper() for step in steps[1:])]
    names = ["_".join(steps[:length]) for length in range(1, len(steps) + 1)]
    ours = tuple(catalogue for name in names if (catalogue := _shipped(name)))
    if folder is None or not folder.is_dir():
        return ours
    paths = [folder / name / "LC_MESSAGES" / "broadsheet.po" for name in names]
    return ours + tuple(_project(path, path.stat().st_mtime_ns) for path in paths if path.is_file())


def _locale() -> Traversable:
    return files("broadsheet.render") / "locale"


@cache
def _english() -> Mapping[Key, tuple[str, ...]]:
    return read_template((_locale() / "broadsheet.pot").read_text("utf-8"), "broadsheet.pot")


@cache
def _shipped(name: str) -> Catalogue | None:
    file = _locale() / name / "LC_MESSAGES" / "broadsheet.po"
    return read_catalogue(file.read_text("utf-8"), f"{name}/broadsheet.po") if file.is_file() else None


@lru_cache(maxsize=32)
def _project(path: Path, changed_at: int) -> Catalogue:
    try:
        catalogue = read_catalogue(path.read_text("utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file=str(path)) from None
    english = _english()
    for key, forms in catalogue.messages.items():
        if key not in english:
            raise ConfigError(
                f"no message reads {key[1]!r} with the context {key[0]!r}", file=str(path),
                advice="Take contexts and English texts from broadsheet.pot.",
            )  # fmt: skip
        for form in forms:
            _check_places(form, english[key], key=key[0], file=str(path))
    return catalogue


def _translated(found: Mapping[Key, tuple[str, ...]], context: str) -> tuple[str, ...]:
    return tuple(found.get(key, ("",))[0] for key in _english() if key[0] == context)


def _one_or_many(count: int) -> int:
    return int(count != 1)


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{([^}]*)\}", text)) | ({"{"} if text.count("{") != text.count("}") else set())


def _by_babel(tag: str, day: date) -> str:
    try:
        from babel import Locale, UnknownLocaleError
        from babel.dates import format_date
    except ImportError:
        raise ConfigError(
            f"the language {tag!r} is not built in", key="language",
            advice=f"Built in: {', '.join(BUILT_IN)}. For others: pip install 'broadsheet[i18n]', or a catalogue with "
            f"dates in locale/{tag.replace('-', '_')}/LC_MESSAGES/broadsheet.po.",
        ) from None  # fmt: skip
    try:
        return format_date(day, "full", Locale.parse(tag, sep="-"))
    except (UnknownLocaleError, ValueError):
        raise ConfigError(
            f"no language is called {tag!r}", key="language", advice="Write a tag such as `nl`."
        ) from None
