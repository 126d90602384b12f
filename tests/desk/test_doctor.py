from __future__ import annotations

import base64
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from broadsheet.config import parse_config
from broadsheet.desk.doctor import Diagnosis, Health, examine, machine, mail, newsroom
from broadsheet.desk.opening import Desk
from broadsheet.desk.subscribing import add_subscriber
from broadsheet.store import Store
from broadsheet.store.backup import back_up
from broadsheet.store.restoring import restore
from tests.certificates import certificate_for
from tests.deliver.relay import Relay
from tests.desk.nameserver import nameserver
from tests.listener import Listener

CONFIG = """
[publications.daily]
title = "Daily"
sender = "Daily <news@good.example>"
postal_address = "1 Press Lane"
sections = [{ category = "News" }]
"""
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "broadsheet.db") as opened:
        yield opened


def desk(store: Store, more: str = "", config: str = CONFIG, now: datetime = NOW) -> Desk:
    return Desk(config=parse_config(config + more, folder=store.path.parent), store=store, clock=lambda: now)


def bad(found: Iterator[Diagnosis]) -> list[Diagnosis]:
    return [one for one in found if one.health is not Health.GOOD]


def test_a_sound_project_has_no_fault(store: Store) -> None:
    folder = store.path.parent
    (folder / "stories").mkdir()
    sound = desk(store, '[sources.desk]\npath = "stories"\n')
    assert bad(examine(sound)) == []


def test_every_fault_comes_with_a_fix(store: Store) -> None:
    (store.path.parent / "secret.key").write_text("x")
    os.chmod(store.path.parent / "secret.key", 0o644)
    os.chmod(store.path, 0o644)
    ill = desk(store, '[sources.desk]\npath = "gone"\n', CONFIG.replace("sections", 'theme = "nowhere"\nsections'))
    found = bad(examine(ill, offline=True))
    assert {one.subject for one in found} == {"secrets", "sources", "theme"}
    assert all(one.advice for one in found)
    assert any("chmod 600" in one.advice for one in found)


def test_no_source_is_told(store: Store) -> None:
    assert "source add" in bad(newsroom.examine_sources(desk(store)))[0].advice


