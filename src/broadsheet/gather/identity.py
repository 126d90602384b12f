"""Decide whether a story is one that we know, whose id, address or headline may have changed. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from broadsheet.gather.links import url_key
from broadsheet.model import Story

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that is read or typed wrongly
_ID_LENGTH = 10
_TITLE_WINDOW = timedelta(days=30)
_WORDS = re.compile(r"\w+")
_COMPARED = 3000  # characters of a text that are compared
_LONG_ENOUGH = 12  # words: below this, equal texts prove nothing


@dataclass(frozen=True, slots=True)
class Keys:
    """What a story can be found by, each a 64-bit number; None where it has no such key."""

    guid: int | None
    url: int | None
    title: int | None
    text: int | None

    @property
    def all(self) -> tuple[int, ...]:
        """List the keys that the story has."""
        return tuple(key for key in (self.guid, self.url, self.title, self.text) if key is not None)


def new_id(source: str, name: str) -> str:
    """Make a short id that a person can type, the same for the same name from the same source."""
    number = int.from_bytes(hashlib.sha256(f"{source}\0{name}".encode()).digest()[:8])
    letters = []
    for _ in range(_ID_LENGTH):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(letters)


def keys_of(story: Story) -> Keys:
    """List what a story can be found by."""
    words = words_of((" ".join(story.body) or story.dek)[:_COMPARED])
    url = url_key(story.url)
    return Keys(
        guid=_number("guid", story.source, story.guid) if story.guid else None,
        url=_number("url", url) if url else None,
        title=_number("title", story.source, title_key(story.title)),
        text=_number("text", story.source, " ".join(words)) if len(words) >= _LONG_ENOUGH else None,
    )


def title_key(title: str) -> str:
    """Give what two spellings of one headline have in common: its words, without case, marks and forms of letters."""
    return " ".join(words_of(title)) or title.strip()


def words_of(text: str) -> list[str]:
    """Cut a text into words for comparison."""
    return _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())


def identify(keyed: Sequence[tuple[Story, Keys]], known: Iterable[Story]) -> list[tuple[Story, Keys]]:
    """Give each story the id, and the first-seen time, of the known story that it is; a new one keeps its own.

    Stories come and go with their keys. `known` holds every stored story that shares one. Of two stories of one batch
    that are one, the later only adds its categories. Addresses and ids that stand on different headlines of a batch
    prove nothing.
    """
    index = _Index(known)
    shared = _shared(keyed)
    identified: dict[str, tuple[Story, Keys]] = {}
    for story, keys in keyed:
        if shared:
            keys = replace(
                keys,
                guid=None if keys.guid in shared else keys.guid,
                url=None if keys.url in shared else keys.url,
            )
        twin = index.twin_of(story, keys)
        if twin is None:
            mine, number = story, 0
            while mine.id in index.ids:
                number += 1
                mine = replace(story, id=new_id(story.source, f"{story.guid}\0{story.url}\0{story.title}\0{number}"))
            identified[mine.id] = (mine, keys)
            index.add(mine, keys)
        elif twin.id in identified:
            mine, first_keys = identified[twin.id]
            identified[twin.id] = (replace(mine, categories=_union(mine.categories, story.categories)), first_keys)
        else:
            identified[twin.id] = (_renewed(twin, story), keys)
    return list(identified.values())


class _Index:
    """Stories by their keys."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self.ids: set[str] = set()
        self._by_key: dict[int, list[Story]] = {}
        for story in stories:
            self.add(story, keys_of(story))

    def add(self, story: Story, keys: Keys) -> None:
        self.ids.add(story.id)
        for key in keys.all:
            self._by_key.setdefault(key, []).append(story)

    def twin_of(self, story: Story, keys: Keys) -> Story | None:
        """Find the known story that this one is; the strongest evidence first."""
        tests = ((keys.guid, _same_guid), (keys.url, _same_url), (keys.text, _same_text), (keys.title, _same_title))
        for key, is_same in tests:
            for known in self._by_key.get(key, ()) if key is not None else ():
                if is_same(known, story):
                    return known
        return None


def _same_guid(known: Story, new: Story) -> bool:
    """One id is one story, unless everything else says that the id was used again."""
    if known.url and new.url:
        return url_key(known.url) == url_key(new.url) or _alike(known, new)
    return _alike(known, new) or not (known.guid.startswith("file:") or len(known.guid) < 8)


def _same_url(known: Story, new: Story) -> bool:
    """One address is one story, unless the source gives it a new id, a new headline and a new text: a live page."""
    if known.source != new.source:
        return _alike(known, new)
    return not known.guid or not new.guid or known.guid == new.guid or _alike(known, new)


def _same_text(known: Story, new: Story) -> bool:
    """One long text from one source is one story, if its dates do not speak against it."""
    return not (known.dated and new.dated) or abs(known.published_at - new.published_at) < _TITLE_WINDOW


def _same_title(known: Story, new: Story) -> bool:
    """A headline alone may be generic ("Weather"): the text must agree too, or, where there is none, the very time."""
    mine, yours = _words(known), _words(new)
    if len(mine) >= _LONG_ENOUGH and len(yours) >= _LONG_ENOUGH:
        return _overlap(mine, yours) >= 0.5
    if known.dated and new.dated:
        return known.published_at == new.published_at
    if known.dated or new.dated or (known.url and new.url):
        return False
    return mine == yours


def _alike(known: Story, new: Story) -> bool:
    """Tell whether headline or text are largely the same."""
    if title_key(known.title) == title_key(new.title) or _overlap(words_of(known.title), words_of(new.title)) >= 0.5:
        return True
    mine, yours = _words(known), _words(new)
    return min(len(mine), len(yours)) >= _LONG_ENOUGH and _overlap(mine, yours) >= 0.5


def _words(story: Story) -> list[str]:
    return words_of(f"{story.dek} {' '.join(story.body)}"[:_COMPARED])


def _overlap(mine: list[str], yours: list[str]) -> float:
    one, other = set(mine), set(yours)
    return len(one & other) / max(1, min(len(one), len(other)))


def _renewed(known: Story, new: Story) -> Story:
    """Put what the source says now under the identity we know; what it left out stays as it was.

    Another source's telling of the same address only adds categories.
    """
    if known.source != new.source:
        return replace(known, categories=_union(known.categories, new.categories))
    return replace(
        new,
        dek=new.dek or known.dek,
        body=new.body or known.body,
        authors=new.authors or known.authors,
        image=new.image or known.image,
        id=known.id,
        first_seen_at=known.first_seen_at,
        published_at=new.published_at if new.dated else known.published_at,
        dated=new.dated or known.dated,
        position=min(known.position, new.position),
        categories=_union(new.categories, known.categories),
    )


def _union(mine: tuple[str, ...], yours: tuple[str, ...]) -> tuple[str, ...]:
    have = {name.casefold() for name in mine}
    return mine + tuple(name for name in yours if name.casefold() not in have)


def _shared(keyed: Iterable[tuple[Story, Keys]]) -> set[int | None]:
    """List the addresses and ids that stand on stories with different headlines."""
    titles: dict[int, set[int | None]] = {}
    for _, keys in keyed:
        for key in (keys.guid, keys.url):
            if key is not None:
                titles.setdefault(key, set()).add(keys.title)
    return {key for key, names in titles.items() if len(names) > 1}


def _number(*parts: str) -> int:
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
