"""Messages as others read them: the standard library's parser, and dkimpy."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.deliver.dkim import DkimSigner, Key, load_key
from broadsheet.deliver.encoding import address_field, envelope_address, field, text_field
from broadsheet.deliver.message import Composer, Sender
from broadsheet.errors import ConfigError
from broadsheet.model import Message, Recipient
from broadsheet.slots import Slot
from tests.deliver.material import NOW, SENDER, composer, link, rendering


def parsed(message: Message) -> EmailMessage:
    found = email.message_from_bytes(message.content, policy=email.policy.SMTP)
    assert isinstance(found, EmailMessage)
    for part in found.walk():
        assert not part.defects, part.defects
    for name, value in found.items():
        assert not getattr(value, "defects", ()), (name, value)
    return found


def well_formed(message: Message) -> None:
    """Hold the bytes to what RFC 5322, 2045 and 5321 ask of lines."""
    assert b"\r" not in message.content.replace(b"\r\n", b"")
    assert b"\n" not in message.content.replace(b"\r\n", b"")
    for line in message.content.split(b"\r\n"):
        assert len(line) <= 998
        assert not line.startswith(b".")
    body = message.content.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 78 for line in body.split(b"\r\n"))
    assert message.content.isascii()


def test_a_message_is_read_back_as_it_was_written() -> None:
    message = composer().compose(Recipient(id=7, email="ada@example.com", first_name="Ada"))
    well_formed(message)
    found = parsed(message)
    assert found["To"] == "ada@example.com"
    assert found["From"] == "The Morning Sheet <news@example.org>"
    assert found["Message-ID"] == message.message_id == "<daily-2026-11-24.7@example.org>"
    assert found["List-Id"] == "The Morning Sheet <daily.example.org>"
    url = link(Slot.UNSUBSCRIBE_URL, Recipient(id=7, email=""))
    assert found["List-Unsubscribe"] == f"<{url}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, page = found.get_body(("plain",)), found.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n").startswith(f"Hello Ada\n\nLeave: {url}\n")
    assert url.replace("&", "&amp;") in page.get_content()


@settings(deadline=None, max_examples=150)
@given(
    name=st.text(max_size=120),
    subject=st.text(max_size=300),
    body=st.text(max_size=400),
    sender=st.text(max_size=120),
)
def test_no_text_breaks_out_of_its_place(name: str, subject: str, body: str, sender: str) -> None:
    body = body.replace("\r", " ")
    rendered = rendering(
        html=f"<p>{Slot.FIRST_NAME.token}</p>\n", text=f"{body}\n.{Slot.FIRST_NAME.token}.\n", subject=subject or "x"
    )
    who = Sender(name=sender, email="news@example.org", list_id="daily.example.org", list_title=sender[:50])
    made = Composer(rendered, who, date=NOW, link=link, bounce_address=None)
    message = made.compose(Recipient(id=1, email="ada@example.com", first_name=name))
    well_formed(message)
    found = email.message_from_bytes(message.content, policy=email.policy.SMTP)
    assert [one.get_content_type() for one in found.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert len(found.get_all("Subject", [])) == len(found.get_all("From", [])) == len(found.get_all("To", [])) == 1
    assert "Bcc" not in found
    plain = next(one for one in found.walk() if one.get_content_type() == "text/plain")
    payload = plain.get_payload(decode=True)
    assert isinstance(payload, bytes)
    shown = payload.decode().replace("\r\n", "\n")
    assert shown.startswith(f"{body}\n.")


@pytest.mark.parametrize("evil", ["a\r\nBcc: x@example.net", "a\nb", "a\0b", "a\x1bb", "a\u2028b", "a\x85b"])
def test_a_header_refuses_what_could_end_it(evil: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        field("X", evil)
    assert b"\r\nBcc" not in text_field("Subject", evil)
    assert b"\r\nBcc" not in address_field("From", evil, "news@example.org")


@pytest.mark.parametrize(
    "evil",
    [
        "a",
        "@b",
        "a@",
        "a b@c.de",
        "a@b@c.de",
        "a>@c.de",
        "a\r\nRCPT TO:<x@y.z>@c.de",
        "a@c.de>",
        "a\0@c.de",
        "a" * 65 + "@c.de",
        ".a@c.de",
        "a..b@c.de",
        "a@c..de",
        "a@-c.de",
        "a@[127.0.0.1]",
        "a" * 64 + "@" + "b." * 95 + "de",
        '"a>b"@c.de',
        '"a"b"@c.de',
        '"a\r\nb"@c.de',
        "\ud800@c.de",
    ],
)
def test_an_address_that_could_leave_its_brackets_is_refused(evil: str) -> None:
    with pytest.raises(ValueError):
        envelope_address(evil)


def test_a_domain_beyond_ascii_goes_as_a_labels_and_a_local_part_stays() -> None:
    assert envelope_address("jo@bücher.example") == "jo@xn--bcher-kva.example"
    assert envelope_address("jö@example.org") == "jö@example.org"


def test_a_subject_may_name_the_reader() -> None:
    rendered = rendering(subject=f"{Slot.FIRST_NAME.token}, good morning")
    message = composer(rendered).compose(Recipient(id=1, email="a@example.com", first_name="Žofie\r\nBcc: x"))
    assert parsed(message)["Subject"] == "Žofie Bcc: x, good morning"


@pytest.mark.parametrize(
    "evil", ["mailto:a@b.example> , <mailto:c@b.example", "mailto:a,b@b.example", "mailto:a b@c.de"]
)
def test_a_mailto_that_could_end_its_brackets_is_refused(evil: str) -> None:
    with pytest.raises(ValueError, match="would end it"):
        composer(mailto=lambda recipient: evil).compose(Recipient(id=1, email="ada@example.com"))


# --- signatures ------------------------------------------------------------------------------------------------------


def test_every_signature_is_good_to_dkimpy_and_covers_the_one_click_fields(keys: list[Key]) -> None:
    rendered = rendering(text="a  b \t c\n\n   indented\n\n.dot\n" + "é" * 200, subject="Größe: " + "x" * 120)
    leave = "mailto:bounces+leave-1-0123456789abcdef0123@example.org?subject=leave-1-0123456789abcdef0123"
    composing = composer(rendered, signer=DkimSigner(keys, NOW), mailto=lambda recipient: leave)
    message = composing.compose(Recipient(id=1, email="ada@example.com"))
    assert str(parsed(message)["List-Unsubscribe"]).endswith(f">, <{leave}>")
    records = {f"{key.selector}._domainkey.{key.domain}.".encode(): key.record.encode() for key in keys}
    for index in range(2):
        verifier = dkim.DKIM(message.content)
        assert verifier.verify(index, dnsfunc=lambda name, timeout=5: records[name])
        signed = {name.lower() for name, _ in verifier.signed_headers}
        assert {b"from", b"subject", b"list-unsubscribe", b"list-unsubscribe-post"} <= signed
    tampered = message.content.replace(b"To: ada", b"To: eve")
    assert not dkim.DKIM(tampered).verify(0, dnsfunc=lambda name, timeout=5: records[name])
    elsewhere = message.content.replace(b"<mailto:bounces+", b"<mailto:evil+")
    assert not dkim.DKIM(elsewhere).verify(0, dnsfunc=lambda name, timeout=5: records[name])
    second = message.content.replace(b"From: The", b"From: evil@example.net\r\nFrom: The", 1)
    assert not dkim.DKIM(second).verify(0, dnsfunc=lambda name, timeout=5: records[name])


def test_a_file_that_is_no_key_is_refused_without_showing_it() -> None:
    with pytest.raises(ConfigError) as caught:
        load_key("example.org", "x", b"-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n")
    assert "SECRET" not in str(caught.value)


def test_the_sender_is_the_publications() -> None:
    assert SENDER.domain == "example.org"
