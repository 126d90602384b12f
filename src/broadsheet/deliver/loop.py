"""One thread for all sessions of a run: each goes on when what it waits for is there.

Threads that wake each other up across cores cost more than the mail itself. Only what blocks by its nature (a
connection, a login, a file's way to the disk), or is worth a core of its own (a signature), is done aside, by a thread
that is kept for the next.
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
        self._is_closed = False
        self.workers: set[Worker] = set()  # those whose work is not done
        self.asking: set[Worker] = set()  # those of them who wait for an answer
        self.crash: Exception | None = None  # what a worker raised: a defect of ours

    def begin(self, worker: Worker) -> None:
        """Let a worker begin."""
        self.workers.add(worker)
        self.go_on(worker)

    def go_on(self, worker: Worker, given: object = None, error: Exception | None = None) -> None:
        """Let a worker go on to what it waits for next."""
        self.asking.discard(worker)
        try:
            step = worker.steps.throw(error) if error else worker.steps.send(given)
        except StopIteration:
            self.workers.discard(worker)
            return
        except Exception as found:
            self.workers.discard(worker)
            self.crash = found  # heard of when the others have gone on with what is on the disk for them
            return
        if isinstance(step, Request):
            self.asking.add(worker)
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
        while self.workers and self.crash is None and len(self._asked) < enough:
            left = until - time.monotonic()
            self._pass(max(left, 0.0))
            if left <= 0:
                break
        found, self._asked = self._asked, []
        return found

    @property
    def has_news(self) -> bool:
        """Tell whether somebody said something that was not heard yet."""
        return bool(self._asked or self.crash)

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

    def _tell(self, hand: _Hand, worker: Worker, given: object, error: Exception | None) -> bool:
        """Say what came of a call. Gives whether there may be more to do."""
        self._done.put((hand, worker, given, error))
        with suppress(OSError):  # nobody listens any more
            self._mouth.send(b".")
        return not self._is_closed

    def close(self) -> None:
        """Let the hands go; one that is still busy ends with what it does."""
        self._is_closed = True
        for hand in self._idle:
            hand.inbox.put(None)
        self._selector.close()
        self._ear.close()
        self._mouth.close()


_EVENTS = {False: selectors.EVENT_READ, True: selectors.EVENT_WRITE}


class _Hand(threading.Thread):
    """A thread that does what blocks."""

    def __init__(self, tell: Callable[[_Hand, Worker, object, Exception | None], bool]) -> None:
        super().__init__(name="aside", daemon=True)
        self.inbox: queue.SimpleQueue[tuple[Worker, Callable[[], object]] | None] = queue.SimpleQueue()
        self._tell = tell
        self.start()

    def run(self) -> None:
        goes_on = True
        while goes_on and (work := self.inbox.get()) is not None:
            worker, call = work
            try:
                given, error = call(), None
            except Exception as found:
                given, error = None, found
            goes_on = self._tell(self, worker, given, error)
