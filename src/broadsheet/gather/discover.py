"""Find a site's feeds from its page: those it names itself, then the addresses that feeds usually have. Pure."""

from __future__ import annotations

import html
import re

from broadsheet.gather.links import absolute

USUAL_PATHS = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml", "/feed.json", "/feed/")
_READ = 300_000  # characters of a page in which its links are looked for
_TAG = re.compile(r"<(link|a)\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json|text/xml|application/xml")
_LOOKS_LIKE_FEED = re.compile(
    r"(?:/|\b)(?:rss|feed|atom|feeds)(?:\.xml|\.json|\.rss|/)?$|\.(?:rss|atom)$", re.IGNORECASE
)


def feeds_in(page: str, base: str) -> list[str]:
    """List the feeds that a page names, the likeliest first: announced ones, then links that look so."""
    announced: list[str] = []
    linked: list[str] = []
    for name, inside in _TAG.findall(page[:_READ]):
        found = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(inside)}
        address = found.get("href", "").strip()
        if not address:
            continue
        if name.lower() == "link":
            if "alternate" in found.get("rel", "").lower() and _FEED_TYPE.match(found.get("type", "").lower()):
                announced.append(absolute(address, base))
        elif _LOOKS_LIKE_FEED.search(address.partition("?")[0]):
            linked.append(absolute(address, base))
    announced.sort(key=lambda link: "comment" in link.lower())
    return [link for link in dict.fromkeys(announced + linked) if link.startswith(("http://", "https://"))]


def usual_addresses(base: str) -> list[str]:
    """List the addresses at which sites usually keep a feed."""
    return [absolute(path, base) for path in USUAL_PATHS]
