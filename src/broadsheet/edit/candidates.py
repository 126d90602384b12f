"""A story with everything the editors' desk knows about it before picking, and the names it may be known by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

from broadsheet.model import Story

ANY = "*"  # as a section's category: it takes stories of every category, and of none
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|cmpid|ns_\w+|ref|at_\w+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story, the categories it may stand under (the surest first), and the event it tells.

    `confidence` is that of the first category, None where no likelihood stands behind it. `cluster` is '' for a story
    that stands alone. `weight` is its source's; `boost` an editor's.
    """

    story: Story
    categories: tuple[str, ...] = ()
    category_reason: str = ""
    confidence: float | None = None
    cluster: str = ""
    cluster_reason: str = ""
    weight: float = 1.0
    boost: float = 0.0

    @property
    def category(self) -> str:
        """Give the surest category, '' when unsure of any."""
        return self.categories[0] if self.categories else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time a draft is made from: `from_at` (None: the beginning) up to, but without, `to_at`."""

    from_at: datetime | None
    to_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What other editions print: each way a story may be known, to the id of the edition that has it.

    `tellings` gives, for an event, the stories that were printed of it. `texts` gives, for a title, each source that it
    was printed from and the text under it.
    """

    stories: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    clusters: Mapping[str, str] = field(default_factory=dict)
    tellings: Mapping[str, tuple[Story, ...]] = field(default_factory=dict)
    texts: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)


def url_key(url: str | None) -> str:
    """Reduce an address to what makes two of them the same page: no scheme, www, fragment or campaign tags."""
    if not url:
        return ""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url.strip()
    query = urlencode(sorted(pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])))
    return f"{host}{parts.path.rstrip('/')}{'?' + query if query else ''}"


def title_key(title: str) -> str:
    """Reduce a title to its letters and digits, so that typography and case make no difference."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(re.findall(r"\w+", folded.replace("'", "").replace("’", "")))


def text_key(story: Story) -> str:
    """Reduce what stands under a title to a short fingerprint; '' where nothing does."""
    text = title_key(f"{story.dek} {story.body[0] if story.body else ''}")
    return blake2b(text.encode(), digest_size=8).hexdigest() if text else ""


def category_key(category: str) -> str:
    """Reduce a category's name to what two spellings of it share."""
    return title_key(category.replace("&", " and "))


def moment(at: datetime) -> str:
    """Write a time for a person: to the minute, with its zone."""
    return f"{at:%Y-%m-%d %H:%M} {at.tzname() or ''}".rstrip()


def in_one_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Sort candidates newest first, then by id, so that the order of arrival never matters; each story stands once."""
    by_id = {candidate.story.id: candidate for candidate in sorted(candidates, key=lambda one: one.story.id)}
    return sorted(by_id.values(), key=lambda one: (-one.story.published_at.timestamp(), one.story.id))
