"""Check an edition's rendering, or any mail in a file, by the rules of the check room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from broadsheet.check import Answer, AnswerState, Context, Mail, check_mail
from broadsheet.check.message import is_message, mail_of_html, mail_of_message
from broadsheet.check.weight import contributors, weight
from broadsheet.config import Config
from broadsheet.desk.opening import Desk
from broadsheet.errors import BroadsheetError
from broadsheet.model import EditionStatus, Finding, RenderedEdition
from broadsheet.plural import number_of

_GONE_OUT = (EditionStatus.APPROVED, EditionStatus.SENDING, EditionStatus.SENT)
_READ_AT_MOST = 50_000_000

Asker = Callable[[Iterable[str]], Mapping[str, Answer]]


def check(desk: Desk, rendered: RenderedEdition, *, ask: Asker | None = None) -> tuple[Finding, ...]:
    """Check a rendered edition by the project's rules; blocking findings come first.

    `ask` is called with the addresses of links and pictures where servers are to be asked about them.
    """
    edition = rendered.edition
    publication = desk.config.publication(edition.publication)
    context = Context(
        now=desk.now(), severities=desk.config.checks, postal_address=publication.postal_address,
        sender=publication.sender, reply_to=publication.reply_to, clients=publication.clients,
        previous=desk.store.editions.before(publication.name, edition.date, _GONE_OUT),
        base_url=publication.base_url, size_budget=publication.size.budget,
    )  # fmt: skip
    mail = Mail.of(rendered)
    return _checked(mail, replace(context, answers=own_pictures(desk, mail)), ask)


def own_pictures(desk: Desk, mail: Mail) -> Mapping[str, Answer]:
    """Weigh the project's own pictures in a mail where they lie, so that nobody has to be asked about them."""
    answers = {}
    for address in {image.get("src") for image in mail.images}:
        name = desk.config.pictures.file_of(address)
        if name and (file := desk.folder / name).is_file():
            answers[address] = Answer(AnswerState.ALIVE, "lies in the project", file.stat().st_size)
    return answers


def check_file(
    file: Path, *, now: datetime, config: Config | None = None, ask: Asker | None = None
) -> tuple[Finding, ...]:
    """Check anybody's mail: what begins with header fields is a finished message, all else HTML. Needs no project.

    Raises BroadsheetError when the file cannot be read.
    """
    only = next(iter(config.publications.values())) if config and len(config.publications) == 1 else None
    context = Context(now=now, severities=config.checks if config else {}, clients=only.clients if only else {})
    return _checked(read_mail(file), context, ask)


def read_mail(file: Path) -> Mail:
    """Read a mail from a file. Raises BroadsheetError."""
    try:
        with file.open("rb") as handle:
            content = handle.read(_READ_AT_MOST + 1)
    except OSError as error:
        raise BroadsheetError(
            f"{file} cannot be read: {error.strerror}", advice="Name an .html or .eml file: broadsheet check FILE."
        ) from None
    if len(content) > _READ_AT_MOST:
        raise BroadsheetError(f"{file} is over {_READ_AT_MOST:,} bytes", advice="No mail is that big; name another.")
    is_finished = file.suffix.lower() == ".eml" or is_message(content)
    return mail_of_message(content) if is_finished else mail_of_html(content)


def weighed(rendered: RenderedEdition) -> str:
    """Say what a rendering weighs, and what in it weighs most."""
    mail = Mail.of(rendered)
    parts = "; ".join(f"{name} {size:,}" for name, size in contributors(mail)[:5])
    return f"{weight(rendered.html):,} bytes of HTML; biggest parts: {parts}"


def counted(answers: Mapping[str, Answer]) -> str:
    """Say in words what came of asking."""
    named = {
        AnswerState.ALIVE: "alive",
        AnswerState.DEAD: "dead",
        AnswerState.CLOSED: "closed to robots",
        AnswerState.UNSURE: "without a usable answer",
    }
    counts = {state: sum(answer.state is state for answer in answers.values()) for state in named}
    asked = number_of(len(answers), "address", "addresses")
    return f"asked about {asked}: " + ", ".join(f"{counts[state]} {named[state]}" for state in named)


def _checked(mail: Mail, context: Context, ask: Asker | None) -> tuple[Finding, ...]:
    if ask is not None:
        addresses = [link.get("href") for link in mail.links] + [image.get("src") for image in mail.images]
        context = replace(context, answers={**context.answers, **ask(dict.fromkeys(addresses))})
    return check_mail(mail, context)
