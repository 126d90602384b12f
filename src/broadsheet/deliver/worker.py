"""A worker carries one session. Before every step that must be on the disk first, it asks the run's coordinator."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from broadsheet.deliver.encoding import UnwritableAddress
from broadsheet.deliver.outlets import Outlet
from broadsheet.deliver.replies import Phase, Reply
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
    crash: BaseException | None = None


@dataclass(slots=True)
class Grant:
    """What it may do: open an attempt, wait so many seconds before it connects again, or go home."""

    opening: Attempt | None = None
    pause: float = 0.0
    stop: bool = False


class Worker(threading.Thread):
    """Work for an outlet until told to stop."""

    def __init__(
        self,
        outlet: Outlet,
        number: int,
        compose: Callable[[Recipient], Message],
        requests: queue.SimpleQueue[Request],
        over: threading.Event,
    ) -> None:
        super().__init__(name=f"session-{number}", daemon=True)
        self.outlet = outlet
        self.inbox: queue.SimpleQueue[Grant] = queue.SimpleQueue()
        self.failures = 0
        self._compose, self._requests, self._over = compose, requests, over
        self._settled: list[tuple[Attempt, Reply]] = []

    def run(self) -> None:
        """Work until told to stop; a defect of ours is reported, not lost."""
        try:
            self._work()
        except BaseException as error:
            self._requests.put(Request(self, self._settled, crash=error))

    def _ask(self, **what: object) -> Grant:
        settled, self._settled = self._settled, []
        self._requests.put(Request(self, settled, **what))  # type: ignore[arg-type]  # by name
        return self.inbox.get()

    def _work(self) -> None:
        while True:
            session = self._connect()
            if session is None:
                return
            try:
                if not self._talk(session):
                    return
            finally:
                session.close()

    def _connect(self) -> Session | None:
        while True:
            if self._settled and self._ask().stop:
                return None
            try:
                return self.outlet.transport.open()
            except Refusal as refusal:
                grant = self._ask(trouble=refusal.reply)
                if grant.stop or self._over.wait(grant.pause):
                    return None

    def _talk(self, session: Session) -> bool:
        """Use a session until it is worn out or broken (True), or the run is over (False)."""
        opened: tuple[Attempt, Message] | None = None
        left = self.outlet.recycle
        while session.alive and (left > 0 or opened):
            grant = self._ask(handing=opened and opened[0], wants=left > 0)
            if grant.stop:
                return False
            attempt, message = grant.opening, None
            if attempt is not None:
                left -= 1
                message = self._composed(attempt)
            handed, answer = session.exchange(opened and opened[1], message)
            if opened and handed:
                self._settled.append((opened[0], handed))
            opened = None
            if attempt and message and answer:
                if answer.is_yes:
                    opened = (attempt, message)
                else:
                    self._settled.append((attempt, answer))
        if opened:
            self._settled.append((opened[0], Reply(Phase.DATA, None, "connection lost before the message")))
        return True

    def _composed(self, attempt: Attempt) -> Message | None:
        message = composed(self._compose, attempt.recipient)
        if isinstance(message, Reply):
            self._settled.append((attempt, message))
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
