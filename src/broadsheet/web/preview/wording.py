"""The languages of the editors' page: the browser's where it is one of them, else the publication's, else English."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from broadsheet.render.language import language
from broadsheet.web.wording import PageLanguage

TAGS = ("en", "de", "fr", "es", "pt", "it", "pl", "uk", "ar", "ja")
SAID_BY_SCRIPT = (
    "no_spot", "no_place", "meanwhile", "not_reached", "server_ended", "session_over", "pixels_wide", "shown_at",
    "copy_by_hand",
)  # fmt: skip
_RIGHT_TO_LEFT = frozenset({"ar"})
# Between whole and part, and between thousands (Unicode CLDR 46; Portuguese as in Portugal, Arabic with the page's
# Western digits). Spanish, Portuguese and Polish leave four digits together.
_SIGNS = {
    "en": (".", ","), "de": (",", "."), "fr": (",", "\u202f"), "es": (",", "."), "pt": (",", "\xa0"), "it": (",", "."),
    "pl": (",", "\xa0"), "uk": (",", "\xa0"), "ar": (".", ","), "ja": (".", ","),
}  # fmt: skip
_LEAVE_FOUR = frozenset({"es", "pt", "pl"})


@cache
def language_called(tag: str) -> PageLanguage:
    """Read a language of TAGS."""
    text = (files("broadsheet.web.preview.words") / f"{tag}.toml").read_text(encoding="utf-8")
    return PageLanguage(tag, "rtl" if tag in _RIGHT_TO_LEFT else "ltr", tomllib.loads(text))


def language_for(wishes: Iterable[str]) -> PageLanguage:
    """Take the first wish that can be met: "de-AT" is met by German. English where none can."""
    for wish in wishes:
        base = wish.strip().replace("_", "-").partition("-")[0].lower()
        if base in TAGS:
            return language_called(base)
    return language_called("en")


def spoken_date(tag: str, day: date) -> str:
    """Write a date with its weekday, as digests in that language do."""
    return language(tag).full_date(day)


def spoken_number(tag: str, value: float, places: int = 0) -> str:
    """Write a number with so many places after the decimal sign, as that language of TAGS does."""
    decimal, thousands = _SIGNS[tag]
    if tag in _LEAVE_FOUR and abs(value) < 10_000:
        thousands = ""
    whole, _, part = f"{value:,.{places}f}".partition(".")
    return whole.replace(",", thousands) + (decimal + part if part else "")


def words_for_script(spoken: PageLanguage) -> str:
    """Give the words that the page's script says by itself, as JSON."""
    return json.dumps({name: spoken.words[name] for name in SAID_BY_SCRIPT}, ensure_ascii=False)


def clock_time(at: datetime, today: date) -> str:
    """Write a local time by the clock, with its day where that is not today's, in ISO 8601's order."""
    return f"{at:%H:%M}" if at.date() == today else f"{at:%m-%d %H:%M}"
