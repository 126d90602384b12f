"""Fetch messages from a Maildir, an mbox or an IMAP mailbox, and mark each as seen once it has been dealt with."""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

from broadsheet.errors import AudienceError

LARGEST = 2 * 1024 * 1024
Fetched = tuple[bytes, Callable[[], None]]


def from_path(path: Path) -> Iterator[Fetched]:
    """Yield the unseen messages of a Maildir, or all of an mbox, which keeps no marks. Raises AudienceError."""
    if (path / "cur").is_dir() and (path / "new").is_dir():
        return _from_maildir(path)
    if path.is_file():
        return _from_mbox(path)
    raise AudienceError("expected a Maildir (a folder with new/ and cur/) or an mbox file", file=str(path))


def _from_maildir(path: Path) -> Iterator[Fetched]:
    new = sorted((path / "new").iterdir())
    unseen = [file for file in sorted((path / "cur").iterdir()) if "S" not in file.name.partition(":2,")[2]]
    for file in (*new, *unseen):
        if file.name.startswith(".") or not file.is_file():
            continue
        name, _, flags = file.name.partition(":2,")
        seen = path / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}"
        with file.open("rb") as handle:
            content = handle.read(LARGEST)
        yield content, lambda file=file, seen=seen: _move(file, seen)  # type: ignore[misc]  # bound at once, on purpose


def _move(file: Path, target: Path) -> None:
    file.rename(target)


def _from_mbox(path: Path) -> Iterator[Fetched]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)[:LARGEST], lambda: None
    finally:
        box.close()


def from_imap(
    host: str, port: int, user: str, password: str, folder: str, *, encrypted: bool = True, timeout: float = 60.0
) -> Iterator[Fetched]:
    """Yield the unseen messages of an IMAP folder (RFC 3501). Raises AudienceError with the server's words."""
    try:
        box = (
            imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=timeout)
            if encrypted
            else imaplib.IMAP4(host, port, timeout=timeout)
        )
        with box:
            box.login(user, password)
            answer, _ = box.select(f'"{folder}"')
            if answer != "OK":
                raise AudienceError(f"{host} has no folder {folder!r}")
            _, found = box.uid("SEARCH", "UNSEEN")
            for number in (found[0] or b"").split():
                _, parts = box.uid("FETCH", number.decode("ascii"), f"(BODY.PEEK[]<0.{LARGEST}>)")
                for part in parts:
                    if isinstance(part, tuple):
                        yield part[1], lambda number=number: _mark(box, number)  # type: ignore[misc]  # as above
    except (imaplib.IMAP4.error, OSError) as error:
        raise AudienceError(
            f"the bounce mailbox at {host}:{port} cannot be read: {error}", advice="Check [bounces] and its password."
        ) from None


def _mark(box: imaplib.IMAP4, number: bytes) -> None:
    box.uid("STORE", number.decode("ascii"), "+FLAGS", r"(\Seen)")
