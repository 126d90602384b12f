"""What a conversation waits for. A conversation is a generator: it yields what it cannot go on without.

Whoever drives it decides how that is waited for: `finish` blocks for one, the run's loop serves many in one thread.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until a socket can be read from, or written to. After so many seconds TimeoutError is thrown in."""

    sock: socket.socket
    seconds: float
    to_write: bool = False

    def block(self) -> None:
        """Wait here. Raises TimeoutError."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_WRITE if self.to_write else selectors.EVENT_READ)
            if not selector.select(self.seconds):
                raise TimeoutError


@dataclass(frozen=True, slots=True)
class Aside:
    """Wait until a call that takes its time is done, such as a connection. Gives, or throws, what it did."""

    call: Callable[[], object]

    def block(self) -> object:
        """Call it here."""
        return self.call()


Steps = Generator[Wait | Aside, Any, T]


def finish(steps: Steps[T]) -> T:
    """Drive one conversation to its end, and give what it gives."""
    given: object = None
    error: Exception | None = None
    while True:
        try:
            step = steps.throw(error) if error else steps.send(given)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # a generator's own value
        given = error = None
        try:
            given = step.block()
        except Exception as found:
            error = found
