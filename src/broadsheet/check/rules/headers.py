"""Headers and sender: what a finished message must carry, and what the configuration says about ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.model import Severity

GROUP = "Sender and law"
# Mailbox providers whose DMARC policy refuses their domain in anybody else's From.
_FREE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "aol.com", "hotmail.com", "outlook.com", "live.com"}
    | {"msn.com", "icloud.com", "me.com", "gmx.de", "gmx.net", "web.de", "mail.ru", "proton.me", "protonmail.com"}
)
_DEAF = re.compile(r"(?:no|do[-_.]?not|donot)[-_.]?reply", re.IGNORECASE)
_ONCE = (
    "from",
    "date",
    "message-id",
    "subject",
    "to",
    "reply-to",
    "sender",
    "list-unsubscribe",
    "list-unsubscribe-post",
)


def _senders(mail: Mail, context: Context) -> tuple[list[tuple[str, str]], str]:
    """Give the From addresses and the Reply-To, from the message's headers or from the configuration."""
    if mail.headers is None:
        return getaddresses([context.sender]), context.reply_to
    return getaddresses(list(mail.headers.get("from", ()))), " ".join(mail.headers.get("reply-to", ()))


@rule("from", GROUP, Severity.BLOCK)
def sender(mail: Mail, context: Context) -> Iterator[Fault]:
    """A finished message is from exactly one address (RFC 5322, and what Gmail asks for)."""
    if mail.headers is None:
        return
    addresses = [address for _, address in _senders(mail, context)[0] if address]
    if len(addresses) != 1 or addresses[0].count("@") != 1 or not addresses[0].rpartition("@")[2]:
        found = ", ".join(addresses[:3]) or "none"
        yield Fault(f"From holds not exactly one address, but: {found}", "Write From: Name <address>.", "header From")


@rule("from-name", GROUP, Severity.WARN)
def sender_name(mail: Mail, context: Context) -> Iterator[Fault]:
    """Readers see a name, not an address; the address is the sender's own, not a free mailbox."""
    for name, address in _senders(mail, context)[0][:1]:
        domain = address.rpartition("@")[2].lower()
        if mail.headers is not None and address and not name.strip():
            yield Fault(f"From has no name: {address}", "Write From: Name <address>.", "header From")
        if domain in _FREE_MAIL and not mail.is_template:
            yield Fault(
                f"{domain} lets nobody else send in its name: such mail is refused",
                "Send from an address at a domain of your own.",
                "header From",
            )


@rule("reply-to", GROUP, Severity.WARN)
def reply_to(mail: Mail, context: Context) -> Iterator[Fault]:
    """Somebody reads what readers answer: no no-reply address; readers who cannot answer complain instead."""
    senders, answers = _senders(mail, context)
    address = parseaddr(answers)[1] if answers else (senders[0][1] if senders else "")
    if answers and ("@" not in address):
        yield Fault(f"Reply-To is no address: {answers[:60]}", "Write an address that is read.", "header Reply-To")
    elif _DEAF.search(address.rpartition("@")[0]):
        yield Fault(f"nobody reads {address}", "Set a Reply-To address that is read.", "header Reply-To")


@rule("list-unsubscribe", GROUP, Severity.BLOCK)
def list_unsubscribe(mail: Mail, context: Context) -> Iterator[Fault]:
    """A finished message has one-click unsubscribe: List-Unsubscribe by https, and List-Unsubscribe-Post (RFC 8058)."""
    if mail.headers is None:
        return
    ways = re.findall(r"<\s*([^<>]{1,2000}?)\s*>", " ".join(mail.headers.get("list-unsubscribe", ())))
    post = " ".join(mail.headers.get("list-unsubscribe-post", ())).strip()
    secure = [way for way in ways if way.lower().startswith("https://")]
    where = "header List-Unsubscribe"
    if not ways:
        yield Fault(
            "there is no List-Unsubscribe: Gmail and Yahoo refuse bulk mail without it",
            "Add List-Unsubscribe: <https://…> and List-Unsubscribe-Post: List-Unsubscribe=One-Click.",
            where,
        )
    elif not secure:
        yield Fault("List-Unsubscribe has no https address", "Add one: mailto alone is not one click.", where)
    elif not post:
        yield Fault(
            "List-Unsubscribe-Post is missing", "Add List-Unsubscribe-Post: List-Unsubscribe=One-Click.",
            "header List-Unsubscribe-Post",
        )  # fmt: skip
    if post and post.lower() != "list-unsubscribe=one-click":
        yield Fault(
            f"List-Unsubscribe-Post says {post[:40]!r}", "It must say List-Unsubscribe=One-Click.",
            "header List-Unsubscribe-Post",
        )  # fmt: skip


@rule("one-click", GROUP, Severity.WARN)
def one_click(mail: Mail, context: Context) -> Iterator[Fault]:
    """The publication's unsubscribe links will be https, as one-click unsubscribe asks for (RFC 8058)."""
    if mail.edition is not None and context.base_url and not context.base_url.lower().startswith("https://"):
        yield Fault(
            f"the publication's base_url is {context.base_url}: mailbox providers take no one-click unsubscribe by it",
            "Set `base_url` to an https address.",
            "config",
        )


@rule("headers", GROUP, Severity.WARN)
def headers(mail: Mail, context: Context) -> Iterator[Fault]:
    """A finished message has Date, Message-ID and List-Id, and no header twice that may stand once (RFC 5322, 3.6)."""
    if mail.headers is None:
        return
    for name, shown in (("date", "Date"), ("message-id", "Message-ID"), ("list-id", "List-Id")):
        if not any(value.strip() for value in mail.headers.get(name, ())):
            yield Fault(f"there is no {shown}", f"Let the sending program add {shown}.", f"header {shown}")
    for name in _ONCE:
        if len(mail.headers.get(name, ())) > 1:
            yield Fault(f"{name.title()} stands {len(mail.headers[name])} times", "Keep one.", f"header {name.title()}")
    for value in mail.headers.get("date", ())[:1]:
        try:
            parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            yield Fault(f"Date cannot be read: {value[:40]!r}", "Write it as RFC 5322 says.", "header Date")


RULES = (sender, sender_name, reply_to, list_unsubscribe, one_click, headers)
