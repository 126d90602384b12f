"""Links: where they lead, whether that is a place at all, and whether filters will like it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from broadsheet.check.counts import is_relative
from broadsheet.check.mail import AnswerState, Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.tags import TAGS
from broadsheet.check.tree import Element
from broadsheet.model import Severity
from broadsheet.slots import TOKEN

GROUP = "Links"
LONGEST = 2_000
_RUNS = ("javascript:", "vbscript:", "data:", "file:", "blob:")
_SCHEMES = ("http", "https", "mailto", "tel", "sms")
SHORTENERS = frozenset(
    {"bit.ly", "t.co", "goo.gl", "tinyurl.com", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly", "t.ly", "tiny.cc"}
    | {"bl.ink", "short.io", "rb.gy", "shorturl.at", "lnkd.in", "dlvr.it", "trib.al", "fb.me", "wp.me", "youtu.be"}
    | {"amzn.to", "adf.ly", "soo.gd", "s.id", "v.gd", "qr.ae", "nyti.ms", "wapo.st", "bbc.in", "reut.rs", "dw.de"}
)  # fmt: skip
# Those last ones are publishers' own and lead to no stranger; filters judge them by their host all the same.
_INSIDE = (".local", ".internal", ".lan", ".test", ".invalid", ".localhost", ".localdomain")
_PLACEHOLDERS = frozenset(
    {
        "yourdomain.com",
        "your-domain.com",
        "yoursite.com",
        "yourwebsite.com",
        "mydomain.com",
        "domain.com",
        "website.com",
    }
)
_TRACKERS = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_hs(enc|mi)", re.IGNORECASE)
_LOOKS_LIKE_ADDRESS = re.compile(r"(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,18})(?:[/?#]\S*)?", re.IGNORECASE)


@lru_cache(maxsize=4096)
def split(address: str) -> SplitResult | None:
    """Take a web address apart. None for anything else: a slot, a merge tag, an address of another program."""
    if is_to_be_filled(address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and host else None


@lru_cache(maxsize=4096)
def is_to_be_filled(address: str) -> bool:
    """Tell whether an address is a slot of ours or holds some platform's merge tag."""
    return TOKEN.search(address) is not None or TAGS.search(address) is not None or address.startswith(("[", "{", "*|"))


@lru_cache(maxsize=4096)
def target_of(address: str) -> str:
    """Reduce an address to what it leads to: no tracking parameters, no place in the page, no final slash."""
    parts = split(address)
    if parts is None:
        return address
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, True) if not _TRACKERS.fullmatch(k)])
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{query}".rstrip("?")


def _links(mail: Mail) -> Iterator[tuple[Element, str]]:
    for link in mail.links:
        if "href" in link.attributes:
            yield link, link.get("href")


