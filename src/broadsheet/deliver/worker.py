"""A worker carries one session. Before every step that must be on the disk first, it asks the run's coordinator."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from broadsheet.deliver.encoding import UnwritableAddress
from broadsheet.deliver.outlets import Outlet
from broadsheet.deliver.replies import Phase, Reply
from broadsheet.deliver.steps import Aside, Wait
from broadsheet.deliver.transport import Refusal, Session
from broadsheet.model import Attempt, Message, Recipient


@dataclass(slots=True)
class Request:
    """What a worker says: the answers it heard, what it is about to hand over, and whether it wants more."""

    worker: Worker
    settled: list[tuple[Attempt, Reply]]
    handing: Attempt | None = None
    wants: bool = False
    trouble: Reply | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait for so many seconds, or until the run is over."""

    seconds: float


@dataclass(slots=True)
class Grant:
    """What it may do: open an attempt, wait so many seconds before it connects again, or go home."""

    opening: Attempt | None = None
    pause: float = 0.0
    stop: bool = False


Work = Generator[Wait | Aside | Pause | Request, Any, None]


class Worker:
    """Work for an outlet until told to stop. `steps` is the work, which the run's loop drives."""

    def __init__(
        self, outlet: Outlet, compose: Callable[[Recipient], Message], over: threading.Event, *, aside: bool
    ) -> None:
        self.outlet, self.failures = outlet, 0
        self.settled: list[tuple[Attempt, Reply]] = []  # answers that nobody has heard of yet
        self.is_talking = False  # a message is on its way, or its answer is
        self.steps: Work = self._work()
        self._compose, self._over, self._aside = compose, over, aside

    def _ask(self, **what: Any) -> Generator[Request, Grant, Grant]:
        settled, self.settled = self.settled, []
        return (yield Request(self, settled, **what))

    def _work(self) -> Work:
        while not self._over.is_set():
            session = yield from self._connect()
            if session is None:
                return
            try:
                goes_on = yield from self._talk(session)
            except BaseException:
                session.close()
                raise
            yield Aside(session.close)
            if not goes_on:
                return

    def _connect(self) -> Generator[Aside | Pause | Request, Any, Session | None]:
        while True:
            if self.settled and (yield from self._ask()).stop:
                return None
            try:
                return cast(Session, (yield Aside(self._open)))
            except Refusal as refusal:
                grant = yield from self._ask(trouble=refusal.reply)
                if grant.stop:
                    return None
                yield Pause(grant.pause)
                if self._over.is_set():
                    return None

    def _open(self) -> Session:
        session = self.outlet.transport.open()
        if self._over.is_set():
            session.close()  # nobody may be left to do it
        return session

    def _talk(self, session: Session) -> Generator[Wait | Aside | Request, Any, bool]:
        """Use a session until it is worn out or broken (True), or the run is over (False)."""
        opened: tuple[Attempt, Message] | None = None
        left = self.outlet.recycle
        while session.alive and (left > 0 or opened):
            grant = yield from self._ask(handing=opened and opened[0], wants=left > 0)
            if grant.stop:
                return False
            attempt, message = grant.opening, None
            self.is_talking = True
            try:
                if attempt is not None:
                    left -= 1
                    message = yield from self._composed(attempt)
                handed, answer = yield from session.converse(opened and opened[1], message)
            finally:
                self.is_talking = False
            if opened and handed:
                self.settled.append((opened[0], handed))
            opened = None
            if attempt and message and answer:
                if answer.is_yes:
                    opened = (attempt, message)
                else:
                    self.settled.append((attempt, answer))
        if opened:
            self.settled.append((opened[0], Reply(Phase.DATA, None, "connection lost before the message")))
        return True

    def _composed(self, attempt: Attempt) -> Generator[Aside, Any, Message | None]:
        make = partial(composed, self._compose, attempt.recipient)
        message: Message | Reply = (yield Aside(make)) if self._aside else make()
        if isinstance(message, Reply):
            self.settled.append((attempt, message))
            return None
        return message


def composed(compose: Callable[[Recipient], Message], recipient: Recipient) -> Message | Reply:
    """Compose a message, or give the answer that says why there can be none: the reader's address, or a fault of ours.

    A fault of ours, such as a link that no header can hold, would strike every reader: it stops the run.
    """
    try:
        return compose(recipient)
    except UnwritableAddress as error:
        return Reply(Phase.RECIPIENT, 553, f"5.1.3 {error}", "broadsheet")
    except ValueError as error:
        return Reply(Phase.SENDER, 554, f"5.6.0 no message can be composed: {error}", "broadsheet")
