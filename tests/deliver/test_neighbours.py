"""Messages in the hands of others' programs: a strict Postfix, OpenDKIM, SpamAssassin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broadsheet.deliver.dkim import DkimSigner, Key
from broadsheet.deliver.replies import Kind
from broadsheet.deliver.run import run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.desk.demo import make_demo
from broadsheet.model import DeliveryState, Recipient
from broadsheet.store import Store
from tests.deliver.material import NOW, acquire, composer, freeze, plan, recipients, rendering, states
from tests.deliver.postfix import Postfix, postfix
from tests.deliver.test_message import parsed, well_formed

AWKWARD = rendering(
    text="a  b \t c\n\n   indented\n\n.dot\n..\n" + "é" * 200 + "\nFrom here on\n=20 \ttabbed\t\n",
    html="<p>" + "wörd & more " * 4000 + "</p>\n.\n<p>" + "x" * 3000 + "</p>\n",
    subject="Größe: " + "x" * 120,
)
TRACE = re.compile(rb"(?:(?:Return-Path|X-Original-To|Delivered-To|Received):[^\n]*\n(?:[ \t][^\n]*\n)*)+")


def smtp(relay: Postfix, **options: Any) -> Smtp:
    known: dict[str, Any] = {
        "local_name": "news.example.org",
        "sessions": 3,
        "timeout": 20.0,
        "answer_timeout": 20.0,
        **options,
    }
    return Smtp(Account(host="127.0.0.1", port=relay.port, authority=str(relay.certificate), **known))


def without_trace(arrived: bytes) -> bytes:
    """Take off what Postfix writes on top."""
    found = TRACE.match(arrived)
    return arrived[found.end() :] if found else arrived


def test_the_standard_library_reads_an_awkward_message_back_without_a_defect(keys: list[Key]) -> None:
    message = composer(AWKWARD, signer=DkimSigner(keys, NOW)).compose(recipients(1)[0])
    well_formed(message)
    found = parsed(message)
    assert found["Subject"] == AWKWARD.subject
    for kind, text in (("plain", AWKWARD.text), ("html", AWKWARD.html)):
        part = found.get_body((kind,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n") == text


# --- Postfix ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("withheld", [[], ["chunking"], ["chunking", "pipelining"]], ids=" and ".join)
def test_a_strict_postfix_takes_every_message_and_delivers_it_as_it_was(
    tmp_path: Path, certificate: Path, keys: list[Key], withheld: list[str]
) -> None:
    composed = composer(AWKWARD, signer=DkimSigner(keys, NOW))
    people = [*recipients(40), Recipient(id=41, email="unknown@example.com")]
    with postfix(certificate, people[:40], withheld) as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, people)
        end = run(acquire(store, sending), smtp(relay), composed.compose, plan(recycle=15))
        assert end.tally == {DeliveryState.SENT: 40, DeliveryState.FAILED: 1}, relay.log()
        assert states(store)["unknown@example.com"] is DeliveryState.FAILED
        mail = relay.wait_for(40)
        assert "TLSv1" in relay.log()
        assert not re.search(r"warning:|improper|reject: (?!RCPT from \S+ 550 5\.1\.1)", relay.log()), relay.log()
    assert len(mail) == 40
    for person in people[:40]:
        (arrived,) = mail[person.email.partition("@")[0]]
        assert without_trace(arrived) == composed.compose(person).content.replace(b"\r\n", b"\n")


def test_a_strict_postfix_takes_an_address_beyond_ascii_where_it_offers_to(tmp_path: Path, certificate: Path) -> None:
    people = [Recipient(id=1, email="jö@example.com"), Recipient(id=2, email="reader2@example.com")]
    for withheld, sent in (([], 2), (["smtputf8"], 1)):
        with (
            postfix(certificate, people, withheld, seven_bit=False) as relay,
            Store(tmp_path / f"{sent}.db") as store,
        ):
            end = run(acquire(store, freeze(store, people)), smtp(relay, local_name=None), composer().compose, plan())
            assert end.tally[DeliveryState.SENT] == sent, relay.log()
            mail = relay.wait_for(sent)
            if sent == 2:
                (arrived,) = mail["jö"]
                expected = composer().compose(people[0]).content.replace(b"\r\n", b"\n")
                assert without_trace(arrived) == expected
            else:
                rows = {row.email: row for row in store.deliveries.listed(sending_of(store))}
                assert rows["jö@example.com"].state is DeliveryState.FAILED
                assert rows["jö@example.com"].enhanced_code == "5.6.7"


def sending_of(store: Store) -> str:
    return store.deliveries.sendings()[0].edition


def test_what_a_strict_postfix_refuses_is_a_clear_outcome(tmp_path: Path, certificate: Path) -> None:
    with postfix(certificate, recipients(3)) as relay:
        big = rendering(html="<p>news</p>\n" * 30_000)
        with Store(tmp_path / "big.db") as store:
            end = run(acquire(store, freeze(store, recipients(3))), smtp(relay), composer(big).compose, plan())
            assert (end.kind, end.trouble and end.trouble.enhanced_code) == (Kind.OURS, "5.3.4")
            assert set(states(store).values()) == {DeliveryState.QUEUED}
        with Store(tmp_path / "name.db") as store:
            end = run(
                acquire(store, freeze(store, recipients(3))), smtp(relay, local_name="news"), composer().compose, plan()
            )
            assert end.kind is Kind.OURS
            assert end.trouble is not None
            assert "fully-qualified hostname" in end.trouble.text
        with Store(tmp_path / "elsewhere.db") as store:
            strangers = [Recipient(id=n, email=f"x{n}@elsewhere.example") for n in range(1, 9)]
            end = run(acquire(store, freeze(store, strangers)), smtp(relay), composer().compose, plan())
            assert end.kind is Kind.NO_RELAY
            assert end.trouble is not None
            assert "Relay access denied" in end.trouble.text
            assert set(states(store).values()) == {DeliveryState.QUEUED}
        session = smtp(relay).open()
        bare = replace(composer().compose(recipients(1)[0]), content=b"Subject: bare\n\nline feeds\r\n")
        session.exchange(None, bare)
        handed = session.exchange(bare, None)[0]
        session.close()
        assert handed is not None
        assert "bare <LF>" in handed.text  # so the strictness is real


# --- OpenDKIM --------------------------------------------------------------------------------------------------------

OPENDKIM = shutil.which("opendkim", path="/usr/sbin:/usr/local/sbin")


def opendkim(folder: Path, keys: list[Key], message: bytes) -> str:
    """Let OpenDKIM verify a message against the keys' records; gives what it says."""
    if OPENDKIM is None:
        pytest.skip("needs OpenDKIM (apt-get install opendkim), which is not here")
    records = "".join(f"{key.selector}._domainkey.{key.domain} {key.record}\n" for key in keys)
    (folder / "records").write_text(records)
    (folder / "conf").write_text(
        f"Mode v\nSocket local:{folder}/socket\nTestPublicKeys {folder}/records\n"
        "On-BadSignature reject\nOn-NoSignature reject\nMinimumKeyBits 2048\n"
    )
    (folder / "message").write_bytes(message)
    command = [OPENDKIM, "-x", str(folder / "conf"), "-v", "-t", str(folder / "message")]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    return said.stdout + said.stderr


