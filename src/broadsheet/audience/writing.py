"""Write people to a CSV that is safe to open: UTF-8, quoted where needed, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broadsheet.audience.words import FORMULA
from broadsheet.errors import AudienceError
from broadsheet.model import Consent, Recipient

HEAD = ("email", "first name", "last name", "language", "timezone", "joined")
_OWN = ("email", "first", "last", "language", "timezone", "joined")


def inert(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula; numbers stay (see `bare`)."""
    if text and text.startswith(FORMULA) and not text[1:].replace(" ", "").replace(".", "", 1).isdecimal():
        return f"'{text}"
    return text


Cell = Callable[[Recipient, Consent, str], str]


@dataclass(frozen=True, slots=True)
class ExportColumns:
    """The columns of an export: their heads, and what stands in each."""

    head: tuple[str, ...]
    cells: tuple[Cell, ...]

    def row(self, recipient: Recipient, state: Consent, reason: str) -> list[str]:
        """Write one subscription; `reason` says why it is not written to, or is ''."""
        return [cell(recipient, state, reason) for cell in self.cells]


_FIELDS: dict[str, Cell] = {
    "email": lambda r, s, x: r.email,
    "first": lambda r, s, x: r.first_name,
    "last": lambda r, s, x: r.last_name,
    "name": lambda r, s, x: f"{r.first_name} {r.last_name}".strip(),
    "language": lambda r, s, x: r.language,
    "timezone": lambda r, s, x: r.timezone,
    "joined": lambda r, s, x: r.joined_on.isoformat() if r.joined_on else "",
    "joined_time": lambda r, s, x: f"{r.joined_on.isoformat()} 00:00:00" if r.joined_on else "",
    "tags": lambda r, s, x: r.attributes.get("tags", ""),
}
# Each platform's own heads for its list import, and our field in it. `state` has the platform's words for it: active,
# not confirmed, left, suppressed for a bounce, suppressed for a complaint or otherwise.
PLATFORMS: dict[str, tuple[tuple[tuple[str, str], ...], str, tuple[str, str, str, str, str]]] = {
    "mailchimp": (
        (("Email Address", "email"), ("First Name", "first"), ("Last Name", "last"), ("OPTIN_TIME", "joined_time"),
         ("TAGS", "tags")),
        "Status", ("subscribed", "pending", "unsubscribed", "cleaned", "unsubscribed"),
    ),
    "brevo": (
        (("EMAIL", "email"), ("FIRSTNAME", "first"), ("LASTNAME", "last"), ("ADDED_TIME", "joined")),
        "BLACKLISTED", ("no", "yes", "yes", "yes", "yes"),
    ),
    "substack": (
        (("email", "email"), ("name", "name"), ("created_at", "joined")),
        "email_disabled", ("false", "true", "true", "true", "true"),
    ),
    "beehiiv": (
        (("email", "email"), ("first_name", "first"), ("last_name", "last"), ("created_at", "joined"),
         ("tags", "tags")),
        "status", ("active", "pending", "inactive", "inactive", "inactive"),
    ),
    "ghost": (
        (("email", "email"), ("name", "name"), ("created_at", "joined"), ("labels", "tags")),
        "subscribed_to_emails", ("true", "false", "false", "false", "false"),
    ),
    "buttondown": (
        (("email", "email"), ("tags", "tags"), ("creation_date", "joined")),
        "subscriber_type", ("regular", "unactivated", "unsubscribed", "undeliverable", "complained"),
    ),
    "listmonk": (
        (("email", "email"), ("name", "name")),
        "status", ("enabled", "disabled", "disabled", "blocklisted", "blocklisted"),
    ),
    "keila": (
        (("Email", "email"), ("First name", "first"), ("Last name", "last")),
        "Status", ("active", "unsubscribed", "unsubscribed", "unreachable", "unsubscribed"),
    ),
    "kit": (
        (("email_address", "email"), ("first_name", "first"), ("created_at", "joined"), ("tags", "tags")),
        "status", ("active", "inactive", "cancelled", "bounced", "complained"),
    ),
    "mailerlite": (
        (("Email", "email"), ("Name", "first"), ("Last name", "last"), ("Subscribed", "joined")),
        "Status", ("active", "unconfirmed", "unsubscribed", "bounced", "junk"),
    ),
    "campaign-monitor": (
        (("Email Address", "email"), ("Name", "name"), ("Date joined", "joined")),
        "Status", ("Active", "Unconfirmed", "Unsubscribed", "Bounced", "Unsubscribed"),
    ),
}  # fmt: skip


def columns_for(platform: str, attributes: Sequence[str], *, with_state: bool) -> ExportColumns:
    """Choose the columns of an export: ours, or a platform's own. Raises AudienceError for a platform not known here.

    `attributes` follow under their names; the platform's state stands last but them, and only where it is wanted.
    """
    taken = {"tags"} if platform else set()
    rest = [(name, _attribute(name)) for name in attributes if name not in taken]
    if not platform:
        heads = [(head, _FIELDS[field]) for head, field in zip(HEAD, _OWN, strict=True)]
        state: list[tuple[str, Cell]] = [("state", _own_state)] if with_state else []
    elif platform in PLATFORMS:
        fields, head, words = PLATFORMS[platform]
        heads = [(title, _FIELDS[field]) for title, field in fields]
        state = [(head, _state_in(words))] if with_state else []
    else:
        raise AudienceError(
            f"no columns are known for {platform!r}", advice=f"Known platforms: {', '.join(PLATFORMS)}."
        )
    columns = [*heads, *state, *rest]
    return ExportColumns(tuple(head for head, _ in columns), tuple(cell for _, cell in columns))


def _attribute(name: str) -> Cell:
    return lambda recipient, state, reason: recipient.attributes.get(name, "")


def _own_state(recipient: Recipient, state: Consent, reason: str) -> str:
    return reason if reason.startswith("suppressed") else state.value


def _state_in(words: tuple[str, str, str, str, str]) -> Cell:
    def cell(recipient: Recipient, state: Consent, reason: str) -> str:
        if reason.startswith("suppressed"):
            return words[3] if reason.endswith("bounce") else words[4]
        if state is Consent.UNSUBSCRIBED:
            return words[2]
        return words[1] if state is Consent.PENDING else words[0]

    return cell


@contextmanager
def writing(
    target: Path | None, head: Sequence[str], *, inert_cells: bool = True
) -> Iterator[Callable[[Sequence[str]], None]]:
    """Open a CSV for writing; stdout where no file is named. A file appears whole or not at all.

    Raises AudienceError when it cannot be written.
    """
    if target is None:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        yield _writer(writer, head, inert_cells)
        return
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as part:
            try:
                yield _writer(csv.writer(part, lineterminator="\r\n"), head, inert_cells)
            except BaseException:
                Path(name).unlink()
                raise
        Path(name).replace(target)
    except OSError as error:
        raise AudienceError(f"cannot be written: {error.strerror}", file=str(target)) from None


def _writer(writer: object, head: Sequence[str], inert_cells: bool) -> Callable[[Sequence[str]], None]:
    writerow = writer.writerow  # type: ignore[attr-defined]  # csv.writer gives no type that can be named
    writerow(head)
    if not inert_cells:
        return writerow  # type: ignore[no-any-return]  # as above
    return lambda row: writerow([inert(cell) for cell in row])
