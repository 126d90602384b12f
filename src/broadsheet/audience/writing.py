"""Write people to a CSV that is safe to open: UTF-8, quoted where needed, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from broadsheet.errors import AudienceError
from broadsheet.model import Recipient

HEAD = ("email", "first name", "last name", "language", "timezone", "joined")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def inert(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula; numbers stay as they are."""
    if text and text.startswith(_FORMULA) and not text[1:].replace(" ", "").replace(".", "", 1).isdecimal():
        return f"'{text}"
    return text


def row_of(recipient: Recipient, state: str | None, attributes: Sequence[str]) -> list[str]:
    """Write a recipient in the columns of HEAD, then the state where it is wanted, then the attributes."""
    row = [
        recipient.email, recipient.first_name, recipient.last_name, recipient.language, recipient.timezone,
        recipient.joined_on.isoformat() if recipient.joined_on else "",
    ]  # fmt: skip
    if state is not None:
        row.append(state)
    row.extend(recipient.attributes.get(name, "") for name in attributes)
    return row


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
