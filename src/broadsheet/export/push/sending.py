"""How a draft at a platform is sent there: asked for once and never twice, whatever gets lost on the way.

That the platform is about to be asked is noted first, by one process only. After an answer, or none, the platform is
asked what became of it. Where nobody knows, a person looks there: there is no second request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from broadsheet.errors import ConfigError, ExportError, PlatformBusy
from broadsheet.export.push.api import NoAnswer, NotThere
from broadsheet.export.push.drafts import Place, Remote


class SendMemory(Protocol):
    """What is remembered of sending one edition at one platform."""

    remote_id: str
    send_asked_at: datetime | None

    def claim_send(self, now: datetime) -> bool:
        """Note that the platform is about to be asked to send; False when that was noted before."""

    def forget_send(self) -> None:
        """Note that the platform refused: nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A draft that the platform took for sending, and in what state it says that it is ('' when it did not tell)."""

    platform: str
    remote_id: str
    state: str


def send_draft(place: Place, memory: SendMemory, clock: Callable[[], datetime]) -> Sent:
    """Ask a platform to send the draft that is remembered, or tell what became of it when it was asked before.

    Raises ExportError when the platform refuses, PlatformBusy when it should be looked at later.
    """
    before = _ask(place, memory.remote_id)
    if before is None:
        raise ExportError(
            f"{place.title}: the draft is not there any more, so nothing was sent", advice="Run the same command again."
        )
    if memory.send_asked_at:
        return _settled(place, before, memory.send_asked_at)
    if not before.is_draft:
        raise ExportError(
            f"{place.title}: the draft is {before.state} there already, so it was left alone",
            advice="Look at it there.",
        )
    now = clock()
    if not memory.claim_send(now):
        raise PlatformBusy(
            f"{place.title}: another process is asking for this at the moment",
            advice="Run the same command again in two minutes: it asks what became of it, and sends nothing twice.",
        )
    try:
        place.send(memory.remote_id)
    except NoAnswer:
        after = _ask(place, memory.remote_id)
        if after is None or after.is_draft:
            raise _in_doubt(place, now) from None
        return Sent(platform=place.title, remote_id=memory.remote_id, state=after.state)
    except NotThere as absence:
        memory.forget_send()
        raise ExportError(
            f"{place.title} knows nothing of what was named ({absence}), so nothing was sent",
            advice="Check the platform's table in broadsheet.toml, then run the same command again.",
        ) from absence
    except (ExportError, ConfigError):
        memory.forget_send()
        raise
    try:
        after = _ask(place, memory.remote_id)
    except ExportError:
        after = None  # it said yes: not to be told the state is no failure
    return Sent(platform=place.title, remote_id=memory.remote_id, state=after.state if after else "")


def _settled(place: Place, there: Remote, asked_at: datetime) -> Sent:
    if there.is_draft:
        raise _in_doubt(place, asked_at)
    return Sent(platform=place.title, remote_id=there.id, state=there.state)


def _in_doubt(place: Place, asked_at: datetime) -> PlatformBusy:
    return PlatformBusy(
        f"{place.title} was asked to send at {asked_at:%Y-%m-%d %H:%M} UTC, no answer is known, and it still shows a "
        "draft. It will not be asked a second time",
        advice="Run the same command again in some minutes. If it is still a draft then, send it there by hand.",
    )


def _ask(place: Place, remote_id: str) -> Remote | None:
    try:
        return place.read(remote_id)
    except NotThere:
        return None
    except NoAnswer as silence:
        raise PlatformBusy(
            f"{place.title} gave no answer to what became of the draft ({silence})",
            advice="Run the same command again in two minutes: it asks first, and sends nothing twice.",
        ) from silence
