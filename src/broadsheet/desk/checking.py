"""Check an edition's rendering, or any mail in a file, by the rules of the check room."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from broadsheet.check import Context, Mail, check_mail, check_rendered
from broadsheet.check.message import mail_of_html, mail_of_message
from broadsheet.config import Config
from broadsheet.desk.opening import Desk
from broadsheet.errors import BroadsheetError
from broadsheet.model import Finding, RenderedEdition

_READ_AT_MOST = 50_000_000


def check(desk: Desk, rendered: RenderedEdition) -> tuple[Finding, ...]:
    """Check a rendered edition by the project's rules; blocking findings come first."""
    publication = desk.config.publication(rendered.edition.publication)
    context = Context(
        now=desk.now(), severities=desk.config.checks, postal_address=publication.postal_address
    )  # fmt: skip
    return check_rendered(rendered, context)


def check_file(file: Path, *, now: datetime, config: Config | None = None) -> tuple[Finding, ...]:
    """Check anybody's mail: `.eml` is a finished message, everything else HTML. Needs no project.

    Raises BroadsheetError when the file cannot be read.
    """
    context = Context(now=now, severities=config.checks if config else {})
    return check_mail(read_mail(file), context)


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
        raise BroadsheetError(
            f"{file} is over {_READ_AT_MOST:,} bytes", advice="No mail is that big; name another file."
        )
    return mail_of_message(content) if file.suffix.lower() == ".eml" else mail_of_html(content)
