from __future__ import annotations

import mailbox
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.audience.links import LinkSigner
from broadsheet.desk import Desk, open_desk
from broadsheet.desk.bouncing import BounceReport, read_bounces
from broadsheet.desk.subscribing import add_subscriber, show_person
from broadsheet.errors import AudienceError, ConfigError
from broadsheet.model import Consent, SuppressionReason

TODAY = date(2026, 11, 24)


def subscribe(desk: Desk, email: str = "ada@example.com") -> int:
    return add_subscriber(desk, desk.config.publication("daily"), email)


def bounce(
    to: str, email: str = "ada@example.com", status: str = "5.1.1", day: date = TODAY, original: str = ""
) -> bytes:
    moment = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: {to}
Date: {moment:%a, %d %b %Y %H:%M:%S +0000}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {email}
Action: failed
Status: {status}

--b
Content-Type: text/rfc822-headers

To: {email}
{original}
--b--
""".encode()


def read(desk: Desk, *messages: bytes, by_address: bool = False) -> BounceReport:
    box = mailbox.Maildir(desk.folder / "bounced", create=True)
    for message in messages:
        box.add(message)
    return read_bounces(desk, desk.folder / "bounced", by_address=by_address)


def wanted(desk: Desk) -> list[str]:
    return [one.email for one in desk.store.subscribers.recipients("daily", TODAY)]


def signer(desk: Desk) -> LinkSigner:
    return LinkSigner(desk.store.secrets)


def test_a_hard_bounce_to_our_tag_suppresses_its_reader_and_nobody_else(desk: Desk) -> None:
    number = subscribe(desk)
    subscribe(desk, "ben@example.com")
    tag = signer(desk).mail_tag(number, "daily-2026-11-24")
    report = read(desk, bounce(f"bounces+{tag}@example.org", email="ada@example.com"))
    assert (report.hard, report.suppressed, report.unmatched) == (1, 1, [])
    assert wanted(desk) == ["ben@example.com"]
    suppression = show_person(desk, "ada@example.com").suppression
    assert suppression is not None
    assert suppression.reason is SuppressionReason.BOUNCE
    assert "user_unknown" in suppression.evidence


@pytest.mark.parametrize("form", ["bounces+{tag}@b.example.org", "b2-{tag}@example.org", "{tag}@b.example.org"])
def test_the_tag_is_found_however_the_bounce_address_is_formed(desk: Desk, form: str) -> None:
    tag = signer(desk).mail_tag(subscribe(desk), "daily-2026-11-24")
    assert read(desk, bounce(form.replace("{tag}", tag.upper()))).hard == 1


def test_a_bounce_that_names_somebody_else_changes_nothing_for_them(desk: Desk) -> None:
    number = subscribe(desk)
    subscribe(desk, "ben@example.com")
    tag = signer(desk).mail_tag(number)
    read(desk, bounce(f"bounces+{tag}@example.org", email="ben@example.com"))
    assert wanted(desk) == ["ben@example.com"]


def test_a_report_that_proves_nothing_changes_nothing(desk: Desk) -> None:
    subscribe(desk)
    report = read(desk, bounce("news@example.org"), bounce("bounces+1--0123456789abcdef0123@example.org"))
    assert (report.hard, report.suppressed) == (0, 0)
    assert report.unmatched == ["ada@example.com", "ada@example.com"]
    assert wanted(desk) == ["ada@example.com"]


def test_a_closed_mailbox_may_be_believed_by_address(desk: Desk) -> None:
    subscribe(desk)
    assert read(desk, bounce("news@example.org"), by_address=True).suppressed == 1
    assert wanted(desk) == []


def test_the_signed_link_in_the_returned_mail_proves_its_reader(desk: Desk) -> None:
    number = subscribe(desk)
    link = signer(desk).unsubscribe_url("https://news.example.org", number)
    report = read(desk, bounce("news@example.org", original=f"List-Unsubscribe: <{link}>"))
    assert report.suppressed == 1
    assert wanted(desk) == []


def test_reading_twice_changes_nothing_more_and_marks_what_was_read(desk: Desk) -> None:
    number = subscribe(desk)
    tag = signer(desk).mail_tag(number)
    message = bounce(f"b+{tag}@example.org", status="4.2.2")
    assert read(desk, message).soft == 1
    assert read(desk).messages == 0
    assert len(list((desk.folder / "bounced" / "cur").iterdir())) == 1
    read(desk, message)
    rows = desk.store.connection.execute("SELECT count(*) FROM soft_bounces").fetchone()
    assert rows[0] == 1


def test_soft_bounces_over_weeks_suppress(desk: Desk) -> None:
    tag = signer(desk).mail_tag(subscribe(desk))
    days = [TODAY - timedelta(days) for days in (16, 12, 8, 4)]
    read(desk, *(bounce(f"b+{tag}@example.org", status="4.2.2", day=day) for day in days))
    assert wanted(desk) == ["ada@example.com"]
    report = read(desk, bounce(f"b+{tag}@example.org", status="4.2.2"))
    assert report.suppressed == 1
    assert wanted(desk) == []


def test_a_complaint_suppresses_for_good(desk: Desk) -> None:
    link = signer(desk).unsubscribe_url("https://news.example.org", subscribe(desk))
    complaint = f"""\
