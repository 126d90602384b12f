"""Addresses of stories: what is printed as a link (`clean_url`) and what two links are compared by (`url_key`)."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

LONGEST = 4000  # characters; longer addresses are somebody's mistake or trap

_TRACKING = re.compile(
    r"(?:utm_.*|_hs.*|hsa_.*|mc_[ce]id|mkt_tok|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid"
    r"|igshid|igsh|li_fat_id|srsltid|s_cid|s_kwcid|ns_(?:mchannel|source|campaign|linkname|fee)|at_(?:medium|campaign"
    r"|custom\d|link.*|format|ptr.*|bbc.*)|cmpid|cmp|ocid|ncid|ito|icid|xtor|wt\.?_?(?:mc|zmc|rss).*|emc|partner|ftag"
    r"|feedname|feedtype|ref_src|ref_url|spm|trk|trkcampaign|cvid|guccounter|guce_.*|soc_(?:src|trk)|tsrc|_branch_.*|vero_.*"
    r"|oly_(?:anon|enc)_id|rb_clickid|wickedid|sc_cid|xing_share|traffic_source|campaign_id|pk_.*|mtm_.*|piwik_.*|__twitter_impression"
    r"|amp_js_v|usqp|fb_(?:action|ref|source).*|cmpid|smid|dlbk|taid|share_token|rssfeed|rss_id)",
    re.IGNORECASE,
)
# These say where the reader came from only with such a value: `source=rss`, but `source=42` may choose the page.
_TRACKING_VALUE = re.compile(
    r"(?:|1|rss|rss[ _-]?feed|feed|atom|feedburner|twitter|facebook|newsletter|social|email|share|xml|.*rss.*)",
    re.IGNORECASE,
)
_MAYBE_TRACKING = frozenset(
    {"source", "src", "ref", "from", "via", "cid", "origin", "medium", "campaign", "tag", "rss", "feed", "mod"}
)
_WRAPPERS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}/url$|(?:www\.)?google\.com/url$"), ("url", "q")),
    (re.compile(r"(?:l|lm|www)\.(?:facebook|instagram)\.com/(?:l\.php|flx/warn/?)?$"), ("u",)),
    (re.compile(r"(?:www\.)?youtube\.com/redirect$"), ("q",)),
    (re.compile(r"[a-z0-9]+\.safelinks\.protection\.outlook\.com/"), ("url",)),
    (re.compile(r"(?:www\.)?bing\.com/news/apiclick\.aspx$"), ("url",)),
    (re.compile(r"t\.umblr\.com/redirect$"), ("z",)),
    (re.compile(r"(?:out|click)\.reddit\.com/"), ("url",)),
    (re.compile(r"vk\.com/away\.php$"), ("to",)),
    (re.compile(r"(?:www\.)?linkedin\.com/(?:redir/redirect|safety/go)$"), ("url",)),
    (re.compile(r"go\.(?:redirectingat|skimresources)\.com/?$"), ("url",)),
    (re.compile(r"(?:www\.)?slashdot\.org/$|slack-redir\.net/link$|steamcommunity\.com/linkfilter/?$"), ("url", "u")),
)
_MAY_WRAP = re.compile(
    "google|facebook|instagram|youtube|outlook|bing|umblr|reddit|vk.com|linkedin|redirect|skimres|slash|slack|steam|ampproj|yahoo"
)
_AMP_VIEWER = re.compile(r"/amp/(s/)?([a-z0-9.-]+\.[a-z]{2,}/.*)$", re.IGNORECASE)
_AMP_CACHE = re.compile(r"/(?:c|v)/(s/)?([a-z0-9.-]+\.[a-z]{2,}/.*)$", re.IGNORECASE)
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "edu", "gob", "or", "ne"})


def absolute(link: str, base: str) -> str:
    """Resolve a link against a base address; the link itself where either is beyond reading."""
    link = "".join(link.split()) if "\n" in link or "\t" in link else link.strip()
    if not base or link.startswith(("https://", "http://")):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def clean_url(link: str | None) -> str | None:
    """Give the address to follow: http(s), without tracking and AMP, mobile or redirect forms; None if unusable."""
    if not link or len(link) > 4 * LONGEST:
        return None
    link = re.sub(
        r"[\x00-\x20\x7f-\xa0\u200b\ufeff]+", lambda found: "%20" if found.group().strip("\t\r\n") else "", link.strip()
    )
    while "&amp;" in link:
        link = link.replace("&amp;", "&")
    if link.startswith("//"):
        link = f"https:{link}"
    try:
        parts = urlsplit(link)
        for _ in range(3):  # a wrapper in a wrapper
            inner = _unwrapped(link, parts)
            if inner is None:
                break
            link, parts = inner, urlsplit(inner)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if len(link) > LONGEST:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or re.search(r"[\s<>\"'\\^`{|}%]", host):
        return None
    scheme = parts.scheme.lower()
    netloc = _plain_host(host)
    if ":" in netloc:
        netloc = f"[{netloc}]"
    if port and port != {"http": 80, "https": 443}[scheme]:
        netloc += f":{port}"
    path = quote(_plain_path(parts.path), safe="/%:@!$&'()*+,;=~-._") or "/"
    fragment = quote(parts.fragment, safe="/%:@!$&'()*+,;=~-._?") if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit((scheme, netloc, path, _plain_query(parts.query), fragment))


def url_key(url: str | None) -> str | None:
    """Give what two addresses of one page have in common; None for a site's front page, which names no story."""
    if not url:
        return None
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    path = unquote(parts.path).rstrip("/").removesuffix("/index.html").removesuffix("/index.php")
    if not path and not parts.query and not parts.fragment:
        return None
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{host}{path}" + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def _unwrapped(link: str, parts: SplitResult) -> str | None:
    """Take an address out of the redirect that carries it in plain sight; None where it is no such wrapper."""
    host, path = parts.netloc.lower(), parts.path
    if not _MAY_WRAP.search(host):
        return None
    if host in ("www.google.com", "google.com") and (amp := _AMP_VIEWER.match(path)):
        return f"http{'s' if amp[1] else ''}://{amp[2]}" + (f"?{parts.query}" if parts.query else "")
    if host.endswith(".cdn.ampproject.org") and (amp := _AMP_CACHE.match(path)):
        return f"http{'s' if amp[1] else ''}://{amp[2]}" + (f"?{parts.query}" if parts.query else "")
    if "yahoo.com" in host and (starred := re.search(r"\*(https?://.+)$", link)):
        return starred[1]
    for place, names in _WRAPPERS:
        if place.match(f"{host}{path}"):
            values = dict(parse_qsl(parts.query))
            for name in names:
                if values.get(name, "").startswith(("http://", "https://")):
                    return values[name]
    return None


