"""Who publishes a feed: its title without the section or slogan that sites write around their name. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

_BETWEEN = re.compile(r"\s+[-–—|>›»:·•/]+\s+|:\s+|\s*[|›»]\s*")
_SECOND_LEVEL = frozenset(("ac", "co", "com", "edu", "gob", "gov", "gouv", "ne", "net", "or", "org"))
_HOSTS_OF_MANY = frozenset(("blogspot", "github", "medium", "substack", "tumblr", "typepad", "wordpress"))
# Names of sections and of feeds, with which a host's name may begin, too.
_NO_NAMES = frozenset((
    "all", "atom", "blog", "breaking", "business", "culture", "feed", "headlines", "home", "latest", "news", "newsroom",
    "politics", "rss", "sport", "sports", "stories", "tech", "technology", "the", "today", "top", "world",
))  # fmt: skip


def publisher_of(title: str, url: str | None) -> str:
    """Find the publisher's name in a feed's title: the part that is spelt like the host its stories live on.

    "World – The Indian Express" at indianexpress.com is The Indian Express, "NYT > Home Page" at nytimes.com is NYT.
    A title of one part, and one of which no part resembles the host, stay as they are.
    """
    parts = [part.strip(" -–—|>›»:·•/") for part in _BETWEEN.split(title)]
    parts = [part for part in parts if part]
    name = _site_name(url)
    if len(parts) < 2 or len(name) < 3:
        return title
    likeness, _, found = max((_likeness(part, name), -number, part) for number, part in enumerate(parts))
    return found.removeprefix("www.") if likeness else title


def _site_name(url: str | None) -> str:
    labels = (urlsplit(url).hostname or "").split(".") if url else []
    labels = labels[:-1]
    while len(labels) > 1 and labels[-1] in _SECOND_LEVEL | _HOSTS_OF_MANY:
        labels.pop()
    return labels[-1].replace("-", "") if labels else ""


def _likeness(part: str, name: str) -> int:
    """Measure how far a part is spelt like a site's name, in letters that both have; 0 is not alike."""
    best = 0
    for spelling in (part.casefold().translate(_TWO_LETTERS), part.casefold()):
        plain = unicodedata.normalize("NFKD", spelling)
        key = "".join(letter for letter in plain if letter.isalnum() and not unicodedata.combining(letter))
        if name in key and len(name) >= 3:
            best = max(best, len(name) + (key == name))
        elif len(key) >= 3 and key not in _NO_NAMES and name.startswith(key):
            best = max(best, len(key))
    return best


_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
