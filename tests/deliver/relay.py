"""A real SMTP server on a free port that records what it took, and is rude at any stage when told to.

`script` is asked before every answer: it is given the stage and the conversation, and says what to do instead of the
right thing: a reply to give, or CUT, STALL, or a lie. None lets the server behave.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

CUT, STALL = "CUT", "STALL"
TAKE_AND_CUT = "TAKE AND CUT"  # the message is taken, and the connection breaks before the answer
LATE = "LATE "  # LATE 0.05: answer after so many seconds


class Stage(StrEnum):
    """Where the server can be told to misbehave. BODY is in the middle of a message, AFTER just after its answer."""

    BANNER = "banner"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    AFTER = "after"
    RSET = "rset"


@dataclass
class Taken:
    sender: str
    recipient: str
    content: bytes
    answered: bool = False

    @property
    def message_id(self) -> str:
        found = re.search(rb"^Message-ID: (\S+)", self.content, re.MULTILINE | re.IGNORECASE)
        return found[1].decode() if found else ""


@dataclass
class Conversation:
    number: int
    sender: str = ""
    recipient: str = ""
    count: int = 0
    secure: bool = False
    user: str = ""
    hurried: bool = False  # something was said before the answer to what came before it
    log: list[str] = field(default_factory=list)


Script = Callable[[Stage, Conversation], str | None]


class Relay:
    """Run the server in a thread. Use it as a context manager."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"),
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        login: tuple[str, str] | None = None,
        port: int = 0,
        keep: bool = True,
    ) -> None:
        self.script, self.extensions, self.tls, self.login = script, extensions, tls, login
        self.taken: list[Taken] = []
        self.begun: list[str] = []  # recipients whose content may have begun to arrive, and who were not answered
        self.whole: list[str] = []  # those of them whose content has arrived to its end
        self.conversations: list[Conversation] = []
        self.port, self.keep, self._implicit = port, keep, implicit_tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(
            self._begin, "127.0.0.1", self.port, ssl=self.tls if self._implicit else None, limit=1 << 20
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        await _turns()  # whoever was let in just now begins, or nobody would close that socket
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await _turns()

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Conversation(len(self.conversations), secure=self._implicit)
        self.conversations.append(talk)
        try:
            await self._talk(talk, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, _Cut, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    async def _say(self, stage: Stage, talk: Conversation, writer: asyncio.StreamWriter, right: str) -> str:
        """Answer, as the script says or rightly; gives what was said."""
        word = self.script(stage, talk) if self.script else None
        if word == CUT:
            raise _Cut
        if word == STALL:
            await asyncio.sleep(3600)
        if word and word.startswith(LATE):
            await asyncio.sleep(float(word.removeprefix(LATE)))
            word = None
        text = word or right
        if text:
            writer.write(text.encode() + b"\r\n")
        return text

    async def _talk(self, talk: Conversation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = await self._say(Stage.BANNER, talk, writer, "220 relay.example ready")
        while not said.startswith("421"):
            line = (await reader.readuntil(b"\n")).decode("utf-8", "replace").rstrip("\r\n")
            talk.log.append(line)
            verb = line[:4].upper()
            talk.hurried |= verb != "BDAT" and bool(reader._buffer)  # type: ignore[attr-defined]  # nothing public tells
            if verb in ("EHLO", "HELO"):
                said = await self._say(Stage.EHLO, talk, writer, self._greeting(talk))
            elif line.upper() == "STARTTLS":
                said = await self._say(Stage.STARTTLS, talk, writer, "220 go on")
                if said.startswith("220") and self.tls is not None:
                    await writer.start_tls(self.tls)
                    talk.secure = True
            elif verb == "AUTH":
                said = await self._say(Stage.AUTH, talk, writer, self._judged(line))
                talk.user = self.login[0] if self.login and said.startswith("235") else ""
            elif verb == "MAIL":
                talk.sender = _address(line)
                said = await self._say(Stage.MAIL, talk, writer, "250 2.1.0 ok")
                if not said.startswith("2"):
                    talk.sender = ""
            elif verb == "RCPT":
                talk.recipient = _address(line)
                right = "250 2.1.5 ok" if talk.sender else "503 5.5.1 MAIL first"
                said = await self._say(Stage.RCPT, talk, writer, right)
                if not said.startswith("2"):
                    talk.recipient = ""
            elif verb == "DATA":
                right = "354 go on" if talk.recipient else "503 5.5.1 no valid recipient"
                said = await self._say(Stage.DATA, talk, writer, right)
                if said.startswith("354"):
                    said = await self._content(talk, reader, writer, None)
            elif verb == "BDAT":
                said = await self._content(talk, reader, writer, int(line.split()[1]))
            elif verb == "RSET":
                talk.sender = talk.recipient = ""
                said = await self._say(Stage.RSET, talk, writer, "250 2.0.0 ok")
            elif verb == "QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                await writer.drain()
                return
            else:
                writer.write(b"500 5.5.2 what?\r\n")
            await writer.drain()

    async def _content(
        self, talk: Conversation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, octets: int | None
    ) -> str:
        """Take a message, dotted or of so many octets. A refusal in its middle is its answer: it is not taken."""
        self.begun.append(talk.recipient)
        word = self.script(Stage.BODY, talk) if self.script else None
        start = b"" if octets is None or word is None else await reader.readexactly(octets // 2)
        if word == CUT:
            await reader.read(100)
            raise _Cut
        if word == STALL:
            await asyncio.sleep(3600)
        if word:
            writer.write(word.encode() + b"\r\n")
            await writer.drain()
        if octets is None:
            content = await self._dotted(talk, reader)
        else:
            content = start + await reader.readexactly(octets - len(start))
            talk.hurried |= bool(reader._buffer)  # type: ignore[attr-defined]  # no public way to ask
        if word and word.startswith(("4", "5")):
            self.begun.remove(talk.recipient)
            talk.sender = talk.recipient = ""
            return word
        self.whole.append(talk.recipient)
        return await self._message(talk, writer, content)

    async def _dotted(self, talk: Conversation, reader: asyncio.StreamReader) -> bytes:
        lines = []
        while (line := await reader.readuntil(b"\n")) != b".\r\n":
            assert line.endswith(b"\r\n"), "a bare line feed in a message"
            lines.append(line[1:] if line.startswith(b".") else line)
        talk.hurried |= bool(reader._buffer)  # type: ignore[attr-defined]  # no public way to ask
        return b"".join(lines)

    async def _message(self, talk: Conversation, writer: asyncio.StreamWriter, content: bytes) -> str:
        word = self.script(Stage.DOT, talk) if self.script else None
        if word == CUT:
            raise _Cut
        if word == STALL:
            await asyncio.sleep(3600)
        if word and word.startswith(LATE):
            await asyncio.sleep(float(word.removeprefix(LATE)))
            word = None
        right = "250 2.0.0 taken" if talk.recipient else "554 5.5.1 no valid recipients"
        text = word or right
        if (text.startswith("2") or word == TAKE_AND_CUT) and talk.recipient:
            talk.count += 1
            self.taken.append(Taken(talk.sender, talk.recipient, content if self.keep else content[:2000]))
            if word == TAKE_AND_CUT:
                raise _Cut
            self.taken[-1].answered = True
        self.begun.remove(talk.recipient)
        self.whole.remove(talk.recipient)
        talk.sender = talk.recipient = ""
        writer.write(text.encode() + b"\r\n")
        after = self.script(Stage.AFTER, talk) if self.script else None
        if after == CUT:
            await writer.drain()
            await asyncio.sleep(0)
            writer.close()
            raise _Cut
        if after == STALL:
            await writer.drain()
            await asyncio.sleep(3600)
        if after:
            writer.write(after.encode() + b"\r\n")
        return after if after and after.startswith("421") else text

    def _greeting(self, talk: Conversation) -> str:
        offers = [offer for offer in self.extensions if offer != "STARTTLS" or not talk.secure]
        if self.tls is not None and not talk.secure and "STARTTLS" not in offers:
            offers.append("STARTTLS")
        if self.login is not None:
            offers.append("AUTH PLAIN")
        lines = ["relay.example", *offers]
        return "\r\n".join(f"250{'-' if n < len(lines) - 1 else ' '}{line}" for n, line in enumerate(lines))

    def _judged(self, line: str) -> str:
        given = base64.b64decode(line.split()[2]).decode().split("\0")[1:]
        return "235 2.7.0 welcome" if self.login and tuple(given) == self.login else "535 5.7.8 wrong"


async def _turns() -> None:
    """Let the loop go round a few times: what was called for soon is done then."""
    for _ in range(8):
        await asyncio.sleep(0)


class _Cut(Exception):
    pass


def _address(line: str) -> str:
    found = re.search(r"<([^>]*)>", line)
    return found[1] if found else ""
