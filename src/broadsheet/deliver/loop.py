"""One thread for all sessions of a run: each goes on when what it waits for is there.

Threads that wake each other up across cores cost more than the mail itself. Only what blocks by its nature (a
connection, a login, a file's way to the disk) is done aside, by a thread that is kept for the next.
"""

from __future__ import annotations

import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from broadsheet.deliver.steps import Aside, Wait
from broadsheet.deliver.worker import Pause, Request, Worker


class Loop:
    """Drive workers until each has asked something, which the run's coordinator answers by `go_on`."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._ear, self._mouth = socket.socketpair()  # a hand says here that it is done
        self._ear.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._until: dict[Worker, tuple[float, Wait | Pause]] = {}
        self._asked: list[Request] = []
        self._done: queue.SimpleQueue[tuple[_Hand, Worker, object, Exception | None]] = queue.SimpleQueue()
        self._idle: list[_Hand] = []
        self.workers: set[Worker] = set()  # those whose work is not done

    def begin(self, worker: Worker) -> None:
        """Let a worker begin."""
        self.workers.add(worker)
        self.go_on(worker)

    def go_on(self, worker: Worker, given: object = None, error: Exception | None = None) -> None:
        """Let a worker go on to what it waits for next. What it raises is a defect of ours."""
        try:
            step = worker.steps.throw(error) if error else worker.steps.send(given)
        except StopIteration:
            self.workers.discard(worker)
            return
        except BaseException:
            self.workers.discard(worker)
            raise
        if isinstance(step, Request):
            self._asked.append(step)
        elif isinstance(step, Aside):
            hand = self._idle.pop() if self._idle else _Hand(self._tell)
            hand.inbox.put((worker, step.call))
        else:
            if isinstance(step, Wait):
                self._selector.register(step.sock, _EVENTS[step.to_write], worker)
            self._until[worker] = (time.monotonic() + step.seconds, step)

    def asked(self, seconds: float, *, enough: int = 1) -> list[Request]:
        """Give what was asked: wait until so many have, until so many seconds have passed, or nobody is left."""
        until = time.monotonic() + seconds
        while self.workers and len(self._asked) < enough:
            left = until - time.monotonic()
            self._pass(max(left, 0.0))
            if left <= 0:
                break
        found, self._asked = self._asked, []
        return found

    @property
    def is_asked(self) -> bool:
        """Tell whether somebody waits for an answer."""
        return bool(self._asked)

    def hurry(self) -> None:
        """End every pause."""
        for worker, (_, step) in list(self._until.items()):
            if isinstance(step, Pause):
                self._end(worker, step)

    def _pass(self, seconds: float) -> None:
        """Wait for whatever comes first, and let those go on whom it concerns."""
        now = time.monotonic()
        soonest = min((at for at, _ in self._until.values()), default=now + seconds)
        for key, _ in self._selector.select(max(min(seconds, soonest - now), 0.0)):
            if key.data is None:
                self._hear()
            else:
                self._end(key.data, self._until[key.data][1])
        now = time.monotonic()
        for worker, (at, step) in list(self._until.items()):
            if at <= now:
                self._end(worker, step, TimeoutError() if isinstance(step, Wait) else None)

    def _end(self, worker: Worker, step: Wait | Pause, error: Exception | None = None) -> None:
        """Let a worker go on whose wait is over."""
        del self._until[worker]
        if isinstance(step, Wait):
            self._selector.unregister(step.sock)
        self.go_on(worker, None, error)

    def _hear(self) -> None:
        self._ear.recv(4096)
        while not self._done.empty():
            hand, worker, given, error = self._done.get()
            self._idle.append(hand)
            self.go_on(worker, given, error)

    def _tell(self, hand: _Hand, worker: Worker, given: object, error: Exception | None) -> None:
        self._done.put((hand, worker, given, error))
        with suppress(OSError):  # nobody listens any more
            self._mouth.send(b".")

    def close(self) -> None:
        """Let the hands go; one that is still busy ends with what it does."""
        for hand in self._idle:
            hand.inbox.put(None)
        self._selector.close()
        self._ear.close()
        self._mouth.close()


_EVENTS = {False: selectors.EVENT_READ, True: selectors.EVENT_WRITE}


class _Hand(threading.Thread):
    """A thread that does what blocks."""

    def __init__(self, tell: Callable[[_Hand, Worker, object, Exception | None], None]) -> None:
        super().__init__(name="aside", daemon=True)
        self.inbox: queue.SimpleQueue[tuple[Worker, Callable[[], object]] | None] = queue.SimpleQueue()
        self._tell = tell
        self.start()

    def run(self) -> None:
        while (work := self.inbox.get()) is not None:
            worker, call = work
            try:
                self._tell(self, worker, call(), None)
            except Exception as error:
                self._tell(self, worker, None, error)
