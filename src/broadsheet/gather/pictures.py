"""Choose a story's picture: the largest that a source offers, never a tracker, a 1x1, an icon or a share button."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from broadsheet.gather.links import clean_url
from broadsheet.gather.text import line_of
from broadsheet.model import Image

_TRACKERS = re.compile(
    r"feedburner\.com/~|feeds\.feedburner\.com|feedsportal\.com/(?:images|social|(?![^?]*\.(?:jpe?g|png)$))|pheedo\.com|doubleclick\.net|googleadservices|google-analytics"
    r"|pixel\.wp\.com|stats\.wordpress\.com|feeds\.wordpress\.com|scorecardresearch|quantserve|zemanta|moatads|adservice"
    r"|/pixel(?:\.gif|\.png|/|\?|$)|[/_-](?:spacer|blank|transparent|clear|1x1|onepixel|trans)\.(?:gif|png)|/b\?|/beacon"
    r"|amazon-adsystem|assoc-amazon\.[a-z.]+/e/ir|/ping\b|count(?:er)?\.(?:gif|png)|vgwort|ivwbox|/piwik|/matomo|mixpanel"
    r"|emoji/|/smilies/|/emoticons?/|wp-includes/images|gravatar\.com/avatar|badge\.|/share[-_.]|sharethis|addthis|add2any|addtoany|feed-icon|feedflare|/~ff/"
    r"|/(?:facebook|twitter|rss|email|digg|reddit|delicious|stumbleupon|linkedin|google-?plus|pinterest)(?:[-_]?(?:icon|logo|button|share"
    r"|large|small|\d+))*\.(?:gif|png)",
    re.IGNORECASE,
)
_NO_PICTURE = re.compile(r"\.(?:mp3|m4a|mp4|ogg|wav|pdf|html?|swf|js|css|zip|mov|avi|webm)(?:\?|$)", re.IGNORECASE)
_UNKNOWN_AREA = 300 * 200
_MOST = 200  # pictures of one story that are looked at
_SMALLEST = 24  # pixels a side: below this it is an icon or a tracker


def best_image(images: Iterable[Image]) -> Image | None:
    """Pick the largest picture; between equals, and those of unknown size, the one that the source named first."""
    best: Image | None = None
    best_area = 0
    for image in islice(images, _MOST):
        url = clean_picture_url(image.url)
        if url is None or not is_picture(image.url):
            continue
        width, height = image.width or None, image.height or None
        if (width and width < _SMALLEST) or (height and height < _SMALLEST):
            continue
        area = width * height if width and height else width * width * 2 // 3 if width else _UNKNOWN_AREA
        if best is None or area > best_area:
            best, best_area = Image(url=url, width=width, height=height, alt=line_of(image.alt)[:300]), area
    return best


def clean_picture_url(url: str) -> str | None:
    """Give a picture's address fit for print; None for data: and other schemes."""
    return clean_url(url) if "?" not in url else _with_query(url)


def _with_query(url: str) -> str | None:
    # A picture's query often sizes or signs it: it is kept as it stands.
    path, _, query = url.partition("?")
    cleaned = clean_url(path)
    query = re.sub(r"\s", "%20", query.replace("&amp;", "&").strip())
    return cleaned and (f"{cleaned}?{query}" if query else cleaned)


def is_picture(url: str) -> bool:
    """Tell whether an address can be a story's picture by its look."""
    return not (_TRACKERS.search(url) or _NO_PICTURE.search(url))