@pytest.mark.parametrize("kind", [0, 1], ids=["rsa", "ed25519"])
def test_opendkim_verifies_every_signature(tmp_path: Path, keys: list[Key], kind: int) -> None:
    key = keys[kind : kind + 1]
    content = composer(AWKWARD, signer=DkimSigner(key, NOW)).compose(recipients(1)[0]).content
    assert "succeeded" in opendkim(tmp_path, key, content)
    for old, new in ((b"To: reader1", b"To: reader2"), (b"One-Click", b"One-Clock"), (b"indented", b"intended")):
        assert old in content
        assert "failed" in opendkim(tmp_path, key, content.replace(old, new, 1))
    added = content.replace(b"From: The", b"From: evil@example.net\r\nFrom: The", 1)
    assert "failed" in opendkim(tmp_path, key, added)


def test_opendkim_verifies_what_came_through_postfix(tmp_path: Path, certificate: Path, keys: list[Key]) -> None:
    composed = composer(AWKWARD, signer=DkimSigner(keys, NOW))
    with postfix(certificate, recipients(3)) as relay, Store(tmp_path / "a.db") as store:
        run(acquire(store, freeze(store, recipients(2))), smtp(relay), composed.compose, plan())
        mail = relay.wait_for(2)
    for (arrived,) in mail.values():
        assert "succeeded" in opendkim(tmp_path, keys, arrived.replace(b"\n", b"\r\n"))


# --- SpamAssassin ----------------------------------------------------------------------------------------------------

SPAMASSASSIN = shutil.which("spamassassin")


def findings(folder: Path, content: bytes) -> tuple[float, dict[str, float]]:
    """Let SpamAssassin score a message by the rules that ask nobody; gives the sum and each rule's points."""
    if SPAMASSASSIN is None:
        pytest.skip("needs SpamAssassin (apt-get install spamassassin), which is not here")
    said = subprocess.run(
        [SPAMASSASSIN, "--local", "--test-mode", "--nocreate-prefs"],
        input=content,
        capture_output=True,
        check=True,
        timeout=120,
        env={**os.environ, "HOME": str(folder)},
    ).stdout.decode("utf-8", "replace")
    rules = re.findall(
        r"^ *(-?\d+\.\d) ([A-Z][A-Z0-9_]+) ", said.partition("Content analysis details")[2], re.MULTILINE
    )
    total = re.search(r"Content analysis details: +\((-?\d+\.\d) points", said)
    assert total, said
    return float(total[1]), {rule: float(points) for points, rule in rules}


def test_spamassassin_has_no_quarrel_with_a_digest(tmp_path: Path) -> None:
    made = make_demo(tmp_path / "demo")
    assert made
    first = next((tmp_path / "demo" / "outbox" / "new").iterdir()).read_bytes()
    points, rules = findings(tmp_path, first)
    assert points < 1.0, rules
    # What it finds: see docs/deliver.md.
    assert {rule for rule, value in rules.items() if value > 0} <= {"HTML_FONT_LOW_CONTRAST"}
