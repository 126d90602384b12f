from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.audience.bounces import Kind, Reason, read_report
from broadsheet.audience.bounces.policy import gives_up
from broadsheet.audience.bounces.reasons import reason_in, reply_in, status_in


def dsn(block: str, notice: str = "Your mail could not be delivered.") -> bytes:
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: news@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{notice}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

{block}

--b
Content-Type: message/rfc822

To: ada@example.com
Message-ID: <daily-2026-11-24.7@example.org>

Hello
--b--
""".encode()


def test_a_standard_report_names_recipient_status_and_reason() -> None:
    report = read_report(
        dsn(
            "Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 <ada@example.com>: Recipient address rejected:\n"
            " User unknown in local recipient table"
        )
    )
    (one,) = report.recipients
    assert (report.kind, one.email, one.hard, one.reason) == (Kind.BOUNCE, "ada@example.com", True, Reason.USER_UNKNOWN)
    assert (one.status, one.reply_code) == ("5.1.1", "550")
    assert report.message_id == "<daily-2026-11-24.7@example.org>"
    assert report.addressed_to == ("news@example.org",)


def test_the_address_as_we_wrote_it_counts_not_where_it_was_forwarded_to() -> None:
    report = read_report(
        dsn(
            "Original-Recipient: rfc822;ada@example.com\nFinal-Recipient: rfc822;a77@inner.example\n"
            "Action: failed\nStatus: 5.1.1"
        )
    )
    assert [one.email for one in report.recipients] == ["ada@example.com"]


def test_a_delay_is_no_bounce_and_never_hard() -> None:
    report = read_report(dsn("Final-Recipient: rfc822; ada@example.com\nAction: delayed\nStatus: 4.4.1"))
    assert report.kind is Kind.DELAY_WARNING
    assert not report.recipients[0].hard


def test_a_report_of_success_is_nothing() -> None:
    report = read_report(dsn("Final-Recipient: rfc822; ada@example.com\nAction: delivered\nStatus: 2.0.0"))
    assert (report.kind, report.recipients) == (Kind.NONE, ())


@pytest.mark.parametrize(
    ("text", "reason", "hard"),
    [
        ("550 5.1.1 The email account that you tried to reach does not exist", Reason.USER_UNKNOWN, True),
        ("550 5.7.1 no such user here", Reason.USER_UNKNOWN, True),
        ("550 5.1.1 blocked by our spam filter", Reason.SPAM, False),
        ("552 5.2.2 Mailbox full", Reason.MAILBOX_FULL, False),
        ("550 5.1.8 Sender address rejected: Domain of sender does not exist", Reason.SENDER_REFUSED, False),
        ("550 5.7.26 This mail is unauthenticated: SPF did not pass", Reason.AUTHENTICATION, False),
        ("554 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.example", Reason.BLOCKED, False),
        ("Host or domain name not found. Name service error: Host not found", Reason.HOST_UNKNOWN, True),
        ("Host not found, try again", Reason.NETWORK, False),
        ("556 5.1.10 Recipient domain has a null MX", Reason.NO_MAIL_HERE, True),
        ("550 5.1.1", Reason.USER_UNKNOWN, True),
        ("450 4.1.1", Reason.EXPIRED, False),
        ("550", Reason.UNKNOWN, False),
        ("remote host said: 554 INVALID IP FOR SENDING MAIL", Reason.UNKNOWN, False),
    ],
)
def test_words_come_before_codes_and_only_the_dead_are_hard(text: str, reason: Reason, hard: bool) -> None:
    found = reason_in(text)
    assert (found, found.is_hard) == (reason, hard)


def test_codes_are_found_in_texts() -> None:
    assert status_in("host 192.0.2.10 said: 550 #5.1.1 no") == "5.1.1"
    assert status_in("version 5.1.1.2") == ""
    assert reply_in("SMTP error: 550 no such user") == "550"


@pytest.mark.parametrize(
    "text",
    [
        "Hi. This is the qmail-send program.\nI wasn't able to deliver your message to these addresses.\n\n"
        "<ada@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy.\n",
        "A message that you sent could not be delivered. The following address(es) failed:\n\n  ada@example.com\n"
        "    SMTP error from remote mail server: 550 unknown user\n",
        "Delivery to the following recipient failed permanently:\n\n     ada@example.com\n\n550 5.1.1 User unknown\n",
        "Your message was not delivered to ada@example.com because the address does not exist.\n",
        "Error: Invalid user address\n\n550 - no such user here\n\n  MAIL FROM: n@example.org\n"
        "  RCPT TO: ada@example.com\n",
    ],
)
@pytest.mark.parametrize("without_flufl", [False, True])
def test_reports_in_no_standard_form_are_read(text: str, without_flufl: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if without_flufl:
        monkeypatch.setitem(__import__("sys").modules, "flufl.bounce", None)
    message = f"From: MAILER-DAEMON@mx.example.net\nTo: news@example.org\nSubject: failure notice\n\n{text}"
    report = read_report(message.encode())
    assert [(one.email, one.hard) for one in report.recipients] == [("ada@example.com", True)]


def test_a_complaint_is_read_with_its_kind() -> None:
    report = read_report(
        b"""From: fbl@provider.example
