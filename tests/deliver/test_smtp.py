"""What a relay sees of us: TLS that is verified and never given up, logins, addresses beyond ASCII, stuffed dots."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from broadsheet.deliver.replies import Kind, Phase, kind_of
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.deliver.transport import Refusal
from broadsheet.model import Envelope, Message, Recipient
from tests.deliver.material import composer
from tests.deliver.relay import Relay


def context(certificate: Path) -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(certificate)
    return found


def smtp(port: int, **options: Any) -> Smtp:
    return Smtp(Account(host="127.0.0.1", port=port, timeout=3.0, answer_timeout=3.0, **options))


def hand_over(transport: Smtp, message: Message) -> bool:
    session = transport.open()
    try:
        opened = session.exchange(None, message)[1]
        assert opened is not None
        if not opened.is_yes:
            return False
        handed = session.exchange(message, None)[0]
        return handed is not None and handed.is_yes
    finally:
        session.close()


MESSAGE = composer().compose(Recipient(id=1, email="ada@example.com"))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_to_a_server_that_is_trusted(certificate: Path, security: str) -> None:
    with Relay(tls=context(certificate), implicit_tls=security == "tls", login=("news", "secret")) as relay:
        account = {"security": security, "authority": str(certificate), "user": "news", "password": "secret"}
        assert hand_over(smtp(relay.port, **account), MESSAGE)
        assert relay.conversations[0].secure
        assert relay.taken[0].content == MESSAGE.content


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_stops_the_run(certificate: Path, security: str) -> None:
    with Relay(tls=context(certificate), implicit_tls=security == "tls") as relay:
        with pytest.raises(Refusal, match="not to be trusted") as caught:
            smtp(relay.port, security=security).open()
        assert caught.value.reply.phase is Phase.TLS
        assert kind_of(caught.value.reply) is Kind.OURS


def test_a_server_without_starttls_gets_no_login_and_no_mail() -> None:
    with Relay(login=("news", "secret")) as relay:
        with pytest.raises(Refusal, match="STARTTLS") as caught:
            smtp(relay.port, security="starttls", user="news", password="secret").open()
        assert kind_of(caught.value.reply) is Kind.OURS
        assert not any(line.startswith("AUTH") for line in relay.conversations[0].log)


def test_an_account_shows_its_password_to_nobody() -> None:
    assert "secret" not in repr(Account(host="h", user="u", password="secret"))


def test_an_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    message = composer().compose(Recipient(id=1, email="jö@example.com"))
    with Relay() as relay:
        session = smtp(relay.port, security="none").open()
        reply = session.exchange(None, message)[1]
        session.close()
        assert reply is not None
        assert (reply.enhanced_code, kind_of(reply)) == ("5.6.7", Kind.REFUSED)
    with Relay(extensions=("PIPELINING", "8BITMIME", "SMTPUTF8")) as relay:
        assert hand_over(smtp(relay.port, security="none"), message)
        assert relay.taken[0].recipient == "jö@example.com"


def test_a_message_that_is_too_big_is_our_fault() -> None:
    with Relay(extensions=("PIPELINING", "SIZE 100")) as relay:
        session = smtp(relay.port, security="none").open()
        reply = session.exchange(None, MESSAGE)[1]
        session.close()
        assert reply is not None
        assert kind_of(reply) is Kind.OURS


@pytest.mark.parametrize("content", [b".\r\n..\r\nx\r\n.\r\n", b"a: b\r\n\r\n.hidden\r\n"])
def test_dots_of_any_message_are_stuffed(content: bytes) -> None:
    message = Message(
        envelope=Envelope(sender="a@example.org", recipient="b@example.org"),
        message_id="<x@example.org>",
        content=content,
    )
    with Relay() as relay:
        assert hand_over(smtp(relay.port, security="none"), message)
        assert relay.taken[0].content == content


class _Inbox:
    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.contents.append(envelope.content)
        return "250 taken"


def test_another_server_takes_it_byte_for_byte() -> None:
    inbox = _Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert hand_over(smtp(port, security="none"), MESSAGE)
    finally:
        controller.stop()
    assert inbox.contents == [MESSAGE.content]
