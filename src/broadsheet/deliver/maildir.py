"""A Maildir as the way out: the embedded default, and a mailbox that any mail program opens.

A message's file is named after its Message-ID, so that a second attempt writes the same file, and a crash between
writing and noting can be decided by looking.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from broadsheet.deliver.replies import Phase, Reply
from broadsheet.deliver.steps import Aside, Steps
from broadsheet.deliver.transport import Refusal, Session
from broadsheet.model import Message


class Maildir:
    """A folder with `tmp`, `new` and `cur`, made when first used."""

    def __init__(self, folder: Path, *, sessions: int = 2) -> None:
        self.folder = folder
        self.name = f"maildir:{folder.resolve()}"
        self.sessions = sessions

    def open(self) -> MaildirSession:
        """Make the folders. Raises Refusal where that cannot be."""
        try:
            for part in ("tmp", "new", "cur"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(Reply(Phase.CONNECT, None, f"{self.folder}: {error.strerror}", self.name)) from None
        return MaildirSession(self.folder, self.name)

    def took(self, message_id: str) -> bool:
        """Look for a message, also where a mail program has moved it to `cur`."""
        name = file_name(message_id)
        return (self.folder / "new" / name).exists() or any((self.folder / "cur").glob(f"{name}*"))


class MaildirSession(Session):
    """Write messages: complete in `tmp`, on the disk, then visible in `new` at one stroke."""

    alive = True

    def __init__(self, folder: Path, server: str) -> None:
        self._folder, self._server = folder, server

    def converse(self, handing: Message | None, opening: Message | None) -> Steps[tuple[Reply | None, Reply | None]]:
        """Write one message; opening another costs nothing here."""
        opened = Reply(Phase.RECIPIENT, 250, "", self._server) if opening else None
        handed: Reply | None = (yield Aside(lambda: self._write(handing))) if handing else None
        return handed, opened

    def _write(self, message: Message) -> Reply:
        name = file_name(message.message_id)
        draft, final = self._folder / "tmp" / name, self._folder / "new" / name
        head = f"Return-Path: <{message.envelope.sender}>\r\nDelivered-To: {message.envelope.recipient}\r\n".encode()
        try:
            with draft.open("wb") as handle:
                handle.write((head + message.content).replace(b"\r\n", b"\n"))
                handle.flush()
                os.fsync(handle.fileno())
            draft.replace(final)
            self._settle_folder()
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            return Reply(Phase.HANDING, 452, f"4.3.1 {final}: {error.strerror}", self._server)
        return Reply(Phase.ANSWER, 250, "2.0.0 written", self._server)

    def _settle_folder(self) -> None:
        """Bring the new name itself to the disk, where the system lets a folder be opened."""
        try:
            handle = os.open(self._folder / "new", os.O_RDONLY)
        except OSError:
            return
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def close(self) -> None:
        """Nothing to end."""


def file_name(message_id: str) -> str:
    """Name the file of a message: unique by its Message-ID, readable by its edition and subscription."""
    readable = "".join(c if c.isalnum() or c in "-._" else "_" for c in message_id.strip("<>").partition("@")[0])
    return f"{readable[:80]}.{hashlib.sha256(message_id.encode()).hexdigest()[:16]}.broadsheet"
