"""What carries messages: a transport opens sessions, and a session hands messages over one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from broadsheet.deliver.replies import Reply
from broadsheet.deliver.steps import Steps, finish
from broadsheet.model import Message


class Refusal(Exception):
    """Carry the reply that kept a session from opening: the relay is down, or the login is refused."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.phase}: {reply.code or 'no answer:'} {reply.text}".strip())
        self.reply = reply


class Session(ABC):
    """One conversation."""

    alive: bool
    """Whether the conversation can go on."""

    @abstractmethod
    def converse(self, handing: Message | None, opening: Message | None) -> Steps[tuple[Reply | None, Reply | None]]:
        """Hand over the message that was opened before, and open the next: in one round trip where the server can.

        An opened message is announced (who it is from and for), and nothing of it is handed over yet. Gives the reply
        to each; a yes for `opening` means that the next time may hand it over. Trouble is a reply, never an exception.
        """

    @abstractmethod
    def close(self) -> None:
        """End the conversation, politely where it can be; an opened message is given up. Blocks; never raises."""

    def exchange(self, handing: Message | None, opening: Message | None) -> tuple[Reply | None, Reply | None]:
        """Converse, and wait for the answers here."""
        return finish(self.converse(handing, opening))


class Transport(Protocol):
    """A way out. `name` says in the ledger where a message went; `sessions` is how many may be open at once."""

    @property
    def name(self) -> str:
        """Name the place, without a secret in it."""

    @property
    def sessions(self) -> int:
        """Say how many sessions may be open at once."""

    def open(self) -> Session:
        """Begin a conversation. Raises Refusal."""

    def took(self, message_id: str) -> bool | None:
        """Say whether a message was handed over, after a crash; None where nobody can know."""
