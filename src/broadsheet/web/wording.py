"""The languages of the public pages: chosen by the reader, else by the browser, else the publication's."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TAGS = ("en", "de", "fr", "es", "pt", "it", "pl", "uk", "ar", "ja")
_RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True)
class PageLanguage:
    """A language of the pages: its tag, its direction and its words."""

    tag: str
    direction: str
    words: Mapping[str, str]

    def say(self, name: str, **places: str) -> str:
        """Give a sentence with its places filled."""
        return self.words[name].format(**places)

    @property
    def consent_version(self) -> str:
        """Name the wording of the sentence that a person agrees to, so that the proof says which it was."""
        digest = hashlib.blake2b(self.words["join_consent"].encode(), digest_size=4).hexdigest()
        return f"{self.tag}-{digest}"


@cache
def page_language(tag: str) -> PageLanguage:
    """Read a language of TAGS."""
    text = (files("broadsheet.web.words") / f"{tag}.toml").read_text(encoding="utf-8")
    return PageLanguage(tag, "rtl" if tag in _RIGHT_TO_LEFT else "ltr", tomllib.loads(text))


def best_language(wishes: Iterable[str]) -> PageLanguage:
    """Take the first wish that can be met: "de-AT" is met by German. English where none can."""
    for wish in wishes:
        base = wish.strip().replace("_", "-").partition("-")[0].lower()
        if base in TAGS:
            return page_language(base)
    return page_language("en")


def accepted(header: str) -> list[str]:
    """Read Accept-Language (RFC 9110, 12.5.4), the most wanted first."""
    wishes: list[tuple[float, str]] = []
    for part in header[:400].split(","):
        tag, _, rest = part.strip().partition(";")
        weight = 1.0
        if rest.strip().startswith("q="):
            try:
                weight = float(rest.strip()[2:])
            except ValueError:
                weight = 0.0
        if tag and weight > 0:
            wishes.append((-weight, tag))
    return [tag for _, tag in sorted(wishes, key=lambda wish: wish[0])]


def names_of_languages() -> list[tuple[str, str]]:
    """List the languages by tag, each in its own name."""
    return [(tag, page_language(tag).words["name"]) for tag in TAGS]