def test_damage_to_the_database_is_found(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as made:
        made.connection.execute("CREATE TABLE t (x)")
        made.connection.executemany("INSERT INTO t VALUES (?)", [(f"{n:0200}",) for n in range(3000)])
        made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((tmp_path / "a.db").read_bytes())
    content[-200_000:-100_000] = b"\xee" * 100_000
    (tmp_path / "a.db").write_bytes(content)
    with Store(tmp_path / "a.db") as damaged:
        assert bad(machine.examine_database(desk(damaged)))[0].health is Health.BAD


@pytest.mark.parametrize("now", [datetime(1970, 1, 2, tzinfo=UTC), NOW - timedelta(hours=1)])
def test_a_clock_that_was_set_back_is_found(store: Store, now: datetime) -> None:
    store.runs.begin("daily", "daily-2026-11-24", NOW)
    assert bad(machine.examine_clock(desk(store, now=now)))[0].subject == "clock"


def test_a_relay_that_refuses_is_found(store: Store) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ill = desk(store, f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
    found = bad(mail.examine_relay(ill))
    assert "refused" in found[0].message
    assert found[0].health is Health.BAD


def tls_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('security = "starttls"', "not to be trusted"),
        ('security = "none"\nuser = "news"\npassword_env = "BROADSHEET_TRIED"', "535 5.7.8 wrong"),
        ('security = "starttls"\nauthority = "tls.pem"\nuser = "news"\npassword_env = "BROADSHEET_TRIED"', "wrong"),
    ],
)
def test_a_relay_that_is_not_trusted_or_trusts_us_not_is_found(
    store: Store, more: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_TRIED", "old password")
    certificate = certificate_for("127.0.0.1", store.path.parent / "tls.pem")
    with Relay(tls=tls_context(certificate), login=("news", "new password")) as relay:
        ill = desk(store, f'[smtp]\nhost = "127.0.0.1"\nport = {relay.port}\n{more}\n')
        (one,) = bad(mail.examine_relay(ill))
    assert words in one.message
    assert "old password" not in one.message
    assert one.advice


def test_a_relay_that_lets_us_in_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_TRIED", "password")
    certificate = certificate_for("127.0.0.1", store.path.parent / "tls.pem")
    with Relay(tls=tls_context(certificate), login=("news", "password")) as relay:
        account = f'port = {relay.port}\nauthority = "tls.pem"\nuser = "news"\npassword_env = "BROADSHEET_TRIED"'
        (one,) = mail.examine_relay(desk(store, f'[smtp]\nhost = "127.0.0.1"\n{account}\n'))
        assert relay.taken == []
    assert one.health is Health.GOOD, one


class Site(BaseHTTPRequestHandler):
    """A web server before the public pages that lets through what a test says."""

    health: ClassVar[tuple[int, str]] = (200, "ok\n")
    posted: ClassVar[int] = 404

    def do_GET(self) -> None:
        self._say(*type(self).health)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(type(self).posted, "")

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(
    ("health", "posted", "words"),
    [
        ((200, "ok\n"), 404, "takes a one-click unsubscription"),
        ((502, "bad gateway"), 502, "answered 502"),
        ((200, "<h1>Our site</h1>"), 200, "not as `broadsheet serve` does"),
        ((200, "ok\n"), 405, "answers a POST with 405"),
        ((200, "ok\n"), 301, "answers a POST with 301"),
    ],
)
def test_what_a_web_server_makes_of_a_one_click_unsubscription_is_found(
    store: Store, health: tuple[int, str], posted: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_for("127.0.0.1", store.path.parent / "tls.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    handler = type("Handler", (Site,), {"health": health, "posted": posted})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = tls_context(certificate).wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            address = f'base_url = "https://127.0.0.1:{server.server_port}"\nsections'
            site = desk(store, SENDING, CONFIG.replace("sections", address))
            (one,) = mail.examine_unsubscribe(site)
        finally:
            server.shutdown()
            thread.join()
    assert words in one.message
    assert (one.health is Health.GOOD) == (posted == 404)


def test_a_certificate_of_the_public_pages_that_nobody_trusts_is_found(store: Store) -> None:
    certificate = certificate_for("127.0.0.1", store.path.parent / "tls.pem")
    with Relay(tls=tls_context(certificate), implicit_tls=True) as server:
        address = f'base_url = "https://127.0.0.1:{server.port}"\nsections'
        (one,) = bad(mail.examine_unsubscribe(desk(store, SENDING, CONFIG.replace("sections", address))))
    assert "does not answer" in one.message
    assert "CERTIFICATE_VERIFY_FAILED" in one.message
    assert "certificate" in one.advice


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to mount a small disk")
def test_a_disk_that_is_full_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        (one,) = bad(machine.examine_disk(folder))
        assert (one.health, "prune" in one.advice) == (Health.BAD, True)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_folder_that_cannot_be_written_to_is_found() -> None:
    folder = Path("/proc/self")  # not even by root
    assert any("cannot be written to" in one.message for one in bad(machine.examine_disk(folder)))


def test_a_password_that_is_not_there_is_found(store: Store) -> None:
    ill = desk(store, '[smtp]\nhost = "mail.example"\nuser = "u"\npassword_env = "BROADSHEET_NO_SUCH_VARIABLE"\n')
    assert "BROADSHEET_NO_SUCH_VARIABLE" in bad(machine.examine_secrets(ill))[0].message


def test_a_dns_that_does_not_answer_is_told_and_not_taken_for_health(store: Store) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        ill = desk(store, '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\n')
        found = bad(mail.examine_domains(ill, ("127.0.0.1",), silent.getsockname()[1]))
    assert [one.health for one in found] == [Health.WARN]


@pytest.mark.parametrize(
    ("address", "words"),
    [("", "no base_url"), ("http://news.example.org", "not https"), ("https://127.0.0.1:1", "does not answer")],
)
def test_public_pages_that_cannot_take_an_unsubscribe_are_found(store: Store, address: str, words: str) -> None:
    config = CONFIG.replace("sections", f'base_url = "{address}"\nsections')
    ill = desk(store, '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\n', config)
    assert words in bad(mail.examine_unsubscribe(ill))[0].message


SENDING = """
[smtp]
host = "127.0.0.1"
security = "none"
bounce_address = "bounces@good.example"
[[smtp.dkim]]
selector = "s1"
key_file = "dkim.pem"
"""


def key_pair(folder: Path, name: str = "dkim.pem") -> str:
    """Write a private key, and give the record that belongs to it."""
    private = rsa.generate_private_key(65537, 2048)
    (folder / name).write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    os.chmod(folder / name, 0o600)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def quoted(record: str) -> str:
    """Write a TXT record as a zone file does: in strings of at most 255 octets."""
    return " ".join(f'"{record[start : start + 255]}"' for start in range(0, len(record), 255))


def zone(record: str, **changes: list[str]) -> dict[tuple[str, str], list[str]]:
    records = {
        ("good.example", "TXT"): ['"v=spf1 ip4:192.0.2.1 ~all"'],
        ("good.example", "MX"): ["10 mx.good.example."],
        ("_dmarc.good.example", "TXT"): ['"v=DMARC1; p=reject"'],
        ("s1._domainkey.good.example", "TXT"): [quoted(record)],
    }
    names = {
        "spf": ("good.example", "TXT"),
        "mx": ("good.example", "MX"),
        "dmarc": ("_dmarc.good.example", "TXT"),
        "dkim": ("s1._domainkey.good.example", "TXT"),
    }
    return {key: values for key, values in {**records, **{names[k]: v for k, v in changes.items()}}.items() if values}


def test_a_domain_in_order_is_told_so(store: Store) -> None:
    with nameserver(zone(key_pair(store.path.parent))) as port:
        (one,) = mail.examine_domains(desk(store, SENDING), ("127.0.0.1",), port)
    assert (one.health, one.message) == (Health.GOOD, "SPF, DKIM, DMARC and MX of good.example are in order")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"spf": []}, "no SPF record"),
        ({"spf": ['"v=spf1 +all"']}, "lets anybody send"),
        ({"spf": ['"v=spf1 -all"', '"v=spf1 ~all"']}, "2 SPF records"),
        ({"spf": ['"v=spf1 ' + "include:many.example " * 11 + '-all"']}, "causes 11 look-ups"),
        ({"dmarc": []}, "no DMARC record"),
        ({"dmarc": ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"']}, "several DMARC records"),
        ({"dmarc": ['"v=DMARC1; rua=mailto:a@good.example"']}, "has no policy"),
        ({"mx": []}, "takes no mail"),
        ({"dkim": []}, "no key is published at s1._domainkey.good.example"),
        ({"dkim": ['"v=DKIM1; p="']}, "revoked"),
        ({"dkim": ["another"]}, "does not belong to the configured private key"),
    ],
)
def test_each_fault_of_a_domain_is_found(store: Store, changes: dict[str, list[str]], words: str) -> None:
    record = key_pair(store.path.parent)
    if changes.get("dkim") == ["another"]:
        changes = {"dkim": [quoted(key_pair(store.path.parent, "other.pem"))]}
    with nameserver(zone(record, **changes)) as port:
        found = bad(mail.examine_domains(desk(store, SENDING), ("127.0.0.1",), port))
    assert [words in one.message for one in found] == [True], found
    assert found[0].advice
    if "dkim" in changes:
        assert record in found[0].advice or "p=" in found[0].advice


def test_a_signature_that_does_not_vouch_for_the_sender_is_found(store: Store) -> None:
    record = key_pair(store.path.parent)
    records = {**zone(record), ("s1._domainkey.relay.example", "TXT"): [quoted(record)]}
    with nameserver(records) as port:
        ill = desk(store, SENDING.replace("bounces@good", "bounces@relay") + 'domain = "relay.example"\n')
        (one,) = bad(mail.examine_domains(ill, ("127.0.0.1",), port))
    assert one.message == "mail from good.example is vouched for by relay.example alone, so DMARC fails"


def test_a_private_key_that_others_can_read_is_found(store: Store) -> None:
    key_pair(store.path.parent)
    os.chmod(store.path.parent / "dkim.pem", 0o644)
    (one,) = [d for d in bad(machine.examine_secrets(desk(store, SENDING))) if "dkim.pem" in d.message]
    assert one.advice.startswith("Type: chmod 600")


def test_a_limit_below_the_readers_is_found(store: Store) -> None:
    limited = desk(store, SENDING.replace("[[", "per_day = 1\n[["))
    for name in ("ada", "ben"):
        add_subscriber(limited, limited.config.publication(), f"{name}@example.com", basis="asked")
    (one,) = bad(mail.examine_limits(limited))
    assert one.message.startswith("2 readers, and `per_day` lets 1 message out")


def test_a_restored_database_is_found(store: Store, tmp_path: Path) -> None:
    back_up(store.connection, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", store.path, now=NOW, secrets=store.secrets)
    (one,) = bad(machine.examine_database(desk(store)))
    assert "restored" in one.message
    assert "settle --adopt" in one.advice


def test_a_feed_that_does_not_answer_is_found(store: Store, listener: tuple[str, type[Listener]]) -> None:
    url, handler = listener
    handler.status = 404
    ill = desk(store, f'[gathering]\nallow_hosts = ["127.0.0.1"]\n[sources.wire]\nurl = "{url}"\nrequired = true\n')
    (one,) = bad(newsroom.examine_feeds(ill))
    assert one.health is Health.BAD
    assert one.message.startswith("wire: ")
