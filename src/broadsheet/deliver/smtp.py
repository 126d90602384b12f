"""SMTP as the way out (RFC 5321), with the round trips taken out.

`smtplib` connects, greets, secures and logs in. The transactions are our own, because smtplib waits for every reply:
where the server offers PIPELINING (RFC 2920), the end of one message and the envelope of the next share a write, so a
message costs one round trip; where it offers CHUNKING (RFC 3030), the body needs neither DATA nor a final dot.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from broadsheet.deliver.replies import Phase, Reply
from broadsheet.deliver.steps import Steps, Wait
from broadsheet.deliver.transport import Refusal, Session
from broadsheet.model import Message

LONGEST_LINE = 8192
_REPLY = re.compile(rb"([2-5][0-9]{2})(?=[ -]|$)")
NONSENSE = "an answer that makes no sense"


@dataclass(frozen=True, kw_only=True)
class Account:
    """A relay and how to log in.

    Times are seconds. `answer_timeout` is how long the answer to a whole message may take: RFC 5321 asks for ten
    minutes, and a shorter time makes doubt where there was only patience missing. `authority` is a file of
    certificates to trust instead of the system's. `name` is what the ledger calls it.
    """

    host: str
    port: int = 587
    name: str = ""
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sessions: int = 4
    timeout: float = 60.0
    answer_timeout: float = 600.0
    authority: str = ""
    local_name: str | None = None
    pipelining: bool = True
    chunking: bool = True


class Smtp:
    """A relay. TLS is verified, and a server that does not offer STARTTLS where it was asked for is refused."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.name = account.name or f"smtp:{account.host}:{account.port}"
        self.sessions = account.sessions
        self._tls: ssl.SSLContext | None = None
        if account.security != "none":
            self._tls = ssl.create_default_context(cafile=account.authority or None)

    def open(self) -> SmtpSession:
        """Connect, greet, secure and log in. Raises Refusal with the reply and the phase that refused."""
        account, phase = self._account, Phase.CONNECT
        link: smtplib.SMTP | None = None
        try:
            link = self._connected(account)
            _undelayed(link)
            phase = Phase.HELLO
            link.ehlo_or_helo_if_needed()
            if account.security == "starttls":
                phase = Phase.TLS
                link.starttls(context=self._tls)
                phase = Phase.HELLO
                link.ehlo_or_helo_if_needed()
            if account.user:
                phase = Phase.LOGIN
                link.login(account.user, account.password)
        except smtplib.SMTPResponseException as error:
            reply = self._reply(phase, error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            reply = self._reply(phase, 554, str(error))
        except ssl.SSLCertVerificationError as error:
            reply = self._reply(Phase.TLS, 554, f"the certificate is not to be trusted: {error.verify_message}")
        except UnicodeEncodeError:
            reply = self._reply(phase, 554, "the user or the password holds a character that cannot be sent")
        except (OSError, smtplib.SMTPException) as error:
            reply = self._reply(phase, None, _words(error))
        else:
            return SmtpSession(link, _undelayed(link), account, self.name)
        if link is not None:
            link.close()
        raise Refusal(reply)

    def _connected(self, account: Account) -> smtplib.SMTP:
        place = (account.host, account.port, account.local_name)
        if account.security == "tls":
            return smtplib.SMTP_SSL(*place, timeout=account.timeout, context=self._tls)
        return smtplib.SMTP(*place, timeout=account.timeout)

    def _reply(self, phase: Phase, code: int | None, text: str | bytes) -> Reply:
        words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return Reply(phase, code if code != -1 else None, _one_line(words), self.name)

    def took(self, message_id: str) -> None:
        """Nobody can know what a relay did with an unanswered message."""


class SmtpSession(Session):
    """One conversation with a relay. After any loss `alive` is False, and every later phase is answered by silence."""

    def __init__(self, link: smtplib.SMTP, sock: socket.socket, account: Account, server: str) -> None:
        self._link, self._socket, self._account, self._server = link, sock, account, server
        self._pipelining = account.pipelining and link.has_extn("pipelining")
        self._chunking = account.chunking and link.has_extn("chunking")
        self._eight_bit = link.has_extn("8bitmime")
        self._utf8 = link.has_extn("smtputf8")
        limit = link.esmtp_features.get("size", "")
        self._limit = int(limit) if limit.isdecimal() else 0
        self._size = link.has_extn("size")
        self._unclean = False  # a transaction was begun and not ended: RSET comes before the next
        self._promised = False  # the server waits for a message's body
        self._heard = b""
        self._gathers = hasattr(sock, "sendmsg") and not isinstance(sock, ssl.SSLSocket)
        self._patience = account.timeout
        self.alive = True
        sock.setblocking(False)

    def converse(self, handing: Message | None, opening: Message | None) -> Steps[tuple[Reply | None, Reply | None]]:
        """Hand over and open, in one write where the server pipelines."""
        self._listen()
        self._promised = False
        self._patience = self._account.answer_timeout if handing else self._account.timeout
        content = self._content(handing) if handing else ()
        impossible = self._impossible(opening) if opening else None
        commands = self._envelope(opening) if opening and not impossible else []
        handed = opened = None
        if self._pipelining:
            sent = yield from self._write((*content, b"".join(line for _, line in commands)))
            if handing:
                handed = yield from self._answer(sent >= sum(map(len, content)))
            replies = []
            for phase, _ in commands:
                replies.append((phase, (yield from self._read(phase))))
        else:
            if handing:
                sent = yield from self._write(content)
                handed = yield from self._answer(sent >= sum(map(len, content)))
            replies = yield from self._one_by_one(commands)
        if replies:
            opened = yield from self._opened(replies)
        if handed and opened and opened.phase is Phase.DATA and opened.text.startswith(NONSENSE):
            handed = Reply(Phase.ANSWER, None, "the answers were out of step", self._server)
        return handed, impossible or opened

    # --- what is written ---

    def _content(self, message: Message) -> tuple[bytes, bytes]:
        content = message.content
        if self._chunking:
            return b"BDAT %d LAST\r\n" % len(content), content
        if not message.dotless and (content.startswith(b".") or b"\r\n." in content):
            content = (b"." if content.startswith(b".") else b"") + content.replace(b"\r\n.", b"\r\n..")
        return content, b".\r\n"

    def _envelope(self, message: Message) -> list[tuple[Phase, bytes]]:
        mail = f"MAIL FROM:<{message.envelope.sender}>"
        if self._size:
            mail += f" SIZE={len(message.content)}"
        if _needs_utf8(message):
            mail += " SMTPUTF8 BODY=8BITMIME" if self._eight_bit else " SMTPUTF8"
        commands = [
            (Phase.SENDER, f"{mail}\r\n".encode()),
            (Phase.RECIPIENT, f"RCPT TO:<{message.envelope.recipient}>\r\n".encode()),
        ]
        if not self._chunking:
            commands.append((Phase.DATA, b"DATA\r\n"))
        if self._unclean:
            commands.insert(0, (Phase.HELLO, b"RSET\r\n"))
            self._unclean = False
        return commands

    def _impossible(self, message: Message) -> Reply | None:
        """Answer for the server where its offers already say no."""
        for address in (message.envelope.sender, message.envelope.recipient):
            if "\r" in address or "\n" in address or ">" in address:
                return Reply(Phase.RECIPIENT, 553, "5.1.3 not an address", self._server)
        if _needs_utf8(message) and not self._utf8:
            return Reply(Phase.RECIPIENT, 553, "5.6.7 the relay takes no address beyond ASCII (SMTPUTF8)", self._server)
        if self._limit and len(message.content) > self._limit:
            return Reply(Phase.DATA, 552, f"5.3.4 larger than the relay takes ({self._limit} octets)", self._server)
        return None

    def _write(self, pieces: Sequence[bytes]) -> Steps[int]:
        """Write, and tell how much left us: less than all means that the end of the message never did.

        Without TLS the system gathers the pieces itself; a message is not copied once more.
        """
        if not self.alive:
            return 0
        done = 0
        left = [memoryview(piece) for piece in (pieces if self._gathers else (b"".join(pieces),)) if piece]
        try:
            while left:
                try:
                    sent = self._socket.sendmsg(left) if self._gathers else self._socket.send(left[0])
                except (BlockingIOError, ssl.SSLWantWriteError):
                    yield Wait(self._socket, self._patience, to_write=True)
                    continue
                except ssl.SSLWantReadError:
                    yield Wait(self._socket, self._patience)
                    continue
                done += sent
                while left and sent >= len(left[0]):
                    sent -= len(left.pop(0))
                if sent:
                    left[0] = left[0][sent:]
        except OSError:
            self._lose()
        return done

    # --- what is read ---

    def _read(self, phase: Phase) -> Steps[Reply]:
        if not self.alive:
            return Reply(phase, None, "connection lost", self._server)
        try:
            code, text = yield from self._reply()
        except (OSError, ValueError) as error:
            self._lose()
            return Reply(phase, None, _words(error), self._server)
        if code == 421:
            self._lose()
        return Reply(phase, code, text, self._server)

    def _reply(self) -> Steps[tuple[int, str]]:
        """Read one reply, of one line or several. Raises OSError, or ValueError for what is no reply."""
        texts = []
        while True:
            while b"\n" not in self._heard:
                yield from self._hear()
            line, _, self._heard = self._heard.partition(b"\n")
            line = line.rstrip(b"\r")
            found = _REPLY.match(line)
            if found is None:
                raise ValueError(f"not an SMTP reply: {_one_line(line[:200].decode('utf-8', 'replace'))}")
            texts.append(line[4:].decode("utf-8", "replace"))
            if line[3:4] != b"-":
                return int(found[1]), _one_line(" ".join(texts))
            if len(texts) > 100:
                raise ValueError("a reply without an end")

    def _hear(self) -> Steps[None]:
        """Read some more. Raises OSError, or ValueError for a line that does not end."""
        if len(self._heard) > LONGEST_LINE:
            raise ValueError("a reply without a line end")
        while True:
            try:
                chunk = self._socket.recv(65536)
            except (BlockingIOError, ssl.SSLWantReadError):
                yield Wait(self._socket, self._patience)
            except ssl.SSLWantWriteError:
                yield Wait(self._socket, self._patience, to_write=True)
            else:
                break
        if not chunk:
            raise ConnectionResetError("the server closed the connection")
        self._heard += chunk

    def _listen(self) -> None:
        """Find out before anything is handed over whether the server has left, or said what nobody asked for.

        Such an answer would be taken for the answer to the next command; the conversation cannot be trusted any more.
        """
        if not self.alive:
            return
        try:
            self._heard += self._socket.recv(4096)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            if not self._heard:
                return
        except OSError:
            pass
        self._lose()

    def _answer(self, complete: bool) -> Steps[Reply]:
        """Read the answer to a message's end. Where the end never left us, nothing was delivered for certain."""
        if not complete:
            return Reply(Phase.HANDING, None, "connection lost before the end of the message", self._server)
        reply = yield from self._read(Phase.ANSWER)
        if reply.code is not None and 300 <= reply.code < 400:
            self._lose()
            return Reply(Phase.ANSWER, None, f"{NONSENSE}: {reply.code} {reply.text}", self._server)
        return reply

    def _one_by_one(self, commands: list[tuple[Phase, bytes]]) -> Steps[list[tuple[Phase, Reply]]]:
        replies = []
        for phase, line in commands:
            yield from self._write((line,))
            reply = yield from self._read(phase)
            replies.append((phase, reply))
            if not reply.is_yes and phase is not Phase.HELLO:
                break
        return replies

    def _opened(self, replies: list[tuple[Phase, Reply]]) -> Steps[Reply]:
        """Give the first no, else the last yes; leave the server outside of a transaction after a no."""
        asked = [reply for phase, reply in replies if phase is not Phase.HELLO]
        refusal = next((reply for reply in asked if not reply.is_yes), None)
        data = next((reply for phase, reply in replies if phase is Phase.DATA), None)
        if refusal is None and data is not None and data.code != 354:
            self._lose()
            return Reply(Phase.DATA, None, f"{NONSENSE}: {data.code} {data.text}", self._server)
        if refusal is None:
            self._promised = data is not None
            return asked[-1]
        if data is not None and data.code == 354:
            if any(phase is Phase.RECIPIENT and reply.is_yes for phase, reply in replies):
                self._lose()  # it refused the sender and would take a message all the same: not even an empty one
                return refusal
            # RFC 2920 3.1: a server may say yes to DATA without a recipient; an empty message ends it.
            yield from self._write((b".\r\n",))
            yield from self._read(Phase.HANDING)
        self._unclean = True
        return refusal

    # --- the end ---

    def _lose(self) -> None:
        self.alive = False
        self._heard = b""
        self._link.close()

    def close(self) -> None:
        """Say QUIT, and do not wait long for the answer; after a yes to DATA only hanging up takes it back."""
        if self.alive and not self._promised:
            with suppress(OSError, smtplib.SMTPException):
                self._socket.settimeout(2.0)
                self._link.quit()
        self._lose()


def _undelayed(link: smtplib.SMTP) -> socket.socket:
    """Send small writes at once: with TLS, waiting for more costs a delayed acknowledgement a message."""
    assert link.sock is not None
    link.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link.sock


def _needs_utf8(message: Message) -> bool:
    return not (message.envelope.recipient.isascii() and message.envelope.sender.isascii())


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _one_line(text: str) -> str:
    return " ".join(text.split())
