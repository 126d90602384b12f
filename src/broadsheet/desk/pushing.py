"""Put an edition at a platform as a draft, remember it, and have it sent there when that is asked for."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from broadsheet.config import Account
from broadsheet.desk.exporting import approval_notes, checked, export_pieces
from broadsheet.desk.opening import Desk
from broadsheet.desk.secrets import read_secret
from broadsheet.desk.showing import show_edition
from broadsheet.desk.ways import refuse_second_way
from broadsheet.errors import CheckFailed, ConfigError, ExportError
from broadsheet.model import Edition, EditionStatus, RenderedEdition

if TYPE_CHECKING:
    from broadsheet.export import Choices
    from broadsheet.export.push import Place, Pushed, Sent


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

    Nothing is sent to readers: a person does that at the platform, or `send_edition`. Raises CheckFailed, ConfigError,
    ExportError, and PlatformBusy when the same command should be given again later. `options` go to the API, such as
    its timeout.
    """
    place = _place(desk, platform, options)
    memory = StoredMemory(desk, edition.id, platform)
    if memory.send_asked_at:
        raise ExportError(
            f"{place.title} was asked to send {edition.id} at {memory.send_asked_at:%Y-%m-%d %H:%M} UTC, so what is "
            "there was left alone",
            advice=f"What became of it: broadsheet export {edition.id} --for {platform} --push --send",
        )
    return _push(desk, place, memory, checked(desk, edition, unchecked=unchecked), choices)


def send_edition(
    desk: Desk,
    edition: Edition,
    platform: str,
    choices: Choices | None = None,
    *,
    also: bool = False,
    **options: Any,
) -> tuple[Sent, tuple[str, ...]]:
    """Make or renew an approved edition's draft at a platform and have it sent to its readers there, once.

    It is sent only when the draft was read back and is what was approved, for the list that is configured. When the
    platform was asked before, it is only asked what became of that. `also` says that it is meant although the edition
    goes out another way, too. Raises ApprovalMissing, SentElsewhere, CheckFailed when the draft is not what it should
    be, and what `push_edition` raises.
    """
    from broadsheet.desk.freezing import approved_rendering
    from broadsheet.export import find_platform
    from broadsheet.export.push import refuse_unsendable, send_draft

    find_platform(platform)
    refuse_unsendable(platform)
    place = _place(desk, platform, options)
    rendered = approved_rendering(desk, edition)
    memory = StoredMemory(desk, edition.id, platform)
    notes: tuple[str, ...] = ()
    memory.also = also
    if memory.send_asked_at is None:
        if not also:
            refuse_second_way(desk, edition.id, platform)
        checked(desk, edition)
        pushed, notes = _push(desk, place, memory, rendered, choices)
        if pushed.differences:
            raise CheckFailed(
                "\n".join(
                    [
                        f"{place.title} did not keep what was approved, or does not tell, so nothing was sent:",
                        *pushed.differences,
                    ]
                ),
                advice="Look at the draft there. Send it there by hand if it is right all the same.",
            )
    sent = send_draft(place, memory, desk.now)
    if edition.status is EditionStatus.APPROVED:
        desk.store.editions.mark_sent(edition.id, at=desk.now())
    return sent, notes


def _place(desk: Desk, platform: str, options: dict[str, Any]) -> Place:
    from broadsheet.export import find_platform
    from broadsheet.export.push import FROM_THE_WEB, open_place, refuse_unpushable

    find_platform(platform)  # a name that is none at all is told as such
    refuse_unpushable(platform)
    account = desk.config.platforms.get(platform, Account())
    if platform in FROM_THE_WEB:
        options = {"show_edition": partial(show_edition, desk), **options}
    return open_place(platform, account, key_of(desk, platform, account), **options)


def _push(
    desk: Desk, place: Place, memory: StoredMemory, rendered: RenderedEdition, choices: Choices | None
) -> tuple[Pushed, tuple[str, ...]]:
    from broadsheet.export.push import draft_of, push

    edition = rendered.edition
    result = export_pieces(desk, rendered, memory.platform, choices)
    draft = draft_of(result, desk.config.publication(edition.publication))
    pushed = push(place, draft, memory, desk.now)
    with desk.store.transaction():
        desk.store.pushes.note_pushed(edition.id, memory.platform, rendered.hash, desk.now())
    return pushed, (*approval_notes(edition, rendered), *result.notes)


def key_of(desk: Desk, platform: str, account: Account) -> str:
    """Find the key of an account where its table says that it is. Raises ConfigError."""
    key = read_secret(
        desk, f"platforms.{platform}.key",
        env=account.key_env or f"BROADSHEET_{platform.upper().replace('-', '_')}_KEY",
        file=account.key_file, keyring=account.key_keyring,
    ).strip()  # fmt: skip
    if not key.isascii():
        raise ConfigError("the key holds letters that no key has", key=f"platforms.{platform}.key")
    return key


class StoredMemory:
    """What the database remembers of one edition at one platform. Each note is kept before the work goes on."""

    def __init__(self, desk: Desk, edition: str, platform: str) -> None:
        self._desk, self._edition, self.platform = desk, edition, platform
        known = desk.store.pushes.get(edition, platform)
        self.remote_id = known.remote_id if known else ""
        self.send_asked_at: datetime | None = known.send_asked_at if known else None
        self.also = False  # a person said that it may be sent another way, too

    def claim_attempt(self, now: datetime, since: datetime) -> bool:
        """Note that a draft is about to be made; False when another process made one, or asked after `since`."""
        with self._desk.store.transaction():
            return self._desk.store.pushes.claim_attempt(
                self._edition, self.platform, now, since=since, remote_id=self.remote_id
            )

    def forget_attempt(self) -> None:
        """Note that nothing was made."""
        with self._desk.store.transaction():
            self._desk.store.pushes.forget_attempt(self._edition, self.platform)

    def keep(self, remote_id: str) -> None:
        """Keep the id of the draft."""
        with self._desk.store.transaction():
            self._desk.store.pushes.keep(self._edition, self.platform, remote_id)
        self.remote_id = remote_id

    def claim_send(self, now: datetime) -> bool:
        """Note that the platform is about to be asked to send; False when another process noted that first.

        Raises SentElsewhere when it is being sent another way, and nobody said that both are meant.
        """
        with self._desk.store.transaction():
            if not self.also:
                refuse_second_way(self._desk, self._edition, self.platform)
            mine = self._desk.store.pushes.claim_send(self._edition, self.platform, now)
        if mine:
            self.send_asked_at = now
        return mine

    def forget_send(self) -> None:
        """Note that the platform refused to send."""
        with self._desk.store.transaction():
            self._desk.store.pushes.forget_send(self._edition, self.platform)
        self.send_asked_at = None