def _plain_host(host: str) -> str:
    labels = host.lower().split(".")
    if len(labels) > 2 and labels[0] in ("m", "mobile", "amp"):
        rest = labels[1:]
        is_bare = len(rest) == 2 or (len(rest) == 3 and rest[1] in _SECOND_LEVEL and len(rest[2]) == 2)
        return ".".join(["www", *rest] if is_bare else rest)
    if len(labels) > 3 and labels[1] == "m":
        return ".".join([labels[0], *labels[2:]])
    return ".".join(labels)


def _plain_path(path: str) -> str:
    path = re.sub(r"/amp/?$", "/" if path.endswith("/") else "", path)
    path = re.sub(r"\.amp(?=\.html?$)|\.amp$", "", path)
    return re.sub(r"^/amp/(?=.)", "/", path)


def _plain_query(query: str) -> str:
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        key = unquote(name).lower()
        if not part or (key in ("amp", "outputtype") and value.lower() in ("", "1", "true", "amp")):
            continue
        if key in _MAYBE_TRACKING:
            if _TRACKING_VALUE.fullmatch(unquote(value)):
                continue
        elif _TRACKING.fullmatch(key):
            continue
        kept.append(quote(part, safe="%=+/:@!$'()*,;~-._?"))
    return "&".join(kept)