From: fbl@provider.example
To: news@example.org
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1

--b
Content-Type: message/rfc822

To: redacted@provider.example
List-Unsubscribe: <{link}>

Hello
--b--
"""
    assert read(desk, complaint.encode()).complaints == 1
    suppression = show_person(desk, "ada@example.com").suppression
    assert suppression is not None
    assert suppression.reason is SuppressionReason.COMPLAINT


@pytest.mark.parametrize("tagged", [True, False])
def test_a_mail_that_asks_to_leave_is_honoured(desk: Desk, tagged: bool) -> None:
    number = subscribe(desk)
    to = f"unsubscribe+{signer(desk).mail_tag(number)}@example.org" if tagged else "news@example.org"
    report = read(desk, f"From: Ada <ada@example.com>\nTo: {to}\nSubject: unsubscribe\n\n".encode())
    assert report.unsubscribed == 1
    assert show_person(desk, "ada@example.com").subscriptions[0][0].state is Consent.UNSUBSCRIBED
    assert show_person(desk, "ada@example.com").suppression is None


def test_an_mbox_is_read_too(desk: Desk) -> None:
    tag = signer(desk).mail_tag(subscribe(desk))
    box = mailbox.mbox(desk.folder / "bounced.mbox")
    box.add(bounce(f"b+{tag}@example.org"))
    box.close()
    assert read_bounces(desk, desk.folder / "bounced.mbox").hard == 1


def test_no_mailbox_is_one_clear_line(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="no bounce mailbox"):
        read_bounces(desk)
    with pytest.raises(AudienceError, match="Maildir"):
        read_bounces(desk, desk.folder / "nowhere")


class ImapServer(threading.Thread):
    """A real socket that speaks the little of RFC 3501 that reading a mailbox takes."""

    def __init__(self, messages: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.messages, self.seen = messages, set[int]()

    def run(self) -> None:
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            stream.write(b"* OK ready\r\n")
            stream.flush()
            for line in stream:
                tag, _, command = line.strip().partition(b" ")
                for answer in self._answers(command.decode("ascii")):
                    stream.write(answer)
                stream.write(tag + b" OK done\r\n")
                stream.flush()
                if command.upper().startswith(b"LOGOUT"):
                    return

    def _answers(self, command: str) -> Iterator[bytes]:
        words = command.upper().split()
        if words[0] == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1\r\n"
        elif words[0] == "SELECT":
            yield f"* {len(self.messages)} EXISTS\r\n".encode()
        elif words[:2] == ["UID", "SEARCH"]:
            unseen = [str(n) for n in range(1, len(self.messages) + 1) if n not in self.seen]
            yield f"* SEARCH {' '.join(unseen)}\r\n".encode()
        elif words[:2] == ["UID", "FETCH"]:
            content = self.messages[int(words[2]) - 1]
            yield f"* {words[2]} FETCH (UID {words[2]} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n"
        elif words[:2] == ["UID", "STORE"]:
            self.seen.add(int(words[2]))


def test_an_imap_mailbox_is_read_and_marked(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOUNCE_PASSWORD", "secret")
    with open_desk(project, clock=lambda: datetime(2026, 11, 24, tzinfo=UTC)) as desk:
        tag = signer(desk).mail_tag(subscribe(desk))
    server = ImapServer([bounce(f"b+{tag}@example.org"), b"From: a@example.com\r\nSubject: hello\r\n\r\nHi\r\n"])
    server.start()
    with (project / "broadsheet.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'[bounces]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nuser = "u"\n'
            'password_env = "BOUNCE_PASSWORD"\n'
        )
    with open_desk(project, clock=lambda: datetime(2026, 11, 24, tzinfo=UTC)) as desk:
        report = read_bounces(desk)
    server.join(5)
    server.listener.close()
    assert (report.messages, report.hard, report.other, server.seen) == (2, 1, 1, {1, 2})


def test_an_imap_server_that_is_not_there_is_one_clear_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOUNCE_PASSWORD", "secret")
    with (project / "broadsheet.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[bounces]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nuser = "u"\npassword_env = "BOUNCE_PASSWORD"\n'
        )
    with open_desk(project) as desk, pytest.raises(AudienceError, match=r"127\.0\.0\.1:1 cannot be read"):
        read_bounces(desk)
