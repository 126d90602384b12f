"""Put an edition at a platform as a draft, and remember it."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

from broadsheet.config import Account
from broadsheet.desk.exporting import approval_notes, checked, export_pieces
from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError
from broadsheet.model import Edition

if TYPE_CHECKING:
    from broadsheet.export import Choices
    from broadsheet.export.push import Pushed


def push_edition(
    desk: Desk,
    edition: Edition,
    platform: str,
    choices: Choices | None = None,
    *,
    unchecked: bool = False,
    **options: Any,
) -> tuple[Pushed, tuple[str, ...]]:
    """Render, check and export an edition, and make or renew its draft at a platform. Gives notes for the editor too.

    Nothing is sent to readers: a person does that at the platform. Raises CheckFailed, ConfigError, ExportError, and
    PlatformBusy when the same command should be given again later. `options` go to the API, such as its timeout.
    """
    from broadsheet.export.push import draft_of, open_place, push

    account = desk.config.platforms.get(platform, Account())
    place = open_place(platform, account, key_of(desk, platform, account), **options)
    rendered = checked(desk, edition, unchecked=unchecked)
    result = export_pieces(desk, rendered, platform, choices)
    draft = draft_of(result, desk.config.publication(edition.publication))
    pushed = push(place, draft, StoredMemory(desk, edition.id, platform), desk.now)
    with desk.store.transaction():
        desk.store.pushes.note_pushed(edition.id, platform, rendered.hash, desk.now())
    return pushed, (*result.notes, *approval_notes(edition, rendered))


def key_of(desk: Desk, platform: str, account: Account) -> str:
    """Find the key of an account: in the file or the variable that its table names. Raises ConfigError."""
    if account.key_file:
        file = desk.folder / account.key_file
        try:
            key = file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(
                f"the key's file {file} cannot be read: {error.strerror}", key=f"platforms.{platform}.key_file"
            ) from None
        where = str(file)
    else:
        where = account.key_env or f"BROADSHEET_{platform.upper().replace('-', '_')}_KEY"
        key = os.environ.get(where, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        raise ConfigError(
            f"no key for {platform}: {where} is empty or no key",
            key=f"platforms.{platform}",
            advice=f"Put the key into the variable {where}, or name key_env or key_file in [platforms.{platform}].",
        )
    return key


class StoredMemory:
    """What the database remembers of one edition at one platform. Each note is kept before the work goes on."""

    def __init__(self, desk: Desk, edition: str, platform: str) -> None:
        self._desk, self._edition, self._platform = desk, edition, platform
        known = desk.store.pushes.get(edition, platform)
        self.remote_id = known.remote_id if known else ""
        self.attempted_at: datetime | None = known.attempted_at if known else None

    def note_attempt(self, now: datetime) -> None:
        """Note that a draft is about to be made."""
        self._attempt(now)

    def forget_attempt(self) -> None:
        """Note that nothing was made."""
        self._attempt(None)

    def keep(self, remote_id: str) -> None:
        """Keep the id of the draft."""
        with self._desk.store.transaction():
            self._desk.store.pushes.keep(self._edition, self._platform, remote_id)
        self.remote_id, self.attempted_at = remote_id, None

    def _attempt(self, now: datetime | None) -> None:
        with self._desk.store.transaction():
            self._desk.store.pushes.note_attempt(self._edition, self._platform, now)
        self.attempted_at = now
