"""What the RFCs ask of a message and of a conversation, tried with the readers and texts that are most awkward.

RFC 5321 and 5322, 2045 to 2049, 2047, 6532, 2369, 2919, 8058 and 3834 for messages; 1870, 2920, 3030, 6152 and 6531 for
the conversation.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from pathlib import Path
from typing import Any

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.deliver.dkim import DkimSigner, Key
from broadsheet.deliver.encoding import LONGEST_LINE, envelope_address, field, named_field, one_line, text_field
from broadsheet.deliver.message import Composer, Sender
from broadsheet.deliver.replies import Kind, kind_of
from broadsheet.deliver.run import run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.model import DeliveryState, Envelope, Message, Recipient
from broadsheet.slots import Slot
from broadsheet.store import Store
from tests.deliver.material import NOW, SENDER, acquire, composer, freeze, link, plan, rendering, states
from tests.deliver.postfix import postfix
from tests.deliver.relay import Relay
from tests.deliver.test_message import parsed, well_formed
from tests.deliver.test_neighbours import opendkim, without_trace
from tests.deliver.test_neighbours import smtp as to_postfix

LONGEST_LOCAL = "l" * 64
READERS = {
    "a local part of 64 octets": Recipient(id=1, email=f"{LONGEST_LOCAL}@example.com", first_name="Ada"),
    "a quoted local part": Recipient(id=2, email='"john doe"@example.com', first_name='"Quo\\ted", Jr.'),
    "quoted marks": Recipient(id=3, email=r'"a\"b, c"@example.com', first_name="Ann; Bob: <x@y.z>"),
    "marks of an atom": Recipient(id=4, email="o'hara+!#$%&*/=?^_`{|}~-@example.com", first_name="O'Hara & Söhne"),
    "a plus and a dot": Recipient(id=5, email="a.b+c@example.com", first_name="."),
    "an emoji": Recipient(id=6, email="emoji@example.com", first_name="👩‍👩‍👧‍👦 Ann 🏳️‍🌈"),
    "a name as long as a page": Recipient(id=7, email="long@example.com", first_name="Wolfeschlegel" * 200),
    "a name with line ends": Recipient(id=8, email="lines@example.com", first_name="Ada\r\nBcc: x@y.z\r\n\r\nbody"),
    "a name from right to left": Recipient(id=9, email="rtl@example.com", first_name="\u202eשלום\u202c \x85x"),
    "half a surrogate pair": Recipient(id=10, email="half@example.com", first_name="a\ud83db"),
    "a word that looks encoded": Recipient(id=11, email="coded@example.com", first_name="=?utf-8?q?=0D=0ABcc:x?="),
    "a line of a mailbox file": Recipient(id=12, email="from@example.com", first_name="From here"),
}
STORED = [one for one in READERS.values() if one.id != 10]  # no database holds half a pair either
BEYOND_ASCII = Recipient(id=13, email="jö.用户@example.com", first_name="Jö")
SUBJECTS = {
    "a thousand characters": "word " * 200,
    "a thousand without a blank": "x" * 1000,
    "a thousand emoji": "🗞️" * 500,
    "blanks and controls": "  a\t\tb \x00 \x1b[31m c\u2028d \x07 ",
    "what looks encoded": "=?utf-8?q?x?= and =?",
    "the reader": f"{Slot.FIRST_NAME.token}, {'good morning ' * 20}{Slot.FIRST_NAME.token}",
}
TRAPS = rendering(
    text=f"From here on\n.\n..\n{Slot.FIRST_NAME.token}\n.{Slot.FIRST_NAME.token}.\nFrom {Slot.FIRST_NAME.token} \n"
    + "." * 300 + "\n" + "x" * 998 + "\n" + "=" * 200 + "\n\t \n trailing \nFrom the end",
    html=f"<p>{'.' * 5000}</p>\n<p>{Slot.FIRST_NAME.token}</p>From {'wörd ' * 3000}\n{'y' * 998}\n{'z' * 999}\n",
    subject=f"{Slot.FIRST_NAME.token}'s news",
)  # fmt: skip


def lines_are_right(message: Message) -> None:
    """Hold header and body to the limits of RFC 5322, 2045, 2047 and 2049."""
    head, _, body = message.content.partition(b"\r\n\r\n")
    assert all(len(line) <= LONGEST_LINE for line in head.split(b"\r\n"))
    for line in body.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))
    for word in re.findall(rb"=\?utf-8\?[qb]\?[^?]*\?=", head):
        assert len(word) <= 75
    assert all(line.strip() for line in head.split(b"\r\n")), "a line of blanks alone in the header"
    assert not re.search(rb"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]", message.content)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_an_awkward_reader_gets_a_message_that_others_read_without_a_defect(reader: Recipient, keys: list[Key]) -> None:
    message = composer(TRAPS, signer=DkimSigner(keys, NOW)).compose(reader)
    well_formed(message)
    lines_are_right(message)
    found = parsed(message)
    to = found["To"]
    assert isinstance(to, AddressHeader)
    assert len(to.addresses) == 1
    assert to.addresses[0].addr_spec == reader.email == message.envelope.recipient
    name = one_line(reader.first_name).encode("utf-8", "replace").decode()
    assert found["Subject"] == f"{name}'s news"
    plain = found.get_body(("plain",))
    assert plain is not None
    text = TRAPS.text.replace(Slot.FIRST_NAME.token, name)
    assert plain.get_content().replace("\r\n", "\n").rstrip("\n") == text
    for index, key in enumerate(keys):
        record = key.record.encode()
        assert dkim.DKIM(message.content).verify(index, dnsfunc=lambda name, timeout=5, record=record: record)


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_any_subject_is_folded_and_read_back(subject: str) -> None:
    reader = READERS["an emoji"]
    message = composer(rendering(subject=subject)).compose(reader)
    well_formed(message)
    lines_are_right(message)
    raw = email.message_from_bytes(message.content, policy=email.policy.compat32)["Subject"]
    shown = str(make_header(decode_header(re.sub(r"\r?\n(?=[ \t])", "", raw))))
    assert shown == one_line(subject.replace(Slot.FIRST_NAME.token, reader.first_name))
    assert parsed(message)["Subject"] == shown


def phrase_of(raw: bytes) -> str:
    """Read the phrase before the angle brackets. (The parser of the library puts blanks between encoded words, which
    RFC 2047 6.2 forbids; its older one does not.)"""
    header = email.message_from_bytes(raw + b"\r\n", policy=email.policy.SMTP)
    (who,) = header["From"].addresses
    assert who.addr_spec == raw.rpartition(b"<")[2].partition(b">")[0].decode()
    if b"=?utf-8?" not in raw:
        return str(who.display_name)
    words = raw.decode("ascii").partition(": ")[2].rpartition("<")[0]
    return str(make_header(decode_header(words.replace("\r\n", "").strip())))


@settings(deadline=None, max_examples=200)
@given(display=st.text(max_size=150), text=st.text(max_size=400))
def test_any_phrase_and_any_text_is_read_back_from_lines_that_are_right(display: str, text: str) -> None:
    for name, raw in (
        ("From", named_field("From", display, "a@example.org")),
        ("Subject", text_field("Subject", text)),
    ):
        assert raw.endswith(b"\r\n")
        assert raw.isascii()
        lines = raw[:-2].split(b"\r\n")
        assert all(len(line) <= 78 and (line.strip() or name == "Subject") for line in lines)
        assert all(line.startswith(b" ") for line in lines[1:])
    assert (
        phrase_of(named_field("From", display, "a@example.org"))
        == one_line(display).encode("utf-8", "replace").decode()
    )


def test_a_list_and_a_sender_may_have_any_name() -> None:
    for title in ("Der Größte Überblick", 'The "Sheet", daily', "a\r\nBcc: x", "新聞 " * 40, "x" * 200):
        who = Sender(
            name=title, email="news@bücher.example", list_id="daily.example.org", list_title=title,
            reply_to='"Desk, the" <desk@bücher.example>',
        )  # fmt: skip
        message = Composer(rendering(), who, date=NOW, link=link).compose(READERS["an emoji"])
        well_formed(message)
        lines_are_right(message)
        found = parsed(message)
        shown = one_line(title)
        start = re.search(rb"^From: .*\r\n(?:[ \t].*\r\n)*", message.content, re.MULTILINE)
        assert start is not None
        assert phrase_of(start[0]) == shown
        assert found["From"].addresses[0].addr_spec == message.envelope.sender == "news@xn--bcher-kva.example"
        assert found["Reply-To"].addresses[0].display_name == "Desk, the"
        assert str(found["List-Id"]).replace("\\", "").replace('"', "") == f"{shown} <daily.example.org>".replace(
            '"', ""
        )
        assert message.message_id.endswith("@xn--bcher-kva.example>")


def test_a_list_that_could_leave_its_brackets_is_refused() -> None:
    for evil in ("a> <b", "a\r\nb", "ä.example"):
        who = Sender(name="x", email="news@example.org", list_id=evil)
        with pytest.raises(ValueError, match="List-Id"):
            Composer(rendering(), who, date=NOW, link=link)
    for theirs in ({"email": "jö@example.org"}, {"reply_to": "jö@example.org"}, {"email": "no address"}):
        with pytest.raises(ValueError, match="the sender's own address"):
            Composer(rendering(), replace(SENDER, **theirs), date=NOW, link=link)


def test_a_header_line_may_have_998_octets_and_not_one_more() -> None:
    assert len(field("X", "y" * (LONGEST_LINE - 3))) == LONGEST_LINE + 2
    with pytest.raises(ValueError, match="longer"):
        field("X", "y" * (LONGEST_LINE - 2))


def test_the_longest_link_that_fits_stands_on_one_line_and_a_longer_one_is_our_fault(tmp_path: Path) -> None:
    def long(octets: int) -> Composer:
        room = octets - len("List-Unsubscribe: <https://e.example/>")
        return Composer(
            rendering(), Sender(name="x", email="news@example.org", list_id="daily.example.org"), date=NOW,
            link=lambda slot, recipient: f"https://e.example/{'a' * room}",
            mailto=lambda recipient: "mailto:leave@example.org",  # left out, where it does not fit beside the link
        )  # fmt: skip

    message = long(998).compose(READERS["an emoji"])
    assert max(len(line) for line in message.content.split(b"\r\n")) == 998
    parsed(message)
    with Relay() as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, [READERS["an emoji"], READERS["a plus and a dot"]])
        end = run(acquire(store, sending), _smtp(relay), long(999).compose, plan())
        assert end.kind is Kind.OURS
        assert end.trouble is not None
        assert "no message can be composed" in end.trouble.text
        assert set(states(store).values()) == {DeliveryState.QUEUED}


# --- the conversation ------------------------------------------------------------------------------------------------


def _smtp(relay: Relay, **options: Any) -> Smtp:
    known: dict[str, Any] = {"security": "none", "sessions": 1, "timeout": 3.0, "answer_timeout": 3.0, **options}
    return Smtp(Account(host="127.0.0.1", port=relay.port, **known))


OFFERS = {
    "nothing": (),
    "pipelining": ("PIPELINING",),
    "chunking": ("CHUNKING",),
    "both": ("PIPELINING", "CHUNKING", "SIZE 100000"),
    "8 bits and UTF-8": ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE"),
}


@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
def test_an_awkward_reader_is_reached_by_every_conversation(tmp_path: Path, offers: tuple[str, ...]) -> None:
    people = [*STORED, BEYOND_ASCII]
    made = composer(TRAPS)
    with Relay(extensions=offers) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, people)
        end = run(acquire(store, sending), _smtp(relay), made.compose, plan())
        takes = "SMTPUTF8" in offers
        assert end.tally[DeliveryState.SENT] == len(STORED) + takes
        assert states(store)[BEYOND_ASCII.email] is (DeliveryState.SENT if takes else DeliveryState.FAILED)
        expected = {one.email: made.compose(one).content for one in people}
        for taken in relay.taken:
            assert taken.content == expected[taken.recipient]
        lines = [line for talk in relay.conversations for line in talk.log]
        for line in lines:
            if line.startswith("MAIL"):
                assert ("SIZE=" in line) is any(offer.startswith("SIZE") for offer in offers)
                assert "BODY=8BITMIME" not in line or "SMTPUTF8" in line  # all else is 7bit
            assert len(line.encode()) <= 512 - 2
        assert sum("SMTPUTF8" in line for line in lines) == takes
        if "PIPELINING" not in offers:
            assert not any(talk.hurried for talk in relay.conversations), "commands came before their turn"


LINES = [b".", b"..", b"", b"a" * 998, b"." + b"b" * 997, b"From here", b".\t", b" ."]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(LINES), max_size=30), st.booleans())
def test_content_of_any_lines_arrives_byte_for_byte(lines: list[bytes], starts_with_a_dot: bool) -> None:
    head = b".\r\n" if starts_with_a_dot else b"Subject: x\r\n\r\n"
    content = head + b"".join(line + b"\r\n" for line in lines)
    message = Message(
        envelope=Envelope(sender="a@example.org", recipient="b@example.org"), message_id="<x@example.org>",
        content=content,
    )  # fmt: skip
    for relay in _relays():
        session = _smtp(relay).open()
        try:
            for _ in range(2):  # the second shares a write with the end of the first
                session.exchange(None, message)
                handed, opened = session.exchange(message, message)
                assert [reply.is_yes for reply in (handed, opened) if reply] == [True, True]
                session.exchange(message, None)
        finally:
            session.close()
        assert {taken.content for taken in relay.taken} == {content}
        assert len(relay.taken) == 4
        relay.taken.clear()


_OPEN: list[Relay] = []


def _relays() -> list[Relay]:
    return _OPEN


@pytest.fixture(scope="module", autouse=True)
def _begin_relays() -> Iterator[None]:
    for offers in (("PIPELINING",), ("PIPELINING", "CHUNKING"), ()):
        _OPEN.append(Relay(extensions=offers).__enter__())
    yield
    while _OPEN:
        _OPEN.pop().__exit__()


def test_a_message_as_large_as_the_relay_takes_goes_and_a_larger_one_is_our_fault() -> None:
    message = composer().compose(READERS["an emoji"])
    for limit, fits in ((len(message.content), True), (len(message.content) - 1, False)):
        with Relay(extensions=("PIPELINING", "CHUNKING", f"SIZE {limit}")) as relay:
            session = _smtp(relay).open()
            reply = session.exchange(None, message)[1]
            assert reply is not None
            assert reply.is_yes is fits
            if not fits:
                assert (reply.enhanced_code, kind_of(reply)) == ("5.3.4", Kind.OURS)
                assert not any(line.startswith("MAIL") for line in relay.conversations[0].log)
            session.close()


# --- others' programs ------------------------------------------------------------------------------------------------


def test_a_strict_postfix_delivers_to_every_awkward_reader(tmp_path: Path, certificate: Path, keys: list[Key]) -> None:
    people = [one for one in STORED if '"' not in one.email]  # its table of mailboxes cannot name those
    made = composer(TRAPS, signer=DkimSigner(keys, NOW))
    with postfix(certificate, people) as relay, Store(tmp_path / "a.db") as store:
        run(acquire(store, freeze(store, people)), to_postfix(relay), made.compose, plan())
        found = states(store)
        # Postfix reads ! and % before an @ as a route through other hosts: that reader is lost, and nobody else.
        assert found.pop(READERS["marks of an atom"].email) is DeliveryState.FAILED
        assert set(found.values()) == {DeliveryState.SENT}, relay.log()
        mail = relay.wait_for(len(people) - 1)
        assert "warning:" not in relay.log()
    for person in (person for person in people if person.email in found):
        (arrived,) = mail[person.email.rpartition("@")[0]]
        assert without_trace(arrived) == made.compose(person).content.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("reader", [*READERS.values(), BEYOND_ASCII], ids=lambda reader: f"reader {reader.id}")
def test_opendkim_verifies_every_awkward_message(tmp_path: Path, keys: list[Key], reader: Recipient) -> None:
    content = composer(TRAPS, signer=DkimSigner(keys, NOW)).compose(reader).content
    assert "succeeded" in opendkim(tmp_path, keys, content)


def test_an_address_is_checked_to_the_octet() -> None:
    domain = ".".join(["d" * 62] * 3) + ".com"
    room = 254 - 1 - len(domain)
    assert envelope_address("ü" * (room // 2) + "@" + domain)
    for wrong in ("a" * (room + 1) + "@" + domain, "ü" * 33 + "@example.com", "a@" + "d" * 64 + ".com"):
        with pytest.raises(ValueError):
            envelope_address(wrong)
