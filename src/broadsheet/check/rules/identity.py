"""Who writes, and how to make it stop: what the law and the mailbox providers ask of every bulk mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.model import Severity
from broadsheet.slots import Slot

GROUP = "Sender and law"
_LEAVING = re.compile(
    r"unsub|opt[-_ ]?out|abmeld|abbestell|d[ée]sabonn|d[ée]sinscri|darse de baja|cancelar (la )?suscripci|"
    r"cancelar (a )?(inscri|subscri|assinatura)|disiscri|annulla l.iscrizione|wypisz|відписа|"
    r"إلغاء الاشتراك|配信停止|登録解除",
    re.IGNORECASE,
)
_FOLD = re.compile(r"[\W_]+")


@rule("unsubscribe-link", GROUP, Severity.BLOCK, in_template=Severity.WARN)
def unsubscribe_link(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML and the text each hold a link by which a reader can leave."""
    advice = "Put the unsubscribe slot into the theme's footer, in the HTML and in the text."
    if mail.edition is not None:
        token = Slot.UNSUBSCRIBE_URL.token
        if not any(token in link.get("href") for link in mail.links):
            yield Fault("the HTML has no unsubscribe link", advice, "html")
        if token not in (mail.text or ""):
            yield Fault("the text has no unsubscribe link", advice, "text")
    elif not mail.html and _LEAVING.search(mail.text or ""):
        return  # a mail of plain text has no links to look for, only addresses
    elif not any(_LEAVING.search(f"{link.get('href')} {mail.link_words.get(link)}") for link in mail.links):
        yield Fault("no link lets a reader unsubscribe", "Add a visible unsubscribe link to the footer.", "html")


@rule("postal-address", GROUP, Severity.BLOCK)
def postal_address(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML and the text each hold the sender's postal address (CAN-SPAM, CASL)."""
    if mail.edition is None:
        return
    wanted = _FOLD.sub("", context.postal_address).casefold()
    if not wanted:
        yield Fault("the publication has no postal address", "Set `postal_address` of the publication.", "config")
        return
    advice = "Print the publication's postal address in the theme's footer."
    if wanted not in _FOLD.sub("", mail.words).casefold():
        yield Fault("the HTML lacks the postal address", advice, "html")
    if wanted not in _FOLD.sub("", mail.text or "").casefold():
        yield Fault("the text lacks the postal address", advice, "text")


RULES = (unsubscribe_link, postal_address)