@rule("link-missing", GROUP, Severity.BLOCK, in_template=Severity.WARN)
def link_missing(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every link leads somewhere: none is empty or a bare `#`."""
    for link in mail.links:
        anchor = "name" in link.attributes or "id" in link.attributes
        if link.get("href") in ("", "#") and not (anchor and "href" not in link.attributes):
            yield Fault(
                f"a link leads nowhere: “{mail.words_of(link)}”",
                "Give it an address, or print the words without a link.",
                mail.place(link),
            )


@rule("link-relative", GROUP, Severity.BLOCK, in_template=Severity.WARN)
def link_relative(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every link has a whole address: a mail has no folder that a relative one could start from."""
    for link, address in _links(mail):
        if is_relative(address) and not is_to_be_filled(address):
            yield Fault(
                f"a link has no whole address: {_short(address)}", "Write it with https:// and host.", mail.place(link)
            )


@rule("link-unsafe", GROUP, Severity.BLOCK)
def link_unsafe(mail: Mail, context: Context) -> Iterator[Fault]:
    """No link runs a script, opens a file or holds a page of its own."""
    for link, address in _links(mail):
        if re.sub(r"[\x00-\x20]", "", address[:200]).lower().startswith(_RUNS):
            yield Fault(
                f"a link is no address of the web: {_short(address)}", "Remove it, or use https://.", mail.place(link)
            )


@rule("link-http", GROUP, Severity.WARN)
def link_http(mail: Mail, context: Context) -> Iterator[Fault]:
    """Links use https: browsers warn about plain http, and filters count it against a mail."""
    for link, address in _links(mail):
        if address[:7].lower() == "http://":
            yield Fault(
                f"a link uses plain http: {_short(address)}", "Use https:// where the site has it.", mail.place(link)
            )


@rule("link-host", GROUP, Severity.WARN)
def link_host(mail: Mail, context: Context) -> Iterator[Fault]:
    """No link leads to a bare IP address, to this machine, to an inner network or to a template's stand-in."""
    for link, address in _links(mail):
        parts = split(address)
        host = (parts.hostname or "").rstrip(".") if parts else ""
        if not host:
            continue
        what = ""
        if _is_ip(host):
            what = "a bare IP address, as phishing mail does"
        elif host == "localhost" or host.endswith(_INSIDE) or "." not in host:
            what = "a host that readers cannot reach"
        elif host.removeprefix("www.") in _PLACEHOLDERS:
            what = "a template's stand-in"
        if what:
            yield Fault(
                f"a link leads to {what}: {_short(address)}", "Put the real public address there.", mail.place(link)
            )


@rule("link-shortener", GROUP, Severity.WARN)
def link_shortener(mail: Mail, context: Context) -> Iterator[Fault]:
    """No link hides behind a shortener: filters distrust them, and readers cannot see where they lead."""
    for link, address in _links(mail):
        parts = split(address)
        if parts and (parts.hostname or "").removeprefix("www.") in SHORTENERS:
            yield Fault(
                f"a link goes through a shortener: {_short(address)}", "Put the page's own address.", mail.place(link)
            )


@rule("link-duplicate", GROUP, Severity.WARN)
def link_duplicate(mail: Mail, context: Context) -> Iterator[Fault]:
    """No page is linked from two separate places in different words; a picture and headline side by side are one."""
    runs: dict[str, list[Element]] = {}
    last = ""
    for link, address in _links(mail):
        parts = split(address)
        target = target_of(address)
        if parts and (parts.path.strip("/") or parts.query) and target != last:
            runs.setdefault(target, []).append(link)
        last = target
    for places in runs.values():
        if len({mail.link_words.get(link, "").casefold() for link in places}) > 1:
            yield Fault(
                f"{len(places)} separate places link to the same page: {_short(places[0].get('href'))}",
                "Keep one, or check that the right stories got the right addresses.",
                mail.place(places[1]),
            )


@rule("link-form", GROUP, Severity.WARN)
def link_form(mail: Mail, context: Context) -> Iterator[Fault]:
    """Addresses are as every client reads them: web, mail or phone; no blanks, only ASCII, at most 2,000 characters."""
    for link, address in _links(mail):
        if is_to_be_filled(address):
            continue
        scheme = re.match(r"([a-z][a-z0-9+-]{0,40}):(?!\d)", address.lower())
        if scheme and scheme[1] not in _SCHEMES and not address.lower().startswith(_RUNS):
            what = f"is for another program ({scheme[1]}:), which many readers do not have"
        elif len(address) > LONGEST:
            what = f"is {len(address):,} characters long"
        elif re.search(r"\s", address):
            what = "holds a blank or a line break"
        elif not address.isascii():
            what = "holds letters beyond ASCII"
        else:
            continue
        yield Fault(
            f"an address {what}: {_short(address)}", "Use https://, percent-encode the path, write the host in ASCII.",
            mail.place(link),
        )  # fmt: skip


@rule("link-mismatch", GROUP, Severity.WARN)
def link_mismatch(mail: Mail, context: Context) -> Iterator[Fault]:
    """A link whose words are an address leads to that address: anything else looks like phishing."""
    for link, address in _links(mail):
        shown = _LOOKS_LIKE_ADDRESS.fullmatch(mail.link_words.get(link, "")[:300])
        parts = split(address)
        if shown and parts and _site(shown[1]) != _site(parts.hostname or ""):
            yield Fault(
                f"the link says {shown[1]} and leads to {parts.hostname}",
                "Show the address that it leads to, or use words.",
                mail.place(link),
            )


@rule("link-dead", GROUP, Severity.BLOCK, in_template=Severity.WARN)
def link_dead(mail: Mail, context: Context) -> Iterator[Fault]:
    """No link is dead. Only looked at when asked to; sites that are closed to robots are not called dead."""
    told = set()
    for link, address in _links(mail):
        answer = context.answers.get(address)
        if answer and answer.is_dead and address not in told:
            told.add(address)
            yield Fault(
                f"a link is dead ({answer.reason}): {_short(address)}", "Mend the address or drop the story.",
                mail.place(link),
            )  # fmt: skip


@rule("link-unsure", GROUP, Severity.WARN)
def link_unsure(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every server that was asked gave an answer; those that keep robots out are not counted. Only when asked to."""
    told = set()
    for link, address in _links(mail):
        answer = context.answers.get(address)
        if answer and answer.state is AnswerState.UNSURE and address not in told:
            told.add(address)
            yield Fault(
                f"nothing is known of a link ({answer.reason}): {_short(address)}", "Open it in a browser.",
                mail.place(link),
            )  # fmt: skip


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return re.fullmatch(r"0x[0-9a-f]{1,8}|\d{5,10}", host) is not None
    return True


def _site(host: str) -> str:
    """Reduce a host to the part that its owner registered, roughly: two labels, three under `co.uk` and the like."""
    labels = host.lower().removeprefix("www.").split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if short else -2 :])


def _short(address: str) -> str:
    return address if len(address) <= 100 else address[:99] + "…"


RULES = (
    link_missing, link_relative, link_unsafe, link_http, link_host, link_shortener, link_duplicate, link_form,
    link_mismatch, link_dead, link_unsure,
)  # fmt: skip
