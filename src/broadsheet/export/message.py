"""Write an edition as one message file (RFC 5322), to look at, to forward or to feed to a mail tester."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from io import BytesIO

from broadsheet.config import Publication
from broadsheet.export.edition import Exported


def message_file(result: Exported, publication: Publication) -> bytes:
    """Write the message: plain text first, then HTML (RFC 2046, section 5.1.4). Same edition, same bytes."""
    edition = result.rendered.edition
    message = EmailMessage(policy=SMTP)
    message["From"] = publication.sender
    message["To"] = f"{publication.title} <{publication.sender_email}>"
    if publication.reply_to:
        message["Reply-To"] = publication.reply_to
    message["Subject"] = result.subject
    message["Date"] = format_datetime(datetime.combine(edition.date, time(), UTC))
    message["Message-ID"] = f"<{edition.id}.preview@{publication.sender_email.rpartition('@')[2]}>"
    message["Content-Language"] = result.rendered.language
    message["X-Unsent"] = "1"
    message.set_content(result.text, cte="quoted-printable")
    message.add_alternative(result.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{hashlib.sha256(result.rendered.hash.encode()).hexdigest()[:32]}")
    buffer = BytesIO()
    BytesGenerator(buffer, policy=SMTP).flatten(message)
    return buffer.getvalue()