To: news@example.org
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Rcpt-To: <ada@example.com>

--b
Content-Type: message/rfc822

To: ada@example.com

Hello
--b--
"""
    )
    assert (report.kind, report.feedback_type) == (Kind.COMPLAINT, "abuse")
    assert [one.email for one in report.recipients] == ["ada@example.com"]


@pytest.mark.parametrize(
    "head",
    [
        "Subject: Out of office: back on Monday",
        "Auto-Submitted: auto-replied\nSubject: Thanks",
        "X-Autoreply: yes\nSubject: Hi",
    ],
)
def test_an_automatic_reply_is_no_bounce(head: str) -> None:
    report = read_report(f"From: ada@example.com\nTo: news@example.org\n{head}\n\nI am away.\n".encode())
    assert (report.kind, report.recipients) == (Kind.AUTOREPLY, ())


def test_a_letter_from_a_reader_is_nothing() -> None:
    letter = b"From: ada@example.com\nTo: news@example.org\nSubject: Your story\n\nI liked the one about the harbour.\n"
    assert read_report(letter).kind is Kind.NONE


@given(st.binary(max_size=2000))
def test_nothing_in_a_message_makes_it_fail(content: bytes) -> None:
    read_report(content)
    read_report(b"From: MAILER-DAEMON\nSubject: undelivered\n\n" + content)


def test_soft_bounces_end_a_subscription_only_when_they_do_not_end() -> None:
    today = date(2026, 11, 24)

    def ago(*days: int) -> list[date]:
        return [today - timedelta(days) for days in days]

    assert gives_up(ago(0, 4, 8, 12, 15), today)
    assert not gives_up(ago(0, 1, 2, 3, 4), today)
    assert not gives_up(ago(0, 7, 14, 14, 14), today)
    assert not gives_up(ago(0, 40, 50, 60, 70), today)


def test_real_bounces_are_read_as_their_labels_say(shared_data: Path) -> None:
    folder = shared_data / "bounces"
    rows = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    right = sum(read_report((folder / row["file"]).read_bytes()).is_bounce == row["is_bounce"] for row in rows)
    assert right / len(rows) > 0.95


def test_a_reporters_guess_before_the_servers_words_is_not_believed() -> None:
    said = (
        "smtp; 5.1.0 - Unknown address error 550-'5.7.1 <bounces@example.net>... Access denied' (delivery attempts: 0)"
    )
    mail = (
        "From: MAILER-DAEMON@example.net\nTo: bounces@example.org\nSubject: Delivery failed\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.net\n\n"
        f"Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.0\nDiagnostic-Code: {said}\n\n--x--\n"
    )
    (one,) = read_report(mail.encode()).recipients
    assert (one.email, one.hard) == ("ada@example.com", False)


def in_words(text: str) -> bytes:
    return f"From: MAILER-DAEMON@mx.example.net\nTo: news@example.org\nSubject: Undeliverable\n\n{text}".encode()


def test_the_quoted_head_of_the_sent_mail_does_not_name_who_was_not_reached() -> None:
    report = read_report(
        in_words(
            "Your message\n\n  To:      readers@example.org\n  Subject: Daily\n  Sent:    Tue, 24 Nov 2026\n\n"
            "did not reach the following recipient(s):\n\n"
            "c=US;a= ;p=X;o=Y;dda:SMTP=ada@example.com; on Tue, 24 Nov 2026\n    The recipient name is not recognized\n"
        )
    )
    assert [(one.email, one.hard) for one in report.recipients] == [("ada@example.com", True)]


def test_where_only_the_quoted_head_names_anybody_it_is_believed() -> None:
    report = read_report(
        in_words("Your message\n\n  To: ada@example.com\n  Subject: Daily\n\ncould not be delivered: no such user.\n")
    )
    assert [one.email for one in report.recipients] == ["ada@example.com"]


def test_each_line_of_a_transcript_speaks_of_its_own_address() -> None:
    report = read_report(
        in_words(
            "   ----- Transcript of session follows -----\n"
            "554 <ada@example.com>... Remote protocol error: Connection reset by peer\n"
            "550 <ben@example.net>... Host unknown (Authoritative answer from name server)\n"
            "550 <cleo@example.org>... User unknown\n"
        )
    )
    assert {one.email: one.hard for one in report.recipients} == {
        "ada@example.com": False, "ben@example.net": True, "cleo@example.org": True,
    }  # fmt: skip


def test_a_report_attached_to_the_mail_that_came_back_is_not_this_report() -> None:
    inner = dsn("Final-Recipient: rfc822; zoe@example.com\nAction: failed\nStatus: 5.1.1").decode()
    outer = (
        dsn("Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1").decode().replace("--b", "--o")
    )
    attached = outer.replace('boundary="b"', 'boundary="o"').replace(
        "To: ada@example.com\nMessage", f"{inner}\nMessage"
    )
    assert [one.email for one in read_report(attached.encode()).recipients] == ["ada@example.com"]


def test_a_report_that_somebody_passes_on_is_read() -> None:
    inner = dsn("Final-Recipient: rfc822; zoe@example.com\nAction: failed\nStatus: 5.1.1").decode()
    mail = f"From: it@example.org\nTo: news@example.org\nSubject: Fwd\nContent-Type: message/rfc822\n\n{inner}"
    assert [one.email for one in read_report(mail.encode()).recipients] == ["zoe@example.com"]


@pytest.mark.parametrize(
    ("notice", "hard"),
    [
        ("ada@example.com: host mx said: 550 User unknown (in reply to\n    end of DATA command)", False),
        (">>> DATA\n<<< 550 User unknown\n554 5.0.0 Service unavailable", False),
        (">>> DATA\n<<< 550 User unknown\n550 5.1.1 <ada@example.com>... User unknown", True),
        ("ada@example.com: host mx said: 550 User unknown (in reply to RCPT TO command)", True),
    ],
)
def test_an_unknown_user_whose_address_the_server_took_is_filtered(notice: str, hard: bool) -> None:
    block = (
        "Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.2.0\n"
        "Diagnostic-Code: smtp; 550 User unknown"
    )
    (one,) = read_report(dsn(block, notice)).recipients
    assert (one.hard, one.reason) == ((True, Reason.USER_UNKNOWN) if hard else (False, Reason.FILTERED))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("SMTP error from remote mail server after end of data:\nhost mx [192.0.2.1]: 550 User unknown", "filtered"),
        ("SMTP error from remote mail server after RCPT TO:<ada@example.com>:\n550 User unknown", "user_unknown"),
        ("host mx said: 550 5.2.1 No such user (in reply to RCPT TO command)", "user_unknown"),
        ("host mx said: 550 5.2.1 No such user", "suspended"),
        ("Connected to 192.0.2.9 but my name was rejected.\nRemote host said: 501 Invalid user name", "blocked"),
        ("550 no such user\n\n----- SMTP command\nDATA", "filtered"),
        ("550 no such user\n\n----- SMTP command\nRCPT", "user_unknown"),
        ("554 delivery error: This user doesn't have a mail.example account (in reply to DATA)", "user_unknown"),
        ("550 no such user", "user_unknown"),
    ],
)
def test_the_stage_of_the_conversation_tells_a_reader_who_is_gone_from_a_mail_that_was_refused(
    said: str, reason: str
) -> None:
    mail = (
        "From: MAILER-DAEMON@mx.example.net\nTo: news@example.org\nSubject: failure notice\n\n"
        f"The mail could not be delivered:\n\n<ada@example.com>:\n{said}\n"
    )
    (one,) = read_report(mail.encode()).recipients
    assert (one.reason.value, one.hard) == (reason, reason == "user_unknown")


def test_a_transcript_tells_the_stage_of_each_address() -> None:
    transcript = (
        "... while talking to mx.example.com:\n>>> RCPT To:<ada@example.com>\n<<< 550 <ada@example.com> unknown user\n"
        ">>> DATA\n<<< 550 <bob@example.com> unknown user\n"
    )
    blocks = "\n\n".join(
        f"Final-Recipient: rfc822; {name}@example.com\nAction: failed\nStatus: 5.0.0\n"
        f"Diagnostic-Code: smtp; 550 <{name}@example.com> unknown user"
        for name in ("ada", "bob")
    )
    assert [one.hard for one in read_report(dsn(blocks, transcript)).recipients] == [True, False]


def test_of_several_addresses_in_one_paragraph_each_has_its_own_reason() -> None:
    mail = (
        "From: MAILER-DAEMON@mx.example.net\nTo: news@example.org\nSubject: failure notice\n\n"
        "Your mail could not be delivered to these readers:\n\n"
        '"ada@example.com":\nerror after RCPT command:\n5.1.1 <ada@example.com>... User unknown\n'
        '"bob@example.com":\nerror after RCPT command:\n5.2.2 <bob@example.com>... Mailbox full\n'
    )
    found = {one.email: one.reason for one in read_report(mail.encode()).recipients}
    assert found == {"ada@example.com": Reason.USER_UNKNOWN, "bob@example.com": Reason.MAILBOX_FULL}


def test_one_who_is_given_up_among_those_who_wait_is_no_delay() -> None:
    mail = (
        "From: MAILER-DAEMON@mx.example.net\nTo: news@example.org\nSubject: Returned mail: Deferred\n\n"
        "   ----- Transcript of session follows -----\n"
        "554 <ada@gone.example.com>... 550 Host unknown (Authoritative answer from name server)\n"
    )
    report = read_report(mail.encode())
    assert (report.kind, [one.hard for one in report.recipients]) == (Kind.BOUNCE, [True])


def test_a_temporary_status_gives_nobody_up_whatever_the_words() -> None:
    block = (
        "Final-Recipient: rfc822; ada@exampl.com\nAction: failed\nStatus: 4.0.0\n"
        "Diagnostic-Code: smtp; DNS Error: lookup of exampl.com responded with code NXDOMAIN"
    )
    (one,) = read_report(dsn(block)).recipients
    assert (one.reason, one.hard) == (Reason.HOST_UNKNOWN, False)


def test_japanese_that_names_no_character_set_is_read() -> None:
    words = "ディレクトリのリストにありません".encode("iso2022_jp").decode("ascii")
    mail = (
        "From: MAILER-DAEMON@mx.example.net\nTo: news@example.org\nSubject: undelivered\n\n"
        f"------- Failure Reasons --------\n\n{words}\nada@example.com\n\n------- Returned Message --------\n"
    )
    block = f"Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: X-Mail; {words}"
    for content in (mail.encode(), dsn(block)):
        (one,) = read_report(content).recipients
        assert (one.reason, one.hard) == (Reason.USER_UNKNOWN, True)


def test_a_server_that_says_in_code_that_nobody_is_there_is_believed_after_the_mail_too() -> None:
    said = "550 5.1.1 Recipient not found by SMTP address lookup"
    block = f"Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; {said}"
    notice = "ada@example.com: host mx said: 550 5.1.1 no such user (in reply to end of DATA command)"
    assert read_report(dsn(block, notice)).recipients[0].hard


@pytest.mark.parametrize(
    ("head", "people"),
    [
        ("List-Post: <mailto:talk@example.net>", []),
        ("X-BeenThere: talk@example.net", []),
        ("List-Post: NO", ["ada@example.com"]),
    ],
)
@pytest.mark.parametrize("inline", [False, True])
def test_what_a_discussion_list_passed_on_names_no_reader(head: str, people: list[str], inline: bool) -> None:
    copy = f"From: kim@example.net\nTo: ada@example.com\n{head}\nSubject: Re: harbour\n\nHello\n"
    text = "A message that you sent could not be delivered to one or more of its recipients.\n"
    if inline:
        mail = in_words(f"{text}\n---- Header of the source mail attached ----\n\n{copy}")
    else:
        mail = (
            "From: MAILER-DAEMON@mx.example.net\nTo: news@example.org\nSubject: Undeliverable\nMIME-Version: 1.0\n"
            f'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n{text}\n'
            f"--b\nContent-Type: message/rfc822\n\n{copy}\n--b--\n"
        ).encode()
    assert [one.email for one in read_report(mail).recipients] == people


def test_a_list_that_is_a_reader_and_takes_no_mail_from_us_is_no_dead_address() -> None:
    mail = (
        b"From: talk-admin@example.net\nTo: news@example.org\nSubject: You are not member (talk ML)\n\n"
        b"You are not a member of this mailing list <talk@example.net>.\n"
    )
    report = read_report(mail)
    assert [(one.email, one.reason, one.hard) for one in report.recipients] == [
        ("talk@example.net", Reason.POLICY, False)
    ]


def test_of_two_forms_of_an_address_the_one_that_can_be_written_counts() -> None:
    block = (
        'Final-Recipient: rfc822; "ada..l."@example.com\nOriginal-Recipient: rfc822;ada..l.@example.com\n'
        "Action: failed\nStatus: 5.1.1"
    )
    assert [one.email for one in read_report(dsn(block)).recipients] == ['"ada..l."@example.com']
